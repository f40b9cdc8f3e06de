import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {refOf} from '../../../src/answers/index.ts'
import {openSqlite} from '../../../src/native/index.ts'
import {applyPostgresMigrations, type Postgres} from '../../../src/postgres/index.ts'
import {type ListOrder, listOrders} from '../../../src/transcripts/list-order.ts'
import type {Transcripts} from '../../../src/transcripts/open-transcripts.ts'
import {transcriptMigrations} from '../../../src/transcripts/postgres/migrations.ts'
import {createPostgresReads} from '../../../src/transcripts/postgres/postgres-reads.ts'
import {createTranscriptReader, type TranscriptReader} from '../../../src/transcripts/transcript-reader.ts'
import type {
  TranscriptFilter,
  TranscriptItem,
  TranscriptPage,
} from '../../../src/transcripts/transcript-store.ts'
import {valueKinds} from '../../../src/transcripts/transcript-store.ts'
import {hasPostgres, newPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {type Random, randomFrom} from '../../support/random.ts'
import {seedOr} from '../../support/random-seed.ts'
import {collected, openForTest, temporaryFile} from '../samples.ts'
import {copyAnswers, firstAt, journalRandom, judgeRandomly, oneOf, randomFilter} from './random-answers.ts'

let cluster: PostgresCluster
let postgres: Postgres
let reader: TranscriptReader

async function allPages(
  transcripts: Pick<TranscriptReader, 'list'>,
  filter: TranscriptFilter,
  sort: ListOrder,
  limit: number,
): Promise<{items: TranscriptItem[]; total: TranscriptPage['total'] | undefined}> {
  const items: TranscriptItem[] = []
  let cursor: string | null = null
  let total: TranscriptPage['total'] | undefined
  do {
    const page: TranscriptPage = await transcripts.list(filter, {
      sort,
      limit,
      ...(cursor === null ? {} : {cursor}),
    })
    items.push(...page.items)
    total ??= page.total
    cursor = page.nextCursor
  } while (cursor !== null)
  return {items, total}
}

/** A file with random answers, copied to PostgreSQL. */
async function inBoth(random: Random, answers: number): Promise<Transcripts> {
  const file = temporaryFile()
  const transcripts = openForTest({file})
  const ids = Array.from({length: answers}, (_, number) => journalRandom(transcripts, number, random))
  await transcripts.flush()
  await judgeRandomly(transcripts, ids, random)
  const db = openSqlite(file)
  await copyAnswers(db, postgres)
  db.close()
  // The catalog of SQLite takes answers in some at a time.
  while ((await transcripts.list({})).cataloguing != null);
  return transcripts
}

describe.skipIf(!hasPostgres)('transcripts in PostgreSQL', () => {
  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster?.close())
  beforeEach(async () => {
    postgres = await newPostgres(cluster)
    await applyPostgresMigrations(postgres, 'transcripts', transcriptMigrations)
    reader = createTranscriptReader(createPostgresReads(postgres))
  }, 120_000)
  afterEach(() => postgres.close())

  test('are listed by every filter, order and page as those in SQLite', async () => {
    const seed = seedOr(11)
    const random = randomFrom(seed)
    const answers = 1_000
    const transcripts = await inBoth(random, answers)
    for (let time = 0; time < 120; time++) {
      const filter = randomFilter(random, answers)
      const sort = oneOf(random, listOrders)
      const limit = oneOf(random, [7, 50, 200])
      const note = `${JSON.stringify(filter)}, ${sort}, seed ${seed}`
      const found = await allPages(reader, filter, sort, limit)
      const wanted = await allPages(transcripts, filter, sort, limit)
      expect(
        found.items.map(({answerId}) => answerId),
        note,
      ).toEqual(wanted.items.map(({answerId}) => answerId))
      expect(found.items, note).toEqual(wanted.items)
      if (wanted.total?.isExact) expect(found.total, note).toEqual(wanted.total)
      else expect(found.total?.answers, note).toBeGreaterThanOrEqual(wanted.total!.answers)
    }
  }, 600_000)

  test('are read, exported and found again as those in SQLite', async () => {
    const random = randomFrom(seedOr(12))
    const transcripts = await inBoth(random, 130)
    const refs = Array.from({length: 40}, (_, number) => refOf(`answer-${number}`))

    expect(await collected(reader.export({}))).toEqual(await collected(transcripts.export({})))
    expect(await collected(reader.export({rating: 'down'}, {redacted: true}))).toEqual(
      await collected(transcripts.export({rating: 'down'}, {redacted: true})),
    )
    expect(await reader.get('answer-3')).toEqual(await transcripts.get('answer-3'))
    expect(await reader.get(refOf('answer-3'))).toEqual(await transcripts.get('answer-3'))
    expect(await reader.get('none\u0000such')).toBeNull()
    expect(await reader.material('answer-3')).toEqual(await transcripts.material('answer-3'))
    expect(await reader.material('none')).toBeNull()
    expect(await reader.asked([...refs, 'none'])).toEqual(await transcripts.asked([...refs, 'none']))
    for (const kind of valueKinds)
      expect(await reader.values(kind, 3), kind).toEqual(await transcripts.values(kind, 3))
  }, 240_000)

  test('an order goes on after its cursor alone', async () => {
    for (const cursor of ['', 'x', '-1', '9'.repeat(500), Buffer.from('row.1.2').toString('base64url')])
      await expect(reader.list({}, {cursor}), cursor).rejects.toMatchObject({code: 'invalid_request'})
    const cursor = Buffer.from('total.9999999999999999.9999999999999999').toString('base64url')
    expect((await reader.list({}, {cursor, sort: 'total'})).items).toEqual([])
  })

  test('any text can be asked for', async () => {
    await inBoth(randomFrom(seedOr(13)), 20)
    const texts = [
      '"',
      '*',
      'AND',
      "'; DROP TABLE docent.answers; --",
      '\u0000',
      '\ud800',
      '%',
      '_',
      '\\',
      "'\\",
      ':*',
    ]
    for (const text of [...texts, 'x'.repeat(10_000), '{a,b}', '"'.repeat(500), '🙂'.repeat(500)]) {
      for (const name of ['q', 'build', 'page', 'lang', 'conversation', 'visitor', 'error', 'model'] as const)
        await expect(reader.list({[name]: text}), `${name}: ${text}`).resolves.toBeDefined()
      expect(await reader.get(text)).toBeNull()
      expect(await reader.asked([text])).toEqual([])
    }
    for (const at of [-1, 0.5, 1e15, 1e300, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) {
      await expect(reader.list({from: at}), String(at)).resolves.toBeDefined()
      await expect(reader.list({to: at}), String(at)).resolves.toBeDefined()
    }
    expect((await reader.list({from: firstAt, to: Number.POSITIVE_INFINITY})).items).toHaveLength(20)
  }, 120_000)

  test('a total that would take too long to count says that there are more', async () => {
    await inBoth(randomFrom(seedOr(14)), 10)
    const slow = {
      ...postgres,
      transaction: <T>(work: Parameters<typeof postgres.transaction<T>>[0]) =>
        postgres.transaction<T>((queries) =>
          work({
            ...queries,
            row: <Row extends object>(sql: string, values?: readonly unknown[]) =>
              queries.row<Row>(sql.replace('SELECT 1 FROM', 'SELECT pg_sleep(10) FROM'), values),
          }),
        ),
    }
    const {total, items} = await createPostgresReads(slow).list({}, {limit: 4}, [])
    expect(items).toHaveLength(4)
    expect(total).toEqual({answers: 4, isExact: false})
  }, 120_000)

  test('every read says that the database is away, and reads again when it is back', async () => {
    await inBoth(randomFrom(seedOr(15)), 5)
    await cluster.kill()
    const reads = [
      () => reader.list({}),
      () => reader.get('answer-1'),
      () => reader.material('answer-1'),
      () => reader.asked([refOf('answer-1')]),
      () => reader.analytics({from: 0, to: 1}),
      () => reader.pageFigures({from: 0, to: 1}),
      () => reader.values('model', 5),
      () => collected(reader.export({})),
    ]
    try {
      for (const read of reads) await expect(read()).rejects.toMatchObject({code: 'storage'})
    } finally {
      await cluster.start()
    }
    for (const read of reads) await expect(read()).resolves.toBeDefined()
  }, 120_000)
})
