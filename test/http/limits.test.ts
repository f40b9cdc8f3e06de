import {EventEmitter} from 'node:events'
import {describe, expect, test} from 'vitest'
import {slotLimit} from '../../src/http/limits/concurrency-limits.ts'
import type {LimitStore} from '../../src/http/limits/limit-store.ts'
import {createLimits, type LimitOptions} from '../../src/http/limits/limits.ts'
import {memoryLimits} from '../../src/http/limits/memory-limits.ts'
import {limitStoreContract} from '../contracts/limit-store.contract.ts'

const noon = Date.parse('2026-03-01T12:00:00Z')
const hour = 60 * 60 * 1000

limitStoreContract('the memory of one process', async () => {
  let at = noon
  const store = memoryLimits({now: () => at, elapsed: () => at})
  return {
    open: () => store,
    pass(ms) {
      at += ms
    },
    async close() {},
  }
})

const unlimited: LimitOptions = {
  rateLimitPerMinute: 0,
  searchLimitPerMinute: 0,
  requestLimitPerMinute: 0,
  maxConcurrentAnswersPerVisitor: 0,
  answersPerDay: 0,
  answersPerDayPerVisitor: 0,
}

/** Every call waits for the calls before it and for some turns of the event loop, as one to a database may. */
function slowly(store: LimitStore): LimitStore {
  const wait = async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
  }
  return {
    async countInMinute(key, max) {
      await wait()
      const minute = await store.countInMinute(key, max)
      await wait()
      return minute
    },
    async acquire(claims) {
      await wait()
      const acquisition = await store.acquire(claims)
      await wait()
      return acquisition
    },
  }
}

/** Limits at noon, with answers that begin at once and end when the test says so. */
function limitsAtNoon(options: Partial<LimitOptions>, wrap = (store: LimitStore) => store) {
  let at = noon
  const limits = createLimits(
    {...unlimited, ...options},
    wrap(memoryLimits({now: () => at, elapsed: () => at})),
    () => at,
  )
  return {
    limits,
    pass: (ms: number) => {
      at += ms
    },
    /** Returns what ends the answer. */
    async begin(visitor: string): Promise<(calledModel: boolean) => void> {
      const end = await limits.admitAnswer(visitor)
      return (calledModel) => end({calledModel})
    },
  }
}

describe('slots', () => {
  test('are released once, however often it is called', () => {
    const acquire = slotLimit(2)
    const [first, second] = [acquire('a'), acquire('a')]

    first?.()
    first?.()

    expect([acquire('a') !== null, acquire('a')]).toEqual([true, null])
    second?.()
    expect(acquire('a')).not.toBeNull()
  })
})

describe('the budget of a day', () => {
  test('starts again at midnight UTC; an answer of the previous day counts for that day', async () => {
    const {begin, pass} = limitsAtNoon({answersPerDay: 2})
    ;(await begin('a'))(true)
    const overMidnight = await begin('a')
    await expect(begin('a')).rejects.toThrow('ask again in a moment')

    pass(12 * hour)
    overMidnight(true)

    ;(await begin('a'))(true)
    ;(await begin('b'))(true)
    await expect(begin('a')).rejects.toMatchObject({retryAfterMs: 24 * hour})
  })

  test.each([
    [{answersPerDay: 0, answersPerDayPerVisitor: null}, 100],
    [{answersPerDay: 10, answersPerDayPerVisitor: null}, 5],
    [{answersPerDay: 101, answersPerDayPerVisitor: null}, 21],
    [{answersPerDay: 10, answersPerDayPerVisitor: 3}, 3],
    [{answersPerDay: 0, answersPerDayPerVisitor: 3}, 3],
    [{answersPerDay: 10, answersPerDayPerVisitor: 0}, 10],
  ])('with %j lets one visitor have %i of a hundred', async (options, expected) => {
    const {begin} = limitsAtNoon(options)
    let count = 0

    for (let i = 0; i < 100; i++) {
      const end = await begin('a').catch(() => null)
      if (end !== null) count++
      end?.(true)
    }

    expect(count).toBe(expected)
  })
})

describe('with a slow store', () => {
  test.each<[string, Partial<LimitOptions>]>([
    ['answers at a time', {maxConcurrentAnswersPerVisitor: 1}],
    ['questions of a minute', {rateLimitPerMinute: 1}],
    ['answers of a day', {answersPerDay: 1}],
    ['share of a day', {answersPerDay: 100, answersPerDayPerVisitor: 1}],
  ])('of two questions at once past a limit of one one is refused: %s', async (_what, options) => {
    const {begin} = limitsAtNoon(options, slowly)

    const asked = await Promise.allSettled([begin('a'), begin('a')])

    expect(asked.map(({status}) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('a question that is refused releases what it had acquired', async () => {
    const {begin, pass} = limitsAtNoon(
      {maxConcurrentAnswersPerVisitor: 2, answersPerDay: 3, rateLimitPerMinute: 1},
      slowly,
    )
    ;(await begin('a'))(true)
    for (let i = 0; i < 5; i++)
      await expect(begin('a')).rejects.toMatchObject({details: {limit: 'questions'}})

    pass(60_000)
    await begin('a')
    pass(60_000)
    await begin('a')
    pass(60_000)

    await expect(begin('a')).rejects.toMatchObject({details: {limit: 'answers'}})
    await expect(begin('b')).rejects.toMatchObject({details: {limit: 'answers_per_day'}})
  })

  test('an answer releases its slot and its share of the day once, however often it ends', async () => {
    const {begin} = limitsAtNoon({maxConcurrentAnswersPerVisitor: 2, answersPerDay: 3}, slowly)
    const first = await begin('a')
    await begin('a')
    first(false)
    first(true)
    first(false)

    await begin('a')

    await expect(begin('a')).rejects.toMatchObject({details: {limit: 'answers'}})
    await begin('b')
    await expect(begin('b')).rejects.toMatchObject({details: {limit: 'answers_per_day'}})
  })

  test('a stream that closes while its slot is being acquired releases it, once', async () => {
    const {limits} = limitsAtNoon({maxConcurrentAnswersPerVisitor: 1}, slowly)
    const streams = Array.from({length: 9}, () => Object.assign(new EventEmitter(), {destroyed: false}))
    const close = (stream: (typeof streams)[number]) => {
      stream.destroyed = true
      stream.emit('close')
    }
    const [left, ...others] = streams
    const opening = limits.openStream('a', left!)
    close(left!)

    expect(await opening).toBe(false)
    // Eight for each answer: all of them are there.
    for (const stream of others) expect(await limits.openStream('a', stream)).toBe(true)
    const late = Object.assign(new EventEmitter(), {destroyed: false})
    await expect(limits.openStream('a', late)).rejects.toMatchObject({details: {limit: 'streams'}})
    close(others[0]!)
    others[0]!.emit('close')
    expect(await limits.openStream('a', late)).toBe(true)
    const later = Object.assign(new EventEmitter(), {destroyed: false})
    await expect(limits.openStream('a', later)).rejects.toMatchObject({code: 'rate_limited'})
  })
})
