import {expect, test} from 'vitest'
import {KeyedTurns} from '../../src/lib/keyed-turns.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('tasks of one key run one after the other, in order, whether they fail or not', async () => {
  const turns = new KeyedTurns()
  const steps: string[] = []
  const work =
    (name: string, fails = false) =>
    async () => {
      steps.push(`${name} begins`)
      await turn()
      steps.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }

  const done = await Promise.allSettled([
    turns.run('key', work('a')),
    turns.run('key', work('b', true)),
    turns.run('key', work('c')),
  ])

  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(
    done.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
  ).toEqual(['a', 'Error: b', 'c'])
})

test('tasks of other keys run concurrently, and nothing is kept of finished ones', async () => {
  const turns = new KeyedTurns()
  let release = () => {}
  const held = turns.run('held', () => new Promise<void>((resolve) => (release = resolve)))

  const other = await turns.run('other', async () => 'done')
  await turn()
  const whileHeld = turns.size
  release()
  await held
  await turn()

  expect([other, whileHeld, turns.size]).toEqual(['done', 1, 0])
})
