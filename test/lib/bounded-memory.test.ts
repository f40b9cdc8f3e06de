import {expect, test} from 'vitest'
import {BoundedMemory} from '../../src/lib/bounded-memory.ts'

test('forgets what was not asked for lately, and never holds more than its bound', () => {
  const memory = new BoundedMemory<number, string>(100, (value) => value.length)

  memory.set(0, 'kept in use')
  for (let key = 1; key < 1_000; key++) {
    memory.set(key, 'ten bytes.')
    expect(memory.get(0)).toBe('kept in use')
    expect(memory.size).toBeLessThanOrEqual(11)
  }

  expect(memory.get(1)).toBeUndefined()
  expect(memory.get(999)).toBe('ten bytes.')
})
