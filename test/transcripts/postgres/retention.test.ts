import {randomBytes} from 'node:crypto'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import {openPostgres, type Postgres} from '../../../src/postgres/index.ts'
import {ensurePartitions} from '../../../src/transcripts/postgres/partitions.ts'
import {
  type PostgresRetention,
  type PostgresRetentionOptions,
  startPostgresRetention,
} from '../../../src/transcripts/postgres/retention.ts'
import {storageOf, usedBytes} from '../../../src/transcripts/postgres/storage.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {migrated, storeAnswer, storedIds, storedRows} from './stored-answers.ts'

const october = Date.UTC(2026, 9, 20)
const now = Date.UTC(2026, 10, 29)
const dayMs = 24 * 60 * 60 * 1000
const maxBytes = 6 * 1024 * 1024

describe.skipIf(!hasPostgres)('retention in PostgreSQL', () => {
  let cluster: PostgresCluster
  let postgres: Postgres
  let other: Postgres
  const started = new Set<PostgresRetention>()

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(async () => {
    const url = await cluster.newDatabase()
    postgres = await migrated(await openPostgres({url, statementMs: 120_000}))
    other = await openPostgres({url, statementMs: 120_000})
  })
  afterEach(async () => {
    for (const retention of started) await retention.close()
    started.clear()
    await postgres.close()
    await other.close()
  })

  function start(options: Partial<PostgresRetentionOptions> = {}): PostgresRetention {
    const retention = startPostgresRetention({
      ...{postgres, days: 0, maxBytes: 0, now: () => now},
      onRemoving: async () => {},
      count: async () => {},
      onFull() {},
      onProblem(error) {
        throw error
      },
      ...options,
    })
    started.add(retention)
    return retention
  }

  async function partitions(): Promise<string[]> {
    const rows = await postgres.rows<{readonly name: string}>(
      "SELECT relname AS name FROM pg_class WHERE relname ~ '^(answers|events)_\\d{4}_\\d\\d$' ORDER BY 1",
    )
    return rows.map(({name}) => name)
  }

  /** Answers of about 12 KB, which do not get smaller by compression. */
  async function store(name: string, count: number, startedAt: number): Promise<void> {
    const text = randomBytes(6_000).toString('hex')
    for (let n = 0; n < count; n++) {
      const id = `${name}-${n}`
      await storeAnswer(postgres, id, {startedAt: startedAt + n * 1_000, events: [], text: text + n})
    }
  }

  test('has the partitions of this month and of the next, and removes what is too old', async () => {
    await storeAnswer(postgres, 'old', {startedAt: now - 31 * dayMs})
    await storeAnswer(postgres, 'new', {startedAt: now - 29 * dayMs})
    await postgres.run("INSERT INTO docent.claimed_keys VALUES ('late', 'x', $1, '{}')", [now - dayMs])
    const removed = vi.fn()

    await start({days: 30, onRemoving: async (_, rows) => removed(rows.length)}).run()

    expect(await storedIds(postgres)).toEqual(['new'])
    expect(removed).toHaveBeenCalledExactlyOnceWith(1)
    expect(await postgres.rows('SELECT key FROM docent.claimed_keys')).toEqual([{key: 'late'}])
    expect(await partitions()).toEqual([
      'answers_2026_11',
      'answers_2026_12',
      'events_2026_11',
      'events_2026_12',
    ])
  }, 60_000)

  test('keeps all answers without a limit', async () => {
    await storeAnswer(postgres, 'old', {startedAt: 0})
    await start().run()
    expect(await storedIds(postgres)).toEqual(['old'])
  })

  test('drops a month when all of it is too old', async () => {
    await ensurePartitions(postgres, {from: october, to: october})
    await storeAnswer(postgres, 'old', {startedAt: october})
    await start({days: 28}).run()
    expect(await storedIds(postgres)).toEqual([])
    expect(await partitions()).not.toContain('answers_2026_10')
  }, 60_000)

  test('removes the oldest ended answers near the limit of bytes, none without need, in any number of processes', async () => {
    await ensurePartitions(postgres, {from: october, to: now})
    await storeAnswer(postgres, 'running', {startedAt: october, ending: null})
    await store('october', 100, october)
    await store('november', 400, now - dayMs)
    expect((await usedBytes(postgres)).kept).toBeGreaterThan(maxBytes)
    const onFull = vi.fn()

    const both = [postgres, other].map((pool) => start({postgres: pool, maxBytes, onFull}))
    await Promise.all(both.map((retention) => retention.run()))
    // Of two that looked at once one may have left it to the other.
    for (const retention of both) await retention.run()

    const {kept} = await usedBytes(postgres)
    expect(kept).toBeLessThan(0.95 * maxBytes)
    expect(kept).toBeGreaterThan(0.8 * maxBytes)
    const ids = await storedIds(postgres)
    expect(ids[0]).toBe('running')
    expect(ids.some((id) => id.startsWith('october'))).toBe(false)
    expect(ids.at(-1)).toBe('november-399')
    expect(ids.slice(1)).toEqual(
      Array.from({length: ids.length - 1}, (_, n) => `november-${401 - ids.length + n}`),
    )
    expect(onFull).toHaveBeenCalled()
    await Promise.all(both.map((retention) => retention.run()))
    expect(await storedIds(postgres)).toEqual(ids)
    const {bytes, besideBytes, ...rest} = await storageOf(postgres, maxBytes)
    expect(bytes).toBeGreaterThanOrEqual(kept)
    expect(besideBytes).toBeGreaterThan(0)
    expect(rest).toEqual({maxBytes, oldestAt: october})
  }, 240_000)

  test('gives the space of a month back that lost all its answers', async () => {
    await ensurePartitions(postgres, {from: october, to: now})
    await store('october', 50, october)
    await store('november', 450, now - dayMs)
    const {allocated} = await usedBytes(postgres)

    await start({maxBytes: 5 * 1024 * 1024}).run()

    expect(await partitions()).not.toContain('answers_2026_10')
    expect((await usedBytes(postgres)).allocated).toBeLessThan(allocated)
    expect((await storedIds(postgres)).length).toBeGreaterThan(200)
  }, 240_000)

  test('a limit below what empty tables take removes answers, and then ends', async () => {
    await store('a', 3, now)
    await start({maxBytes: 1}).run()
    expect(await storedRows(postgres)).toMatchObject({answers: 0})
  }, 60_000)

  test('says what it could not do, and does it the next time', async () => {
    await storeAnswer(postgres, 'old', {startedAt: now - 31 * dayMs})
    const onProblem = vi.fn()
    let isFailing = true
    const retention = start({
      days: 30,
      onProblem,
      async onRemoving() {
        if (isFailing) throw new Error('not counted')
      },
    })
    await retention.run()
    expect(onProblem).toHaveBeenCalledWith(expect.objectContaining({message: 'not counted'}))
    expect(await storedIds(postgres)).toEqual(['old'])
    isFailing = false
    await retention.run()
    expect(await storedIds(postgres)).toEqual([])
  }, 60_000)

  test('the size of nothing is little, and that of one answer is counted', async () => {
    const {kept} = await usedBytes(postgres)
    expect(kept).toBe(0)
    expect(await storageOf(postgres, 0)).toMatchObject({maxBytes: null, oldestAt: null})
    await store('a', 1, 10)
    expect((await usedBytes(postgres)).kept).toBeGreaterThan(12_000)
    expect(await storageOf(postgres, 0)).toMatchObject({oldestAt: 10})
  })
})
