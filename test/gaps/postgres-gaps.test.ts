import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import {type Embedder, openEmbedder} from '../../src/embedding/index.ts'
import {openGroupingStore} from '../../src/gaps/grouping/grouping-store.ts'
import {standingOf} from '../../src/gaps/grouping/standing.ts'
import {type Gaps, openGaps, openGapsProcess, openPostgresGaps} from '../../src/gaps/index.ts'
import {ClaimLost, claimGrouping} from '../../src/gaps/postgres/gap-lock.ts'
import {postgresGroupingStore} from '../../src/gaps/postgres/postgres-grouping-store.ts'
import {runPostgresGrouping} from '../../src/gaps/postgres/run-postgres-grouping.ts'
import {openPostgres, openReplica, type Postgres} from '../../src/postgres/index.ts'
import {
  openPostgresTranscripts,
  openStoredPostgresTranscripts,
  type Transcripts,
} from '../../src/transcripts/index.ts'
import {gapsContract} from '../contracts/gaps.contract.ts'
import {addPastAnswers, type PastAnswer} from '../support/past-answers.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

/** Long enough that a slow machine is not taken for a database that is away. */
const patientMs = 60_000

let model: Promise<Embedder> | null = null
const shipped = () => {
  model ??= openEmbedder({model: null})
  return model
}
afterAll(async () => (await model)?.close())

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster
  const pools: Postgres[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())

  async function openPool(url: string): Promise<Postgres> {
    const pool = await openPostgres({url, statementMs: patientMs, connectMs: patientMs})
    pools.push(pool)
    return pool
  }
  async function closePools(): Promise<void> {
    await Promise.all(pools.splice(0).map((pool) => pool.close()))
  }

  /** Rows of the answers table, as far as gaps ask for them. */
  async function addAnswers(postgres: Postgres, refs: readonly string[]): Promise<void> {
    await postgres.run(
      `INSERT INTO docent.answers (row, id, ref, conversation, question, build, generator, embedding, started_at, settings, channel)
       SELECT hashtext(ref)::bigint + 3000000000, ref, ref, 'c', 'Q', 'b', 'g', 'e', 1, '{}', 'http'
       FROM unnest($1::text[]) AS ref`,
      [refs],
    )
  }

  gapsContract('a database', async () => {
    const url = await cluster.newDatabase()
    const postgres = await openPool(url)
    await openStoredPostgresTranscripts(postgres)
    return {
      open: async (now) => openPostgresGaps({postgres: await openPool(url), now}),
      async openGrouping() {
        const claim = (await claimGrouping(postgres, 'a test'))!
        const store = postgresGroupingStore(postgres, claim)
        return {...store, close: () => void claim.release()}
      },
      answer: (refs) => addAnswers(postgres, refs),
      close: closePools,
    }
  })

  describe('the gaps of several servers', () => {
    let url: string
    let postgres: Postgres
    let gaps: Gaps
    let folder: string

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'docent-gaps-'))
      url = await cluster.newDatabase()
      postgres = await openPool(url)
      await openStoredPostgresTranscripts(postgres)
      gaps = await openPostgresGaps({postgres})
    })
    afterEach(async () => {
      await closePools()
      rmSync(folder, {recursive: true, force: true})
    })

    const question = (ref: string, vector: readonly number[]) => ({
      ...{ref, gap: 'g', conversation: ref, askedAt: 1, build: 'b', lang: null, version: null},
      ...({
        reason: 'abstained',
        isPartly: false,
        isElsewhere: false,
        vector: Float32Array.from(vector),
      } as const),
    })

    test('are grouped by one process at a time, and by another when that is not heard of', async () => {
      const [one, two] = [await openPool(url), await openPool(url)]
      const claims = await Promise.all([claimGrouping(one, 'one'), claimGrouping(two, 'two')])
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
      const first = claims.find((claim) => claim !== null)!
      expect(await claimGrouping(postgres, 'three')).toBeNull()
      expect(await gaps.isGroupedElsewhere()).toBe(true)
      await first.release()
      expect(await gaps.isGroupedElsewhere()).toBe(false)

      const dead = (await claimGrouping(one, 'dead'))!
      const store = postgresGroupingStore(one, dead)
      await store.setState('model', 'm')
      await postgres.run(`UPDATE docent.gap_lock SET grouped_until = now() - interval '1 second'`)
      const alive = (await claimGrouping(two, 'alive'))!
      await expect(store.setState('model', 'other')).rejects.toThrow(ClaimLost)
      await dead.release()
      expect(await claimGrouping(one, 'dead')).toBeNull()
      await postgresGroupingStore(two, alive).setState('asOf', '5')
      expect([await store.state('model'), await gaps.asOf()]).toEqual(['m', 5])
      await alive.release()
    })

    test('take in no question that is deleted meanwhile, and keep nothing of one that is forgotten', async () => {
      const claim = (await claimGrouping(postgres, 'a test'))!
      const store = postgresGroupingStore(postgres, claim)
      await addAnswers(postgres, ['r1', 'r2', 'r3', 'r4'])
      await store.middles()
      await store.take([question('r1', [1, 0, 0])], new Map([['g', Float32Array.of(1, 0, 0)]]))
      await store.setStandings([['g', standingOf([question('r1', [])], 1)]])
      await store.middles()

      await postgres.run(`DELETE FROM docent.answers WHERE ref IN ('r1', 'r3')`)
      await gaps.forget({ref: 'r1'})
      // As it was before, in the memory of the process that groups.
      await store.take(
        [question('r2', [0, 1, 0]), question('r3', [0, 0, 1])],
        new Map([['g', Float32Array.of(1, 1, 1)]]),
      )
      expect([...(await store.middleOf('g'))]).toEqual([0, 1, 0])
      await store.take([question('r4', [0, 1, 0])], new Map([['g', Float32Array.of(1, 2, 1)]]))
      expect([...(await store.middleOf('g'))]).toEqual([0, 2, 0])
      expect((await store.questions()).map(({ref}) => ref).sort()).toEqual(['r2', 'r4'])
      await claim.release()
    })

    test('take any text of staff', async () => {
      await addAnswers(postgres, ['r1'])
      const claim = (await claimGrouping(postgres, 'a test'))!
      const store = postgresGroupingStore(postgres, claim)
      await store.middles()
      await store.take([question('r1', [1])], new Map([['g', Float32Array.of(1)]]))
      const change = {by: 'A\u0000', revision: 1, note: 'n\u0000\ud800', assignee: 'B\u0000'}
      expect(await gaps.change('g', change)).toMatchObject({note: 'n\ufffd\ufffd', assignee: 'B\ufffd'})
      expect(await gaps.change('g', change)).toMatchObject({revision: 2})
      expect(await gaps.get('\u0000')).toBeNull()
      expect(await gaps.idsStartingWith('\u0000', 5)).toEqual([])
      expect(await gaps.gapOf('\u0000')).toBeNull()
      expect(await gaps.counts({assignee: '\u0000'})).toEqual({open: 0, closed: 0, dismissed: 0})
      await claim.release()
    })

    test('are refused where a newer version has been', async () => {
      await postgres.run("INSERT INTO docent.migrations (set, name) VALUES ('gaps', '999_later')")
      await expect(openPostgresGaps({postgres})).rejects.toThrow(/written by a newer Docent/)
    })

    describe('of a data folder', () => {
      const fileOf = () => join(folder, 'gaps.sqlite')

      async function fillFile(): Promise<void> {
        const store = openGroupingStore({file: fileOf()})
        const of = (ref: string, gap: string) => ({...question(ref, [1, 0]), gap})
        await store.take(
          [of('r1', 'closed'), of('r2', 'noted'), of('r3', 'dismissed'), of('r4', 'untouched')],
          new Map(['closed', 'noted', 'dismissed', 'untouched'].map((id) => [id, Float32Array.of(1, 0)])),
        )
        await store.setStandings([['noted', standingOf([question('r2', [])], 1)]])
        await store.setState('model', 'the model')
        await store.setState('asOf', '4711')
        store.close()
        const file = openGaps({file: fileOf(), now: () => 7})
        await file.change('closed', {by: 'Ada', revision: 1, state: 'closed'})
        await file.change('noted', {by: 'Bo', revision: 1, note: 'Soon.', assignee: 'Ada'})
        await file.change('dismissed', {by: 'Bo', revision: 1, state: 'dismissed'})
        file.close()
      }

      test('are taken over as far as somebody decided of them, once, by one of all servers', async () => {
        await fillFile()
        const stores = await Promise.all(
          [1, 2, 3].map(async () => openPostgresGaps({postgres: await openPool(url), takeOver: fileOf()})),
        )
        const before = openGaps({file: fileOf()})
        const {items} = await before.list({}, {sort: 'size', cursor: null, limit: 9})
        const expected = items.filter(({id}) => id !== 'untouched')

        for (const store of [...stores, gaps]) {
          const found = (await store.list({}, {sort: 'size', cursor: null, limit: 9})).items
          expect(found).toEqual(expected)
          expect(await store.history('noted')).toEqual(await before.history('noted'))
        }
        before.close()
        expect(expected).toHaveLength(3)
        // The questions are to be grouped soon.
        expect(await gaps.asOf()).toBeNull()
        expect(await gaps.change('noted', {by: 'Ada', revision: 2, state: 'closed'})).toMatchObject({
          revision: 3,
        })
        await openPostgresGaps({postgres, takeOver: fileOf()})
        expect(await gaps.get('noted')).toMatchObject({revision: 3})
      })

      test('stay where they are when the database has gaps, and a problem with the file is said', async () => {
        await fillFile()
        await postgres.run("INSERT INTO docent.gap_state (name, value) VALUES ('asOf', '1')")
        await openPostgresGaps({postgres, takeOver: fileOf()})
        expect(await gaps.counts({})).toEqual({open: 0, closed: 0, dismissed: 0})

        const problems: unknown[] = []
        await postgres.run('DELETE FROM docent.gap_state')
        await openPostgresGaps({postgres, takeOver: folder, onProblem: (problem) => problems.push(problem)})
        expect(problems).toMatchObject([{code: 'storage'}])
        await openPostgresGaps({postgres, takeOver: join(folder, 'none.sqlite')})
      })
    })
  })

  describe('grouping the questions of a database', () => {
    let url: string
    let postgres: Postgres
    let transcripts: Transcripts
    let gaps: Gaps
    let closeReplica: () => Promise<void>

    beforeEach(async () => {
      url = await cluster.newDatabase()
      postgres = await openPool(url)
      const replica = await openReplica(postgres, {name: 'one', leaseMs: patientMs})
      closeReplica = () => replica.close()
      transcripts = await openPostgresTranscripts({postgres, lease: {name: 'one', leaseMs: patientMs}})
      gaps = await openPostgresGaps({postgres})
    })
    afterEach(async () => {
      await transcripts.close()
      await closeReplica()
      await closePools()
    })

    const work = {build: null, siteUrl: null, budgetMs: 60_000}
    const run = async (pool = postgres, waitMs = patientMs) =>
      runPostgresGrouping(work, pool, await shipped(), {waitMs})
    const unanswered = (question: string, more: Partial<PastAnswer> = {}): PastAnswer => ({
      ...{question, startedAt: Date.now(), ending: 'abstained', ...more},
    })
    const listed = async () => (await gaps.list({}, {sort: 'size', cursor: null, limit: 200})).items

    test('finds what means the same, with its words and reasons, and keeps the ids of gaps', async () => {
      const [first = '', , disliked = ''] = await addPastAnswers(transcripts, [
        unanswered('How do I add Tailwind to my app?'),
        unanswered('What does the cloud cost per month?'),
        unanswered('Can two people edit at once?', {ending: 'complete', rating: 'down'}),
        unanswered('How large may a file be?', {ending: 'complete', rating: 'up'}),
      ])
      expect(await run()).toBe(true)
      const before = await listed()
      expect(before.map(({size}) => size)).toEqual([1, 1, 1])
      const asked = await transcripts.asked(before.map(({titleRef}) => titleRef))
      expect(asked.map(({question}) => question).sort()).toEqual([
        'Can two people edit at once?',
        'How do I add Tailwind to my app?',
        'What does the cloud cost per month?',
      ])
      const refOfDisliked = asked.find(({answerId}) => answerId === disliked)!.ref
      expect(before.find(({titleRef}) => titleRef === refOfDisliked)?.reasons).toMatchObject({disliked: 1})

      await addPastAnswers(transcripts, [unanswered('add tailwind')])
      await run()
      const after = await listed()
      expect(after.map(({size}) => size)).toEqual([2, 1, 1])
      expect(before.map(({id}) => id)).toContain(after[0]!.id)

      await transcripts.delete(first)
      await run()
      expect((await listed()).map(({size}) => size)).toEqual([1, 1, 1])
    }, 120_000)

    test('takes in new questions to a gap that a data folder had, whose decision stays', async () => {
      await addPastAnswers(transcripts, [unanswered('How do I add Tailwind to my app?')])
      await run()
      const [gap] = await listed()
      await gaps.change(gap!.id, {by: 'Ada', revision: 1, state: 'dismissed'})
      await postgres.run('DELETE FROM docent.gap_questions')
      await postgres.run('DELETE FROM docent.answers')
      await run()
      expect(await listed()).toMatchObject([{id: gap!.id, state: 'dismissed'}])

      await addPastAnswers(transcripts, [unanswered('add tailwind'), unanswered('How do I add Tailwind?')])
      await run()
      expect(await listed()).toMatchObject([{id: gap!.id, state: 'dismissed', size: 2}])
    }, 120_000)

    test('is done by one of several processes, each of which finds all of it done', async () => {
      const words = ['proxy', 'font', 'cloud', 'editor', 'invoice', 'login']
      await addPastAnswers(
        transcripts,
        Array.from({length: 60}, (_, n) => unanswered(`How do I use the ${words[n % 6]} of part ${n}?`)),
      )
      const other = await openPool(url)
      expect(await Promise.all([run(), run(other)])).toEqual([true, true])
      const sizes = (await listed()).map(({size}) => size)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60)

      const claim = (await claimGrouping(other, 'busy'))!
      expect(await run(postgres, 0)).toBe(false)
      await claim.release()
      expect(await run(postgres, 0)).toBe(true)
    }, 120_000)

    test('goes on in a process of its own where another was killed', async () => {
      const count = 700
      await addPastAnswers(
        transcripts,
        Array.from({length: count}, (_, n) => unanswered(`How do I use part ${n} with the tool ${n % 7}?`)),
      )
      const groups = openGapsProcess({model: null, cacheDir: '/nonexistent', databaseUrl: url})
      const kept = async () =>
        (await postgres.row<{n: number}>('SELECT count(*) AS n FROM docent.gap_questions'))!.n
      const killed = expect(groups.group({build: null, siteUrl: null})).rejects.toMatchObject({
        code: 'shutting_down',
      })
      await vi.waitFor(async () => expect(await kept()).toBeGreaterThan(0), {timeout: 120_000, interval: 5})
      await groups.close()
      await killed
      expect(await kept()).toBeLessThan(count)
      // As after the time for which it is waited for a process that is not heard of.
      await postgres.run('UPDATE docent.gap_lock SET grouped_until = now()')

      const next = openGapsProcess({model: null, cacheDir: '/nonexistent', databaseUrl: url})
      expect(await next.group({build: null, siteUrl: null})).toBe(true)
      await next.close()
      expect(await kept()).toBe(count)
      const sizes = (await listed()).map(({size}) => size)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count)
    }, 300_000)
  })
})
