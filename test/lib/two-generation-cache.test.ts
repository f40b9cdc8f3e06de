import {expect, test} from 'vitest'
import {TwoGenerationCache} from '../../src/lib/two-generation-cache.ts'

test('drops what was not read lately, and never holds more than its limit', () => {
  const cache = new TwoGenerationCache<number, string>(100, (value) => value.length)

  cache.set(0, 'kept in use')
  for (let key = 1; key < 1_000; key++) {
    cache.set(key, 'ten bytes.')
    expect(cache.get(0)).toBe('kept in use')
    expect(cache.size).toBeLessThanOrEqual(11)
  }

  expect(cache.get(1)).toBeUndefined()
  expect(cache.get(999)).toBe('ten bytes.')
})
