import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {maxHandovers} from '../../src/staff/handover.ts'
import {
  type AuditEntry,
  openPostgresStaffStore,
  type PostgresStaffStoreOptions,
  type StaffStore,
} from '../../src/staff/index.ts'
import {maxPeople, maxSessionsPerPerson} from '../../src/staff/staff-store.ts'
import {staffStoreContract} from '../contracts/staff-store.contract.ts'
import {hasPostgres, newPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

const dayMs = 24 * 60 * 60 * 1000

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster
  let url: string
  let postgres: Postgres
  let other: Postgres
  const stores: StaffStore[] = []
  const pools: Postgres[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  afterEach(async () => {
    for (const store of stores.splice(0)) store.close()
    await Promise.all(pools.splice(0).map((pool) => pool.close()))
  })

  staffStoreContract('a database', async (now) => {
    const pool = await newPostgres(cluster)
    pools.push(pool)
    return openPostgresStaffStore({postgres: pool, now})
  })

  async function open(options: Omit<PostgresStaffStoreOptions, 'postgres'> = {}, from = postgres) {
    const store = await openPostgresStaffStore({postgres: from, ...options})
    stores.push(store)
    return store
  }

  /** Two pools of one new database, as two processes have them. */
  async function newPools(): Promise<void> {
    url = await cluster.newDatabase()
    postgres = await openPostgres({url})
    other = await openPostgres({url})
    pools.push(postgres, other)
  }

  const read: AuditEntry = {
    who: 'a',
    name: 'Ada',
    role: 'support',
    what: 'transcript_read',
    which: null,
    details: null,
    address: null,
  }

  async function linesOf(store: StaffStore): Promise<number[]> {
    return (await store.audit({}, {limit: 200})).items.map(({line}) => line)
  }

  /** As many calls as given at once, by turns of one and of the other; and the codes of those that were refused. */
  async function atOnce<T>(count: number, call: (store: StaffStore, n: number) => Promise<T>) {
    const both = [await open(), await open({}, other)]
    const settled = await Promise.allSettled(Array.from({length: count}, (_, n) => call(both[n % 2]!, n)))
    const done = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const codes = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    return {done, codes}
  }

  describe('people of two processes', () => {
    beforeEach(newPools)

    test('are the same for both, from a first start at the same time on', async () => {
      const [server, command] = await Promise.all([open(), open({}, other)])
      const {person, invitation} = await command.invite({name: 'Ada', role: 'docs', by: 'root'})
      const {token} = (await server.takeUp(invitation.secret))!
      const before = await server.personOfToken(token)
      await command.switchOff(person.id)

      expect(before?.name).toBe('Ada')
      expect(await server.personOfToken(token)).toBeNull()
    })

    test('have a name once, in any case, however many are invited at once', async () => {
      const {done, codes} = await atOnce(20, (store, n) =>
        store.invite({name: n % 3 === 0 ? 'ADA' : 'Ada', role: 'docs', by: 'admin'}),
      )

      expect(done).toHaveLength(1)
      expect(codes).toEqual(Array(19).fill('conflict'))
    })

    test('are no more than the maximum, however many are invited at once', async () => {
      await open()
      await postgres.run(
        `INSERT INTO docent.people (id, name, name_key, role, invited_at, invited_by)
         SELECT 'p' || n, 'P' || n, 'p' || n, 'docs', 1, 'x' FROM generate_series(1, $1) AS n`,
        [maxPeople - 3],
      )
      const {done, codes} = await atOnce(12, (store, n) =>
        store.invite({name: `New ${n}`, role: 'docs', by: 'admin'}),
      )

      expect(done).toHaveLength(3)
      expect(codes).toEqual(Array(9).fill('conflict'))
    })

    test('take up an invitation once, however often at once', async () => {
      const {invitation} = await (await open()).invite({name: 'Ada', role: 'docs', by: 'admin'})
      const {done} = await atOnce(16, (store) => store.takeUp(invitation.secret))
      const taken = done.filter((one) => one !== null)

      expect(taken).toHaveLength(1)
      expect((await (await open()).personOfToken(taken[0]!.token))?.name).toBe('Ada')
    })

    test('are either withdrawn or have joined, if both are tried at once', async () => {
      const store = await open()
      for (let round = 0; round < 10; round++) {
        const {person, invitation} = await store.invite({name: `Ada ${round}`, role: 'docs', by: 'admin'})
        const [taken, withdrawn] = await Promise.allSettled([
          store.takeUp(invitation.secret),
          (await open({}, other)).withdrawInvitation(person.id),
        ])
        const hasJoined = taken.status === 'fulfilled' && taken.value !== null

        expect(hasJoined).not.toBe(withdrawn.status === 'fulfilled')
        expect((await store.find(person.id))?.status).toBe(hasJoined ? 'active' : undefined)
      }
    })

    test('have no more sessions than the maximum, and those are the last', async () => {
      const store = await open()
      const {person} = await store.invite({name: 'Ada', role: 'docs', by: 'admin'})
      const first = await store.beginSession(person.id)
      await atOnce(maxSessionsPerPerson * 2, (one) => one.beginSession(person.id))

      expect(await postgres.row('SELECT count(*) AS n FROM docent.sessions')).toEqual({
        n: maxSessionsPerPerson,
      })
      expect(await store.personOfSession(first)).toBeNull()
    })

    test('begin and end sessions at once, also of others that have expired, without being in each other’s way', async () => {
      let now = 1_000
      const store = await open({now: () => now})
      const people = []
      for (let n = 0; n < 6; n++) {
        const {invitation} = await store.invite({name: `P${n}`, role: 'docs', by: 'admin'})
        people.push((await store.takeUp(invitation.secret))!.person)
      }
      const both = [store, await open({now: () => now}, other)]
      for (let round = 0; round < 5; round++) {
        now += 24 * 60 * 60 * 1000
        await Promise.all(
          people.flatMap(({id}, n) => [
            both[n % 2]!.beginSession(id),
            both[(n + 1) % 2]!.endSessions(id),
            both[n % 2]!.changeToken(id, null),
            both[(n + 1) % 2]!.beginSession(id),
          ]),
        )
      }

      expect((await store.people()).map(({status}) => status)).toEqual(Array(6).fill('active'))
    })

    test('of a reserved name from earlier hide no lines, and can be removed', async () => {
      const store = await open()
      await postgres.run(
        `INSERT INTO docent.people (id, name, name_key, role, invited_at, invited_by)
         VALUES ('old', 'shared:support', 'shared:support', 'docs', 1, 'x')`,
      )
      await store.record({...read, who: 'shared:support', name: 'support (shared token)'})
      await store.record({...read, who: 'old', name: 'shared:support'})
      const {items} = await store.audit({who: 'shared:support'})
      await store.switchOff('old')
      await store.remove((await store.find('shared:support'))!.id)

      expect(items.map(({who}) => who)).toEqual(['old', 'shared:support'])
      expect(await store.people()).toEqual([])
    })

    test('are looked for by any text, and named by any text that can be kept', async () => {
      const store = await open()
      const odd = 'a\u0000b\ud800'
      await store.invite({name: 'Ada', role: 'docs', by: odd})
      await store.record({...read, who: odd, name: odd, which: odd, details: {odd}})

      expect(await store.find(odd)).toBeNull()
      expect((await store.find('ada'))?.invitedBy).toBe('a\ufffdb\ufffd')
      expect(await store.personOfToken(odd)).toBeNull()
      expect(await store.findHandover(odd)).toBeNull()
      await expect(store.switchOff(odd)).rejects.toMatchObject({code: 'not_found'})
      expect((await store.audit({who: odd})).items).toMatchObject([{which: 'a\ufffdb\ufffd', details: {odd}}])
    })

    test('have no more hand-over links at one time than the maximum', async () => {
      await open()
      await postgres.run(
        `INSERT INTO docent.handovers (id, key, ref, made_at, who, made_by, ends_at)
         SELECT 'h' || n, int4send(n), 'r', 1, 'a', 'Ada', $2 FROM generate_series(1, $1) AS n`,
        [maxHandovers - 2, Date.now() + dayMs],
      )
      const {done, codes} = await atOnce(8, (store) =>
        store.makeHandover({ref: 'r', who: 'a', by: 'Ada', note: null, days: 1}),
      )
      await Promise.all(
        Array.from({length: 10}, async () => (await open()).countOpening(done[0]!.handover.id)),
      )

      expect(codes).toEqual(Array(6).fill('conflict'))
      expect(await (await open()).findHandover(done[0]!.handover.id)).toMatchObject({openings: 10})
    })

    test('are refused where a newer version has been', async () => {
      await open()
      await postgres.run("INSERT INTO docent.migrations (set, name) VALUES ('staff', '999_later')")

      await expect(openPostgresStaffStore({postgres: other})).rejects.toThrow(/written by a newer Docent/)
    })
  })

  describe('the audit log', () => {
    beforeEach(newPools)

    test('that stays locked is reported, and works again afterwards', async () => {
      const hasty = await openPostgres({url, statementMs: 300})
      pools.push(hasty)
      const store = await open({}, hasty)
      await other.transaction(async (queries) => {
        await queries.run('LOCK TABLE docent.audit')
        await expect(store.record(read)).rejects.toMatchObject({code: 'storage'})
      })

      await store.record(read)
      expect(await linesOf(store)).toHaveLength(1)
    })

    test('has every line that was reported written when the database is killed', async () => {
      const store = await open()
      let written = 0
      const writing = (async () => {
        for (;;) {
          await store.record({...read, details: {n: written + 1}})
          written++
        }
      })().catch((error: unknown) => error)
      await expect.poll(() => written, {timeout: 30_000}).toBeGreaterThan(60)
      await cluster.kill()
      const failure = await writing
      await cluster.start()

      expect(failure).toMatchObject({code: 'storage'})
      const numbers: number[] = []
      let cursor: string | null | undefined
      do {
        const page = await store.audit({}, {limit: 200, ...(cursor == null ? {} : {cursor})})
        numbers.push(...page.items.map(({details}) => Number(details?.['n'])))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(numbers.length).toBeGreaterThanOrEqual(written)
      expect(numbers.toReversed()).toEqual(numbers.map((_, index) => index + 1))
    }, 120_000)

    test('is never changed, whatever writes to it', async () => {
      await (await open()).record(read)

      await expect(other.run("UPDATE docent.audit SET name = 'Bo'")).rejects.toThrow('never changed')
    })

    test('loses what is older than its days, at start and every hour, by two at once, and nothing else', async () => {
      vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']})
      try {
        let now = 0
        const options = {now: () => now}
        const first = await open(options)
        await postgres.run(
          `INSERT INTO docent.audit (at, who, name, what) SELECT 0, 'a', 'Ada', 'sign_in' FROM generate_series(1, 1200)`,
        )
        now = 9 * dayMs
        await first.record(read)
        now = 11 * dayMs
        const server = await open({...options, auditDays: 10})
        await open({...options, auditDays: 10}, other)
        await expect.poll(() => linesOf(server), {timeout: 30_000}).toEqual([1201])
        now = 20 * dayMs
        vi.advanceTimersByTime(60 * 60 * 1000)
        await expect.poll(() => linesOf(server), {timeout: 30_000}).toEqual([])
        await server.record(read)
        expect(await linesOf(server)).toEqual([1202])
      } finally {
        vi.useRealTimers()
      }
    })

    test('of 0 days is kept, up to a number of lines', async () => {
      let now = 0
      const first = await open({now: () => now})
      for (let n = 0; n < 20; n++) await first.record(read)
      now = 10_000 * dayMs
      const server = await open({now: () => now, auditDays: 0, maxAuditLines: 15})

      await expect
        .poll(() => linesOf(server), {timeout: 30_000})
        .toEqual(Array.from({length: 15}, (_, n) => 20 - n))
    })

    test('reports that old lines cannot be removed, unless it was closed', async () => {
      const problems: unknown[] = []
      await open()
      await postgres.run('DROP TABLE docent.audit')
      await open({auditDays: 1, onProblem: (error) => problems.push(error)})

      await expect.poll(() => problems, {timeout: 30_000}).toMatchObject([{code: 'storage'}])
    })

    test('finds a page by an index, whatever narrows it', async () => {
      await open()
      for (const where of [
        "who = '1'",
        "what = '1'",
        "who = '1' AND what = '1'",
        "name = '1'",
        "name = '1' AND what = '1' AND (at, line) < (1, 1)",
        'at >= 1 AND at < 2',
        'true',
      ]) {
        const plan = await postgres.transaction(async (queries) => {
          // An empty table is read as a whole, and its lines sorted, where that is not forbidden.
          await queries.run('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off')
          return queries.rows<{'QUERY PLAN': string}>(
            `EXPLAIN SELECT * FROM docent.audit WHERE ${where} ORDER BY at DESC, line DESC LIMIT 5`,
          )
        })
        const steps = plan.map((row) => row['QUERY PLAN']).join('\n')
        expect(steps).toMatch(/Index Scan Backward using audit_by_/)
        expect(steps).not.toContain('Sort')
      }
    })
  })
})
