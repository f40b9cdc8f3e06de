import {expect, test} from 'vitest'
import {sparing} from '../../src/lib/sparing.ts'

test('the same thing is told once in a while, and of so many things no more', () => {
  const told: string[] = []
  let now = 0
  const tell = sparing((text: string) => told.push(text), {everyMs: 100, maxKeys: 2, now: () => now})

  for (const key of ['a', 'a', 'b', 'c', 'a']) tell(key, `${key} ${now}`)
  now = 99
  tell('a', 'a 99')
  now = 100
  for (const key of ['a', 'a', 'c']) tell(key, `${key} ${now}`)

  expect(told).toEqual(['a 0', 'b 0', 'a 100'])
})

test('without a time it is told once', () => {
  const told: string[] = []
  const tell = sparing((text: string) => told.push(text))

  tell('a', 'one')
  tell('a', 'two')

  expect(told).toEqual(['one'])
})
