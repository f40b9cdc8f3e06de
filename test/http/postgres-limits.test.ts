import {EventEmitter, once} from 'node:events'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import type {Acquisition, Claim, LimitStore} from '../../src/http/limits/limit-store.ts'
import {
  type PostgresLimits,
  type PostgresLimitsOptions,
  postgresLimits,
} from '../../src/http/limits/postgres-limits.ts'
import {openPostgres, openReplica, type Postgres} from '../../src/postgres/index.ts'
import {limitStoreContract} from '../contracts/limit-store.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

const noon = Date.parse('2026-03-01T12:00:00Z')
const patient = {timeout: 60_000}
/** Long enough that a slow machine is not taken for a database that is away. */
const patientMs = 60_000

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster
  const pools: Postgres[] = []
  const stores: PostgresLimits[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())

  async function closeAll(): Promise<void> {
    await Promise.all(stores.splice(0).map((store) => store.close()))
    await Promise.all(pools.splice(0).map((pool) => pool.close()))
  }

  async function openPool(url: string): Promise<Postgres> {
    const pool = await openPostgres({url, statementMs: patientMs, connectMs: patientMs})
    pools.push(pool)
    return pool
  }

  async function openStore(options: PostgresLimitsOptions): Promise<PostgresLimits> {
    const store = await postgresLimits({waitMs: patientMs, ...options})
    stores.push(store)
    return store
  }

  limitStoreContract('a database of two processes', async () => {
    let at = noon
    const url = await cluster.newDatabase()
    const both: LimitStore[] = []
    for (const name of ['a', 'b']) {
      const postgres = await openPool(url)
      await openReplica(postgres, {name, leaseMs: 600_000})
      both.push(await openStore({postgres, replica: name, now: () => at}))
    }
    let opened = 0
    return {
      open: () => both[opened++ % 2]!,
      pass(ms) {
        at += ms
      },
      close: closeAll,
    }
  })

  const slot = (key: string, max = 1): Claim => ({key, max, spentUntil: null})
  const tomorrow = Date.now() + 86_400_000
  const budget = (key: string, max: number): Claim => ({key, max, spentUntil: tomorrow})

  function released(acquisition: Acquisition): (isSpent: boolean) => Promise<void> {
    if (!acquisition.isAcquired) throw new Error('not acquired')
    return acquisition.release
  }

  describe('limits of several processes', () => {
    let url: string
    let postgres: Postgres
    let other: Postgres

    beforeEach(async () => {
      url = await cluster.newDatabase()
      postgres = await openPool(url)
      other = await openPool(url)
    })
    afterEach(closeAll)

    async function held(): Promise<number> {
      return (await other.row<{n: number}>('SELECT count(*) AS n FROM docent.limit_held'))!.n
    }

    test('count what the living hold, and what one holds itself, and nothing that the dead held', async () => {
      await openReplica(other, {name: 'living', leaseMs: 600_000})
      const store = await openStore({postgres, replica: 'not registered'})
      const living = await openStore({postgres: other, replica: 'living'})
      await living.acquire([slot('a', 2)])
      const second = await store.acquire([slot('a', 2)])
      const third = await store.acquire([slot('a', 2)])
      await other.run(`UPDATE docent.replicas SET alive_until = now() - interval '1 second'`)
      const afterDeath = await store.acquire([slot('a', 2)])
      const beyond = await store.acquire([slot('a', 2)])

      expect([second, third, afterDeath, beyond].map(({isAcquired}) => isAcquired)).toEqual([
        true,
        false,
        true,
        false,
      ])
    })

    test('count minutes by the clock of the database', async () => {
      const store = await openStore({postgres, replica: 'a'})
      const first = await store.countInMinute('a', 1)
      const second = await store.countInMinute('a', 1)
      await other.run('UPDATE docent.limit_minutes SET ends_at = ends_at - 60000')

      expect([first.isAllowed, second.isAllowed]).toEqual([true, false])
      expect(first.resetMs).toBe(60_000)
      const another = await openStore({postgres: other, replica: 'b'})
      expect((await another.countInMinute('a', 1)).isAllowed).toBe(true)
    })

    test('do not ask again for a minute that is used up', async () => {
      const store = await openStore({postgres, replica: 'a'})
      for (let n = 0; n < 2; n++) await store.countInMinute('a', 2)
      const used = () => other.row('SELECT used, xmin::text FROM docent.limit_minutes')
      const before = await used()
      const more = []
      for (let n = 0; n < 5; n++) more.push(await store.countInMinute('a', 2))

      expect(more.map(({isAllowed, remaining}) => [isAllowed, remaining])).toEqual(Array(5).fill([false, 0]))
      for (const {resetMs} of more) expect(resetMs).toBeLessThanOrEqual(60_000)
      expect(await used()).toEqual(before)
      expect((await store.countInMinute('a', 3)).isAllowed).toBe(true)
    })

    test('have no circle of processes that wait for each other, in whatever order they claim', async () => {
      const both = [
        await openStore({postgres, replica: 'a'}),
        await openStore({postgres: other, replica: 'b'}),
      ]
      const keys = ['k1', 'k2', 'k3', 'k4', 'k5']
      const problems: unknown[] = []
      await Promise.all(
        Array.from({length: 120}, async (_, n) => {
          const order = keys.map((__, index) => keys[(index * (1 + (n % 4)) + n) % keys.length]!)
          const acquisition = await both[n % 2]!.acquire(order.map((key) => budget(key, 1_000)))
          await released(acquisition)(n % 3 === 0)
        }).map((one) => one.catch((error: unknown) => problems.push(error))),
      )

      expect(problems).toEqual([])
      expect(await other.rows('SELECT key, spent FROM docent.limit_spent ORDER BY key')).toEqual(
        keys.map((key) => ({key, spent: 40})),
      )
      expect(await held()).toBe(0)
    })

    test('are those of this process while the database is away, and common again afterwards', async () => {
      const problems: unknown[] = []
      const store = await openStore({
        postgres,
        replica: 'a',
        onProblem: (error) => problems.push(error),
      })
      const day = budget('day', 2)
      const before = await store.acquire([slot('a'), day])
      await cluster.kill()
      await isGone(postgres)
      const during = []
      for (let n = 0; n < 3; n++) during.push(await store.acquire([slot('b', 2)]))
      const minutes = []
      for (let n = 0; n < 3; n++) minutes.push((await store.countInMinute('b', 2)).isAllowed)
      await released(before)(true)
      await released(during[0]!)(false)
      await cluster.start()

      expect(during.map(({isAcquired}) => isAcquired)).toEqual([true, true, false])
      expect(minutes).toEqual([true, true, false])
      expect(problems).toMatchObject([{code: 'storage'}])
      const minutesThere = async () =>
        (await store.countInMinute(`probe ${performance.now()}`, 5)) &&
        (await other.row<{n: number}>('SELECT count(*) AS n FROM docent.limit_minutes'))!.n
      await expect.poll(minutesThere, patient).toBeGreaterThan(0)
      // What was held when it was killed is held no longer, and a slot of it can be had.
      expect((await store.acquire([slot('a')])).isAcquired).toBe(true)
    }, 120_000)

    test('spend later what could not be released', async () => {
      const store = await openStore({postgres, replica: 'a', waitMs: 3_000})
      const day = budget('day', 2)
      const release = released(await acquiredIn(store, [day]))
      const unlock = await locked('docent.limit_spent')
      await release(true)
      await unlock()

      const spent = async () =>
        (await other.row<{spent: number}>('SELECT spent FROM docent.limit_spent'))?.spent
      await expect.poll(spent, patient).toBe(1)
      await expect.poll(held, patient).toBe(0)
      // It is tried again until it was done, and done once.
      await delay(1_500)
      expect(await spent()).toBe(1)
    }, 120_000)

    test('do not wait long for a slow database, and give back what it acquires late', async () => {
      const store = await openStore({postgres, replica: 'a', waitMs: 1_000})
      const unlock = await locked('docent.limit_held')
      const acquisition = await store.acquire([slot('a')])
      const again = await store.acquire([slot('a')])
      const heldInMemory = [acquisition.isAcquired, again.isAcquired]
      await unlock()

      expect(heldInMemory).toEqual([true, false])
      await expect.poll(held, patient).toBe(0)
      await expect
        .poll(async () => {
          const one = await store.acquire([slot('free again')])
          const isInDatabase = (await held()) > 0
          if (one.isAcquired) await one.release(false)
          return isInDatabase
        }, patient)
        .toBe(true)
    }, 120_000)

    test('forget what has expired, what the long dead held, and what nobody knows of', async () => {
      vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']})
      try {
        const store = await openStore({postgres, replica: 'a'})
        await openReplica(other, {name: 'living', leaseMs: 600_000})
        await store.acquire([slot('known')])
        await store.countInMinute('now', 1)
        await other.run(`
          UPDATE docent.limit_held SET acquired_at = now() - interval '1 day';
          INSERT INTO docent.limit_held (id, key, spent_until, replica, acquired_at) VALUES
            (gen_random_uuid(), 'lost', 0, 'a', now() - interval '2 minutes'),
            (gen_random_uuid(), 'new', 0, 'a', now()),
            (gen_random_uuid(), 'of the living', 0, 'living', now() - interval '1 day'),
            (gen_random_uuid(), 'of the dead', 0, 'gone', now());
          INSERT INTO docent.limit_minutes VALUES ('old', 1, 1);
          INSERT INTO docent.limit_spent VALUES ('yesterday', 1, 1)`)
        vi.advanceTimersByTime(60_000)
        const keys = async () =>
          (
            await other.rows<{key: string}>(
              `SELECT key FROM docent.limit_held UNION SELECT key FROM docent.limit_minutes
               UNION SELECT key FROM docent.limit_spent ORDER BY key`,
            )
          ).map(({key}) => key)

        await expect.poll(keys, patient).toEqual(['known', 'new', 'now', 'of the living'])
      } finally {
        vi.useRealTimers()
      }
    })

    test('release all that a process holds when it closes, and take any key', async () => {
      const store = await openStore({postgres, replica: 'a'})
      await store.acquire([slot('odd \u0000 \ud800'), slot('a')])
      const minute = await store.countInMinute('odd \u0000 \ud800', 3)
      const before = await held()
      await Promise.all([store.close(), store.close()])

      expect(minute.remaining).toBe(2)
      expect([before, await held()]).toEqual([2, 0])
    })

    async function acquiredIn(store: LimitStore, claims: readonly Claim[]): Promise<Acquisition> {
      const acquisition = await store.acquire(claims)
      expect(await held()).toBe(claims.length)
      return acquisition
    }

    /** A process that serves a connection may answer once more after its server was killed. */
    async function isGone(pool: Postgres): Promise<void> {
      const isAnswered = () =>
        pool.row('SELECT 1').then(
          () => true,
          () => false,
        )
      await expect.poll(isAnswered, patient).toBe(false)
    }

    /** Locks a table. @returns what unlocks it. */
    async function locked(table: string): Promise<() => Promise<void>> {
      const until = new EventEmitter()
      const unlocked = once(until, 'unlock')
      let done: Promise<void> = Promise.resolve()
      await new Promise<void>((resolve, reject) => {
        done = other.transaction(async (queries) => {
          await queries.run(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
          resolve()
          await unlocked
        })
        done.catch(reject)
      })
      return async () => {
        until.emit('unlock')
        await done
      }
    }
  })
})
