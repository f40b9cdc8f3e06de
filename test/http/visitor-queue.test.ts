import {expect, test} from 'vitest'
import {visitorQueue} from '../../src/http/limits/visitor-queue.ts'

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

test('work of one visitor is done one after the other; another visitor does not wait for it', async () => {
  const inTurn = visitorQueue(10, stopped)
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

test('work that fails does not block the next', async () => {
  const inTurn = visitorQueue(10)
  const failed = inTurn('a', () => Promise.reject(new Error('no')))
  const next = inTurn('a', async () => 'yes')

  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('yes')
})

test('after slow work its visitor waits, and nobody else does', async () => {
  let now = 0
  const inTurn = visitorQueue(10, () => now)
  const begun: string[] = []
  const work = (name: string, tookMs: number) => async () => {
    begun.push(name)
    now += tookMs
    return performance.now()
  }

  const first = inTurn('a', work('first', 205))
  const next = inTurn('a', work('next', 0))
  const endedAt = await first
  await inTurn('b', work('other', 0))
  expect(begun).toEqual(['first', 'other'])

  // Three times what it took beyond the usual: never earlier, on a busy machine later.
  expect((await next) - endedAt).toBeGreaterThan(590)
})

test('more than the maximum are refused, with a time to wait, until one is done', async () => {
  const inTurn = visitorQueue(2, stopped)
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
