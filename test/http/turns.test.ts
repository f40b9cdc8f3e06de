import {expect, test} from 'vitest'
import {turnsOf} from '../../src/http/limits/turns.ts'

/** Work that is done when `done` is called. */
function handWork() {
  const begun: string[] = []
  const done = new Map<string, () => void>()
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<string>((resolve) => done.set(name, () => resolve(name)))
  }
  return {begun, work, done: (name: string) => done.get(name)!()}
}

/** However slow the machine, nothing takes long by it. */
const stopped = () => 0
const settled = () => new Promise(setImmediate)

test('what one visitor asks for at once is done one after the other; another visitor does not wait for it', async () => {
  const inTurn = turnsOf(10, stopped)
  const {begun, work, done} = handWork()

  const mine = ['a1', 'a2', 'a3'].map((name) => inTurn('a', work(name)))
  const other = inTurn('b', work('b1'))
  await settled()
  expect(begun).toEqual(['a1', 'b1'])
  done('a1')
  done('b1')
  await settled()
  expect(begun).toEqual(['a1', 'b1', 'a2'])
  done('a2')
  await settled()
  done('a3')

  expect(await Promise.all([...mine, other])).toEqual(['a1', 'a2', 'a3', 'b1'])
})

test('what fails holds up nobody behind it', async () => {
  const inTurn = turnsOf(10)
  const failed = inTurn('a', () => Promise.reject(new Error('no')))
  const next = inTurn('a', async () => 'yes')

  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('yes')
})

test('after one that took long its visitor waits, and nobody else does', async () => {
  const inTurn = turnsOf(10)
  const beganAt = new Map<string, number>()
  const long = (name: string) => async () => {
    beganAt.set(name, performance.now())
    await new Promise((resolve) => setTimeout(resolve, 50))
    return performance.now()
  }

  const [endedAt] = await Promise.all([inTurn('a', long('first')), inTurn('a', long('next'))])
  const other = performance.now()
  await inTurn('b', long('other'))

  expect(beganAt.get('next')! - endedAt).toBeGreaterThan(100)
  expect(beganAt.get('other')! - other).toBeLessThan(100)
})

test('more than there is room for are refused, with a time, until one is done', async () => {
  const inTurn = turnsOf(2, stopped)
  const {work, done} = handWork()
  const first = inTurn('a', work('1'))
  const second = inTurn('a', work('2'))

  await expect(inTurn('a', work('3'))).rejects.toMatchObject({code: 'rate_limited', retryAfterMs: 1000})
  await settled()
  done('1')
  await first
  await settled()
  const fourth = inTurn('a', work('4'))
  await settled()
  done('2')
  await settled()
  done('4')

  expect(await Promise.all([second, fourth])).toEqual(['2', '4'])
})
