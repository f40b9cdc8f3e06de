import {expect, test} from 'vitest'
import {turnScheduler} from '../../src/http/limits/turn-scheduler.ts'

const turn = () => new Promise(setImmediate)

test('a visitor with much work gets one piece per turn, and others run in between', async () => {
  const take = turnScheduler()
  const done: string[] = []
  for (const name of ['a1', 'a2', 'a3']) take('a', () => done.push(name))
  take('b', () => done.push('b1'))

  expect(done).toEqual(['a1', 'b1'])
  await turn()
  take('b', () => done.push('b2'))
  await turn()
  await turn()

  expect(done.indexOf('b2')).toBeLessThan(done.indexOf('a3'))
  expect([...done].sort()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
})

test('work that adds more is continued in a later turn', async () => {
  const take = turnScheduler()
  let count = 0
  const again = () => {
    if (++count < 3) take('a', again)
  }

  take('a', again)
  expect(count).toBe(1)
  for (let n = 0; n < 4; n++) await turn()

  expect(count).toBe(3)
  take('a', again)
  expect(count).toBe(4)
})
