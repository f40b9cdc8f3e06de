import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {Acquisition, Claim, LimitStore} from '../../src/http/limits/limit-store.ts'

/** An empty limit store and its clock. */
export interface LimitStoreUnderContract {
  /** The same limits as another process sees them. Called at least once. */
  open(): LimitStore
  /** Lets time pass. The clock begins at 2026-03-01T12:00:00Z and moves by this alone. */
  pass(ms: number): void
  /** Called after each test. */
  close(): Promise<void>
}

const noon = Date.parse('2026-03-01T12:00:00Z')
const hourMs = 60 * 60 * 1000
const midnight = noon + 12 * hourMs

const place = (key: string, most: number): Claim => ({key, max: most, spentUntil: null})
const ofDay = (key: string, most: number, spentUntil = midnight): Claim => ({key, max: most, spentUntil})

/** What every store of limits promises, wherever it counts. */
export function limitStoreContract(name: string, create: () => Promise<LimitStoreUnderContract>): void {
  describe(`${name} keeps the contract of limit stores`, () => {
    let under: LimitStoreUnderContract
    let store: LimitStore
    let other: LimitStore

    beforeEach(async () => {
      under = await create()
      store = under.open()
      other = under.open()
    })
    afterEach(() => under.close())

    /** Acquires claims that must be available, and returns the function that releases them. */
    async function acquired(
      claims: readonly Claim[],
      from = store,
    ): Promise<(isSpent: boolean) => Promise<void>> {
      const acquisition = await from.acquire(claims)
      if (!acquisition.isAcquired) throw new Error(`claim ${acquisition.fullIndex} is at its limit`)
      return acquisition.release
    }
    const isAcquired = async (...claims: Claim[]) => (await store.acquire(claims)).isAcquired

    describe('the minute of a key', () => {
      test('allows a maximum, and reports how many are left and for how long', async () => {
        expect(await store.countInMinute('a', 2)).toEqual({isAllowed: true, remaining: 1, resetMs: 60_000})
        under.pass(15_000)
        expect(await other.countInMinute('a', 2)).toEqual({isAllowed: true, remaining: 0, resetMs: 45_000})
        expect(await store.countInMinute('a', 2)).toEqual({isAllowed: false, remaining: 0, resetMs: 45_000})
      })

      test('begins with its first use, ends a minute later whatever was refused, and is independent of others', async () => {
        await store.countInMinute('a', 1)
        under.pass(30_000)
        expect((await store.countInMinute('b', 1)).isAllowed).toBe(true)
        expect((await store.countInMinute('a', 1)).isAllowed).toBe(false)
        under.pass(30_000)
        expect((await store.countInMinute('a', 1)).isAllowed).toBe(true)
        expect((await store.countInMinute('b', 1)).isAllowed).toBe(false)
        under.pass(30_000)
        expect((await store.countInMinute('b', 1)).isAllowed).toBe(true)
      })

      test.each([1, 7])('with room for %i lets no more in, however many come at once', async (most) => {
        const minutes = await Promise.all(
          Array.from({length: 40}, (_, i) => (i % 2 === 0 ? store : other).countInMinute('a', most)),
        )

        expect(minutes.filter(({isAllowed}) => isAllowed)).toHaveLength(most)
      })
    })

    describe('a slot that is held', () => {
      test('is available again when it is released', async () => {
        const release = await acquired([place('a', 1)])
        expect(await isAcquired(place('a', 1))).toBe(false)

        await release(false)

        expect(await isAcquired(place('a', 1))).toBe(true)
      })

      test('is released once, however often it is called', async () => {
        const first = await acquired([place('a', 2)])
        await acquired([place('a', 2)])

        await Promise.all([first(false), first(false), first(true)])

        expect([await isAcquired(place('a', 2)), await isAcquired(place('a', 2))]).toEqual([true, false])
      })

      test('is never spent, and does not expire', async () => {
        const release = await acquired([place('a', 1)])
        under.pass(100 * hourMs)
        expect(await isAcquired(place('a', 1))).toBe(false)

        await release(true)

        expect(await isAcquired(place('a', 1))).toBe(true)
      })

      test('is one of a maximum for each key, over all processes', async () => {
        await acquired([place('a', 2)])
        await acquired([place('a', 2)], other)

        expect(await isAcquired(place('a', 2))).toBe(false)
        expect(await isAcquired(place('b', 2))).toBe(true)
      })

      test.each([1, 7])('of %i is had by no more, however many come at once', async (most) => {
        const acquisitions = await Promise.all(
          Array.from({length: 40}, (_, i) => (i % 2 === 0 ? store : other).acquire([place('a', most)])),
        )

        expect(acquisitions.filter((acquisition) => acquisition.isAcquired)).toHaveLength(most)
      })

      test('is acquired and released many times, and all are available in the end', async () => {
        let most = 0
        let held = 0
        await Promise.all(
          Array.from({length: 60}, async (_, i) => {
            for (let round = 0; round < 5; round++) {
              const acquisition: Acquisition = await (i % 2 === 0 ? store : other).acquire([place('a', 3)])
              if (!acquisition.isAcquired) continue
              most = Math.max(most, ++held)
              await new Promise(setImmediate)
              held--
              await acquisition.release(round % 2 === 0)
            }
          }),
        )

        // How many are held at one time depends on how fast the store is.
        expect(most).toBeGreaterThan(0)
        expect(most).toBeLessThanOrEqual(3)
        for (let i = 0; i < 3; i++) await acquired([place('a', 3)])
        expect(await isAcquired(place('a', 3))).toBe(false)
      })
    })

    describe('a budget', () => {
      test('that was spent stays so until it expires, over all processes', async () => {
        await (await acquired([ofDay('a', 1)]))(true)

        expect(await other.acquire([ofDay('a', 1)])).toEqual({isAcquired: false, fullIndex: 0, spent: 1})
        under.pass(12 * hourMs)
        expect(await isAcquired(ofDay('a', 1, midnight + 24 * hourMs))).toBe(true)
      })

      test('that is only held may still be released', async () => {
        const release = await acquired([ofDay('a', 1)])
        expect(await store.acquire([ofDay('a', 1)])).toEqual({isAcquired: false, fullIndex: 0, spent: 0})

        await release(false)

        expect(await isAcquired(ofDay('a', 1))).toBe(true)
      })

      test('is not spent by what was acquired from an expired one', async () => {
        const overMidnight = await acquired([ofDay('day 1', 1)])
        under.pass(13 * hourMs)

        await overMidnight(true)

        expect(await isAcquired(ofDay('day 2', 1, midnight + 24 * hourMs))).toBe(true)
      })
    })

    describe('several claims', () => {
      test('are acquired all or none, and the first at its limit is named', async () => {
        await (await acquired([ofDay('day', 1)]))(true)

        expect(await store.acquire([place('a', 1), ofDay('day', 1), ofDay('share', 1)])).toEqual({
          isAcquired: false,
          fullIndex: 1,
          spent: 1,
        })

        expect(await isAcquired(place('a', 1))).toBe(true)
        expect(await isAcquired(ofDay('share', 1))).toBe(true)
      })

      test('are released together, and spent if they have a spentUntil', async () => {
        const release = await acquired([place('a', 1), ofDay('day', 2), ofDay('share', 1)])

        await release(true)

        expect(await isAcquired(place('a', 1))).toBe(true)
        expect(await store.acquire([ofDay('day', 2), ofDay('share', 1)])).toEqual({
          isAcquired: false,
          fullIndex: 1,
          spent: 1,
        })
      })

      test('that are acquired concurrently share one limit', async () => {
        const acquisitions = await Promise.all(
          Array.from({length: 30}, (_, i) =>
            (i % 2 === 0 ? store : other).acquire([place(`visitor ${i % 5}`, 2), ofDay('day', 7)]),
          ),
        )

        expect(acquisitions.filter((acquisition) => acquisition.isAcquired)).toHaveLength(7)
      })
    })
  })
}
