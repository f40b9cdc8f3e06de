import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {openSqlite, type SqliteDatabase} from '../../../src/native/index.ts'
import {applyPostgresMigrations, openPostgres, type Postgres} from '../../../src/postgres/index.ts'
import type {Analytics, Figures} from '../../../src/transcripts/figures/analytics.ts'
import type {Transcripts} from '../../../src/transcripts/open-transcripts.ts'
import {transcriptMigrations} from '../../../src/transcripts/postgres/migrations.ts'
import {createPostgresFigures, forgetCounted} from '../../../src/transcripts/postgres/postgres-figures.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {chance, randomFrom, whole} from '../../support/random.ts'
import {seedOr} from '../../support/random-seed.ts'
import {appendEvent, beginAnswer, journalAnswer, openForTest, temporaryFile} from '../samples.ts'
import {copyAnswers, firstAt, journalRandom, judgeRandomly, sourceOf} from './random-answers.ts'

const period = {from: firstAt - 1, to: firstAt + 4 * 24 * 60 * 60 * 1000}

/** Lists in which the order of what is equal is not said, in one order. */
function sorted(analytics: Analytics): Analytics {
  const inOrder = <T>(items: readonly T[], key: (item: T) => string): T[] =>
    [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const figures = <T extends Figures>(one: T): T => ({
    ...one,
    tokens: inOrder(one.tokens, ({model}) => String(model)),
  })
  return {
    ...analytics,
    total: figures(analytics.total),
    periods: analytics.periods.map(figures),
    builds: inOrder(analytics.builds.map(figures), ({build}) => build),
    languages: inOrder(analytics.languages, ({lang}) => String(lang)),
    channels: inOrder(analytics.channels, ({channel}) => channel),
  }
}

async function totalOf(postgres: Postgres): Promise<Figures> {
  const figures = createPostgresFigures(postgres)
  await figures.count()
  return (await figures.analytics({from: 0, to: period.to})).total
}

describe.skipIf(!hasPostgres)('figures in PostgreSQL', () => {
  let cluster: PostgresCluster
  let url: string
  let postgres: Postgres
  let transcripts: Transcripts
  let db: SqliteDatabase

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster?.close())
  beforeEach(async () => {
    url = await cluster.newDatabase()
    postgres = await openPostgres({url})
    await applyPostgresMigrations(postgres, 'transcripts', transcriptMigrations)
    const file = temporaryFile()
    transcripts = openForTest({file})
    db = openSqlite(file)
  }, 120_000)
  afterEach(async () => {
    db.close()
    await postgres.close()
  })

  const copy = () => copyAnswers(db, postgres)

  async function expectSame(note: string): Promise<void> {
    while ((await transcripts.list({})).cataloguing != null);
    const figures = createPostgresFigures(postgres)
    await figures.count()
    for (const request of [
      period,
      {...period, build: 'build-1'},
      {from: firstAt, to: firstAt + 36_000_000},
    ]) {
      expect(sorted(await figures.analytics(request)), note).toEqual(
        sorted(await transcripts.analytics(request)),
      )
    }
    const byUrl = (pages: Awaited<ReturnType<Transcripts['pageFigures']>>) =>
      [...pages].sort((a, b) => (a.url < b.url ? -1 : 1))
    expect(byUrl(await figures.pageFigures(period)), note).toEqual(
      byUrl(await transcripts.pageFigures(period)),
    )
    const counted = (table: string) =>
      postgres.row<{n: number}>(`SELECT count(*) AS n FROM docent.${table}`).then((row) => row!.n)
    expect(await counted('uncounted'), note).toBe(0)
  }

  test('are those of SQLite, while answers are judged and removed', async () => {
    const random = randomFrom(seedOr(21))
    let ids: string[] = []
    for (let round = 0; round < 4; round++) {
      const added = Array.from({length: 120}, (_, n) => journalRandom(transcripts, round * 120 + n, random))
      ids.push(...added)
      await transcripts.flush()
      await copy()
      await expectSame(`added, round ${round}`)
      await judgeRandomly(transcripts, ids, random)
      await copy()
      await expectSame(`judged, round ${round}`)
      const removed = ids.filter(() => chance(random, 0.1))
      for (const id of removed) await transcripts.delete(id)
      ids = ids.filter((id) => !removed.includes(id))
      await copy()
      await expectSame(`removed, round ${round}`)
    }
  }, 480_000)

  test('count each answer once, however many servers count', async () => {
    for (let n = 0; n < 450; n++)
      journalAnswer(transcripts, `a${n}`, {
        entry: {startedAt: firstAt + n * 1_000, question: `Why ${n % 9}?`},
      })
    await transcripts.flush()
    await copy()
    const others = await Promise.all([1, 2, 3].map(() => openPostgres({url})))
    await Promise.all(
      others.flatMap((other) => {
        const figures = createPostgresFigures(other)
        return [figures.count(), figures.count(), figures.analytics(period)]
      }),
    )
    await Promise.all(others.map((other) => other.close()))

    const {total, questions} = await createPostgresFigures(postgres).analytics(period)
    expect(total).toMatchObject({answers: 450, conversations: 450})
    expect(questions.reduce((sum, {asked}) => sum + asked, 0)).toBe(450)
  }, 240_000)

  test('leave an answer that is being changed for the next count', async () => {
    journalAnswer(transcripts, 'a', {entry: {startedAt: firstAt}})
    await transcripts.flush()
    await copy()
    await postgres.transaction(async (queries) => {
      await queries.run("UPDATE docent.answers SET rating = 'down'")
      await queries.run('INSERT INTO docent.uncounted SELECT row FROM docent.answers ON CONFLICT DO NOTHING')
      expect((await totalOf(postgres)).answers).toBe(0)
    })
    expect(await totalOf(postgres)).toMatchObject({answers: 1, ratings: {up: 0, down: 1}})
  }, 60_000)

  test('miss no change that is made while several servers count', async () => {
    for (let n = 0; n < 60; n++) journalAnswer(transcripts, `a${n}`, {entry: {startedAt: firstAt + n}})
    await transcripts.flush()
    await copy()
    const random = randomFrom(seedOr(22))
    let isWriting = true
    const others = await Promise.all([1, 2].map(() => openPostgres({url})))
    const counting = others.map(async (other) => {
      const figures = createPostgresFigures(other)
      while (isWriting) await figures.count()
    })
    const writing = Array.from({length: 3}, async () => {
      for (let change = 0; change < 60; change++) {
        const id = `a${whole(random, 59)}`
        await postgres.transaction(async (queries) => {
          await queries.run('UPDATE docent.answers SET rating = $1, resumes = resumes + 1 WHERE id = $2', [
            chance(random, 0.5) ? 'up' : 'down',
            id,
          ])
          await queries.run(
            'INSERT INTO docent.uncounted SELECT row FROM docent.answers WHERE id = $1 ON CONFLICT DO NOTHING',
            [id],
          )
        })
      }
    })
    await Promise.all(writing)
    isWriting = false
    await Promise.all(counting)
    await Promise.all(others.map((other) => other.close()))

    const {ratings, resumed, answers} = await totalOf(postgres)
    const stored = await postgres.row<{up: number; down: number; times: number}>(
      `SELECT count(*) FILTER (WHERE rating = 'up') AS up, count(*) FILTER (WHERE rating = 'down') AS down,
         sum(resumes) AS times FROM docent.answers`,
    )
    expect({...ratings, times: resumed.times, answers}).toEqual({...stored, times: 180, answers: 60})
  }, 240_000)

  test('are read without the rest while another server counts for too long', async () => {
    journalAnswer(transcripts, 'a', {entry: {startedAt: firstAt}})
    await transcripts.flush()
    await copy()
    await postgres.transaction(async (queries) => {
      await forgetCounted(queries, [])
      await createPostgresFigures(postgres).count(100)
      expect(await postgres.rows('SELECT * FROM docent.counted')).toEqual([])
    })
    expect((await totalOf(postgres)).answers).toBe(1)
  }, 60_000)

  test('keep an answer that is removed before it was counted, but not its question', async () => {
    for (const id of ['a', 'b', 'c'])
      journalAnswer(transcripts, id, {entry: {startedAt: firstAt, question: 'Why so?'}})
    await transcripts.flush()
    await copy()
    const rows = await postgres.rows<{row: number}>('SELECT row FROM docent.answers ORDER BY row')
    const remove = (numbers: readonly number[]) =>
      postgres.transaction(async (queries) => {
        await forgetCounted(queries, numbers)
        await queries.run('DELETE FROM docent.answers WHERE row = ANY ($1)', [numbers])
      })

    await remove([rows[0]!.row])
    const analytics = await createPostgresFigures(postgres).analytics(period)
    expect(analytics.total.answers).toBe(3)
    expect(analytics.questions).toMatchObject([{question: 'Why so?', asked: 2}])

    await remove(rows.map(({row}) => row))
    await remove(rows.map(({row}) => row))
    const after = await createPostgresFigures(postgres).analytics(period)
    expect(after.total.answers).toBe(3)
    expect(after.questions).toEqual([])
    for (const table of ['counted', 'uncounted', 'questions', 'question_days'])
      expect(await postgres.rows(`SELECT * FROM docent.${table}`), table).toEqual([])
  }, 60_000)

  test('take any address of a page and any name', async () => {
    const urls = [
      '/nul\u0000',
      '/half\ud800',
      `/long/${'x'.repeat(5_000)}`,
      `/long/${'x'.repeat(6_000)}`,
      "/it's",
    ]
    beginAnswer(transcripts, 'a', {
      startedAt: firstAt,
      build: 'b\u0000d',
      model: 'm\ud800',
      question: '\u0000 why',
    })
    appendEvent(transcripts, 'a', {
      seq: 1,
      at: firstAt,
      event: {
        type: 'sources',
        round: 1,
        query: 'why',
        sources: urls.map((url, index) => sourceOf(index + 1, url)),
      },
    })
    for (const n of [1, 2, 3, 4])
      appendEvent(transcripts, 'a', {seq: n + 1, at: firstAt, event: {type: 'citation', n, start: 0, end: 1}})
    appendEvent(transcripts, 'a', {
      seq: 6,
      at: firstAt,
      event: {type: 'error', ending: 'error', code: 'upstream_cut', message: 'No.', retryable: true},
    })
    await transcripts.flush()
    await copy()

    const figures = createPostgresFigures(postgres)
    expect((await figures.analytics(period)).total).toMatchObject({answers: 1})
    const pages = await figures.pageFigures(period)
    expect(pages.map(({url: page, shown, cited}) => [page.slice(0, 8), shown, cited]).sort()).toEqual([
      ['/half\ufffd', 1, 1],
      ["/it's", 1, 0],
      ['/long/xx', 2, 2],
      ['/nul\ufffd', 1, 1],
    ])
  }, 60_000)

  test('of many hours and builds are added up in parts', async () => {
    await postgres.run(
      `INSERT INTO docent.roll_ups SELECT hour, 'build-' || build, '{"answers":2}'
       FROM generate_series(0, 699) AS hour, generate_series(1, 3) AS build`,
    )
    const {total, builds, periods} = await createPostgresFigures(postgres).analytics({
      from: 0,
      to: 700 * 3_600_000,
    })
    expect(total.answers).toBe(4_200)
    expect(builds.map(({answers}) => answers)).toEqual([1_400, 1_400, 1_400])
    expect(periods.reduce((sum, {answers}) => sum + answers, 0)).toBe(4_200)
  }, 60_000)
})
