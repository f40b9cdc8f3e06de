import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {refOf} from '../../../src/answers/index.ts'
import {type AnswerEvent, type Channel, noUsage} from '../../../src/domain/index.ts'
import {openSqlite, type SqliteDatabase} from '../../../src/native/index.ts'
import {createQuestionReads} from '../../../src/transcripts/asked-questions.ts'
import {identityOf} from '../../../src/transcripts/catalog/catalog-damage.ts'
import {catalogFileOf} from '../../../src/transcripts/catalog/catalog-file.ts'
import {createCatalogReads} from '../../../src/transcripts/catalog/catalog-reads.ts'
import {createCatalogTables} from '../../../src/transcripts/catalog/catalog-schema.ts'
import {createCatalogWriter} from '../../../src/transcripts/catalog/catalog-writer.ts'
import {openCatalog, openForReading} from '../../../src/transcripts/catalog/open-catalog.ts'
import {type ListOrder, listOrders} from '../../../src/transcripts/list-order.ts'
import {createMaterialReads} from '../../../src/transcripts/material-reads.ts'
import {migrate, migrations} from '../../../src/transcripts/migrations.ts'
import {openDatabase} from '../../../src/transcripts/open-database.ts'
import type {Transcripts} from '../../../src/transcripts/open-transcripts.ts'
import {readTranscripts} from '../../../src/transcripts/read-transcripts.ts'
import {createStaffReads} from '../../../src/transcripts/staff-reads.ts'
import {createTranscriptReads} from '../../../src/transcripts/transcript-reads.ts'
import type {TranscriptFilter, TranscriptPage} from '../../../src/transcripts/transcript-store.ts'
import {closedAfterEach} from '../../support/closed-after-each.ts'
import {chance, type Random, randomFrom, whole} from '../../support/random.ts'
import {seedOr} from '../../support/random-seed.ts'
import {staffApi} from '../../support/staff-people.ts'
import {startDocent} from '../../support/start-docent.ts'
import {appendEvent, beginAnswer, journalAnswer, openForTest, temporaryFile} from '../samples.ts'

const start = closedAfterEach(startDocent)
const one = <T>(random: Random, items: readonly T[]): T => items[whole(random, items.length - 1)]!

const words = ['port', 'proxy', 'stop', 'resume', 'token', 'cache', 'index', 'reload']
const pages = ['/docs/install', '/docs/ports', '/docs/proxies', '/docs/stop']
const langs = ['en', 'de', 'pt-BR', 'pt']

/** What an answer in the test is, apart from what the store makes of it. */
interface Known {
  readonly answerId: string
  readonly startedAt: number
  readonly conversation: string
  readonly visitor: string | null
  readonly question: string
  text: string
  readonly build: string
  readonly model: string | null
  readonly version: string | null
  readonly lang: string
  ending: string | null
  abstained: boolean
  isPartly: boolean
  isFallback: boolean
  error: string | null
  readonly channel: Channel
  readonly cited: readonly string[]
  rating: 'up' | 'down' | null
  verdict: string | null
  missing: boolean
  isResumed: boolean
  stall: number
  total: number
  firstToken: number | null
}

/** An error carries no timings: the store measures them. */
async function measure(transcripts: Transcripts, known: Known): Promise<void> {
  const {timings} = (await transcripts.get(known.answerId))!
  known.stall = timings.longestStallMs
  known.total = timings.totalMs
  known.firstToken = timings.firstTokenMs
}

function source(n: number, url: string) {
  return {
    n,
    id: `${url}#${n}`,
    title: url,
    headings: [],
    url,
    anchor: '',
    score: 1,
    snippet: 'About.',
    highlights: [],
  }
}

/** Journals an answer with random properties. */
function journalled(transcripts: Transcripts, number: number, random: Random): Known {
  const answerId = `answer-${number}`
  const version = chance(random, 0.5) ? null : one(random, ['1.x', '2.x'])
  const startedAt = 1_000_000 + number * 1_000 + (chance(random, 0.1) ? -5_000 : 0)
  const known: Known = {
    answerId,
    startedAt,
    conversation: refOf(`c${whole(random, 20)}`),
    visitor: chance(random, 0.2) ? null : `visitor-${whole(random, 5)}`,
    question: `How about ${one(random, words)} and ${one(random, words)}?`,
    text: '',
    build: `build-${Math.floor(number / 40)}`,
    model: chance(random, 0.2) ? null : one(random, ['small', 'large']),
    version,
    lang: one(random, langs),
    ending: null,
    abstained: false,
    isPartly: number % 7 === 0,
    isFallback: chance(random, 0.1),
    error: null,
    channel: one(random, ['http', 'openai', 'docs-ask']),
    cited: chance(random, 0.5) ? [one(random, pages)] : [],
    rating: null,
    verdict: null,
    missing: false,
    isResumed: false,
    stall: chance(random, 0.1) ? 15_000 : whole(random, 5) * 100,
    total: 0,
    firstToken: chance(random, 0.8) ? whole(random, 4) * 50 : null,
  }
  const {conversation, visitor, question, channel, build, model, lang} = known
  beginAnswer(transcripts, answerId, {
    conversation,
    visitor,
    question,
    channel,
    build,
    model,
    version,
    lang,
    startedAt,
  })
  if (known.isFallback) transcripts.note(answerId, {writtenBy: {generator: 'extractive', model: null}})
  const shown = [...known.cited, one(random, pages)]
  const piece = `${one(random, words)} ${one(random, words)}.`
  const events: AnswerEvent[] = [
    {
      type: 'sources',
      round: 1,
      query: question,
      sources: shown.map((url, index) => source(index + 1, url)),
      ...(known.isPartly ? {answerability: 'partly'} : {}),
    },
    {type: 'delta', text: piece},
    ...(known.cited.length > 0 ? [{type: 'citation', n: 1, start: 0, end: 2} as const] : []),
  ]
  known.text = piece
  const luck = random()
  if (luck < 0.9) {
    known.total = 1_000 + whole(random, 9) * 100
    const timings = {
      sourcesMs: 5,
      firstTokenMs: known.firstToken,
      longestStallMs: known.stall,
      totalMs: known.total,
    }
    const usage = {inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0}
    if (luck < 0.1) {
      known.ending = 'error'
      known.error = one(random, ['upstream_cut', 'upstream_stalled'])
      events.push({
        type: 'error',
        ending: 'error',
        code: known.error as 'upstream_cut',
        message: 'No.',
        retryable: true,
      })
    } else {
      known.ending = luck < 0.2 ? 'stopped' : 'complete'
      known.abstained = luck > 0.8
      events.push({
        type: 'done',
        ending: known.ending as 'complete',
        abstained: known.abstained,
        usage,
        timings,
      })
    }
  }
  for (const [index, event] of events.entries())
    appendEvent(transcripts, answerId, {seq: index + 1, at: startedAt, event})
  return known
}

function matches(known: Known, filter: TranscriptFilter): boolean {
  // The text of a running answer is in the file once it has ended.
  const haystack = known.ending === null ? known.question : `${known.question} ${known.text}`
  const checks: Record<keyof TranscriptFilter, () => boolean> = {
    q: () => filter.q!.split(' ').every((word) => haystack.includes(word)),
    ending: () => (known.ending ?? 'running') === filter.ending,
    rating: () => (known.rating ?? 'none') === filter.rating,
    missing: () => known.missing === filter.missing,
    verdict: () =>
      filter.verdict === 'any' ? known.verdict !== null : (known.verdict ?? 'none') === filter.verdict,
    attention: () =>
      known.error !== null ||
      known.abstained ||
      known.isFallback ||
      known.missing ||
      known.rating === 'down' ||
      (known.ending !== null && known.stall > 10_000),
    unanswered: () =>
      known.abstained ||
      known.isPartly ||
      known.rating === 'down' ||
      known.missing ||
      known.ending === 'stopped' ||
      (known.verdict !== null && known.verdict !== 'good'),
    broke: () => known.error !== null,
    abstained: () => known.abstained === filter.abstained,
    partial: () => filter.partial === false,
    fallback: () => known.isFallback === filter.fallback,
    channel: () => known.channel === filter.channel,
    build: () => known.build === filter.build,
    generator: () => filter.generator === 'scripted',
    model: () => known.model === filter.model,
    version: () => known.version === filter.version,
    page: () => known.cited.includes(filter.page!),
    error: () => known.error === filter.error,
    lang: () => known.lang === filter.lang || known.lang.startsWith(`${filter.lang}-`),
    from: () => known.startedAt >= filter.from!,
    to: () => known.startedAt < filter.to!,
    conversation: () => known.conversation === filter.conversation,
    visitor: () => known.visitor === filter.visitor,
    left: () =>
      known.ending === 'stopped' && (known.firstToken === null) === (filter.left === 'before_first_word'),
    resumed: () => known.isResumed === filter.resumed,
  }
  return (Object.keys(filter) as (keyof TranscriptFilter)[]).every((name) => checks[name]())
}

function randomFilter(random: Random): TranscriptFilter {
  const at = () => 1_000_000 + whole(random, 400) * 1_000
  const parts: (() => TranscriptFilter)[] = [
    () => ({q: one(random, words)}),
    () => ({q: `${one(random, words)} ${one(random, words)}`}),
    () => ({ending: one(random, ['complete', 'stopped', 'error', 'running'])}),
    () => ({rating: one(random, ['up', 'down', 'none'])}),
    () => ({missing: chance(random, 0.5)}),
    () => ({verdict: one(random, ['wrong', 'any', 'none'])}),
    () => ({attention: true}),
    () => ({unanswered: true}),
    () => ({broke: true}),
    () => ({abstained: chance(random, 0.5)}),
    () => ({partial: chance(random, 0.5)}),
    () => ({fallback: chance(random, 0.5)}),
    () => ({channel: one(random, ['http', 'openai', 'docs-ask'])}),
    () => ({build: `build-${whole(random, 11)}`}),
    () => ({generator: one(random, ['scripted', 'anthropic'])}),
    () => ({model: one(random, ['small', 'large', 'none such'])}),
    () => ({version: one(random, ['1.x', '2.x'])}),
    () => ({page: one(random, pages)}),
    () => ({error: one(random, ['upstream_cut', 'deadline'])}),
    () => ({lang: one(random, ['pt', 'pt-BR', 'en'])}),
    () => ({from: at()}),
    () => ({to: at()}),
    () => ({conversation: refOf(`c${whole(random, 20)}`)}),
    () => ({visitor: `visitor-${whole(random, 6)}`}),
    () => ({left: one(random, ['before_first_word', 'before_end'])}),
    () => ({resumed: chance(random, 0.5)}),
  ]
  return Object.assign({}, ...Array.from({length: whole(random, 3)}, () => one(random, parts)()))
}

function inOrder(all: readonly Known[], sort: ListOrder): Known[] {
  const numberOf = ({answerId}: Known) => Number(answerId.split('-')[1])
  const ended = all.filter(({ending}) => ending !== null)
  const by = (items: readonly Known[], value: (known: Known) => number) =>
    [...items].sort((a, b) => value(b) - value(a) || numberOf(b) - numberOf(a))
  switch (sort) {
    case 'newest':
      return by(all, () => 0)
    case 'oldest':
      return by(all, () => 0).reverse()
    case 'stall':
      return by(ended, ({stall}) => stall)
    case 'total':
      return by(ended, ({total}) => total)
    case 'first_token':
      return by(
        ended.filter(({firstToken}) => firstToken !== null),
        ({firstToken}) => firstToken!,
      )
  }
}

async function allPages(
  transcripts: Pick<Transcripts, 'list'>,
  filter: TranscriptFilter,
  sort: ListOrder,
  limit: number,
): Promise<{ids: string[]; total: TranscriptPage['total'] | undefined}> {
  const ids: string[] = []
  let cursor: string | null = null
  let total: TranscriptPage['total'] | undefined
  do {
    const page: Awaited<ReturnType<Transcripts['list']>> = await transcripts.list(filter, {
      sort,
      limit,
      ...(cursor === null ? {} : {cursor}),
    })
    ids.push(...page.items.map(({answerId}) => answerId))
    total ??= page.total
    cursor = page.nextCursor
  } while (cursor !== null)
  return {ids, total}
}

const opened = new Set<SqliteDatabase>()

function closeAll(): void {
  for (const db of opened) db.close()
  opened.clear()
}
afterEach(closeAll)

/** Reads that find answers as they would among a million. */
function withThresholds(file: string, random: Random): Pick<Transcripts, 'list'> {
  closeAll()
  const db = openForReading(file, catalogFileOf(file))
  opened.add(db)
  const thresholds = {
    sorted: whole(random, 40),
    scanned: 20_000,
    gathered: whole(random, 20) + 1,
    gatheringMs: chance(random, 0.5) ? 0 : 1_000,
  }
  const reads = createStaffReads(
    createTranscriptReads(db),
    createCatalogReads(db, thresholds),
    createQuestionReads(db),
    createMaterialReads(db),
  )
  return {list: async (filter, page = {}) => reads.list(filter, page, [])}
}

describe.each(['in a file', 'in memory'])('%s', (place) => {
  test('every filter, order and page gives what a look at each answer gives, while answers change', async () => {
    const seed = seedOr(7)
    const random = randomFrom(seed)
    const file = place === 'in a file' ? temporaryFile() : null
    const transcripts = openForTest(file === null ? {} : {file})
    let known: Known[] = []
    let number = 0
    for (let round = 0; round < 6; round++) {
      for (let count = 0; count < 70; count++) known.push(journalled(transcripts, number++, random))
      await transcripts.flush()
      for (const answer of known) if (answer.error !== null) await measure(transcripts, answer)
      for (const answer of known) {
        if (chance(random, 0.1)) {
          answer.rating = one(random, ['up', 'down'])
          await transcripts.setFeedback(answer.answerId, {rating: answer.rating, reasons: [], comment: null})
        }
        if (chance(random, 0.1)) {
          answer.isResumed = true
          await transcripts.countResume(answer.answerId)
        }
        if (chance(random, 0.05)) {
          answer.missing = true
          await transcripts.setFeedback(answer.answerId, {missing: true, reasons: [], comment: null})
        }
        if (chance(random, 0.05)) {
          answer.verdict = 'wrong'
          await transcripts.setReview(answer.answerId, {
            verdict: 'wrong',
            note: null,
            correctedAnswer: null,
            by: 'Ada',
          })
        }
      }
      const removed = known.filter(() => chance(random, 0.05))
      for (const {answerId} of removed) await transcripts.delete(answerId)
      known = known.filter((answer) => !removed.includes(answer))

      for (let time = 0; time < 30; time++) {
        const filter = randomFilter(random)
        const sort = one(random, listOrders)
        const found = await allPages(transcripts, filter, sort, one(random, [1, 7, 50, 200]))
        const wanted = inOrder(
          known.filter((answer) => matches(answer, filter)),
          sort,
        )
        const note = `${JSON.stringify(filter)}, ${sort}, seed ${seed}, round ${round}`
        expect(found.ids, note).toEqual(wanted.map(({answerId}) => answerId))
        expect(found.total, note).toEqual({answers: wanted.length, isExact: true})
        if (file === null) continue
        const {ids, total} = await allPages(withThresholds(file, random), filter, sort, 7)
        expect(ids, `${note}, other thresholds`).toEqual(found.ids)
        if (total?.isExact) expect(total.answers, note).toBe(wanted.length)
        else expect(total?.answers, note).toBeLessThan(wanted.length)
      }
    }
  }, 240_000)
})

/** Overwrites pages of a file from one on, as a broken disk would. */
function damagePages(file: string, from: number): void {
  const fd = openSync(file, 'r+')
  const size = fstatSync(fd).size
  for (let at = from * 4096; at < size; at += 4096) writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, at)
  closeSync(fd)
}

/** Its first page alone: the schema may be on any other. */
function damageTable(file: string, name: string): void {
  const db = openSqlite(file)
  db.pragma('wal_checkpoint(TRUNCATE)')
  const page = db
    .prepare<[string], number>('SELECT rootpage FROM sqlite_master WHERE name = ?')
    .pluck()
    .get(name)!
  db.close()
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096)
  closeSync(fd)
}

describe('a catalog that cannot be used as it is', () => {
  async function filled(): Promise<string> {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    for (let number = 0; number < 5; number++) journalAnswer(transcripts, `a${number}`)
    await transcripts.list({})
    await transcripts.close()
    return file
  }

  const spoiled: Readonly<Record<string, (file: string) => void>> = {
    'is gone': (file) => rmSync(file),
    'is damaged': (file) =>
      writeFileSync(file, 'This is not a database, but something else, of many bytes. '.repeat(99)),
    'is empty': (file) => writeFileSync(file, ''),
    'has damaged pages': (file) => damagePages(file, 2),
    'was cut': (file) => truncateSync(file, 5_000),
    'is of another version': (file) => {
      const db = openSqlite(file)
      db.pragma('user_version = 99')
      db.close()
    },
  }

  test.each(Object.entries(spoiled))('that %s is made anew', async (_name, spoil) => {
    const file = await filled()
    spoil(catalogFileOf(file))

    const transcripts = openForTest({file})

    expect((await transcripts.list({q: 'port'})).items).toHaveLength(5)
    expect((await transcripts.list({q: 'port'})).total).toEqual({answers: 5, isExact: true})
  })

  test.each([
    ['has damaged pages', (file: string) => damagePages(file, 2)],
    ['was cut', (file: string) => truncateSync(file, 5_000)],
    ['is gone', (file: string) => rmSync(file)],
  ])('that %s while the server runs is made anew; a command finds all, too', async (_name, spoil) => {
    const file = await filled()
    const transcripts = openForTest({file})
    await transcripts.list({q: 'port'})
    spoil(catalogFileOf(file))
    journalAnswer(transcripts, 'later')

    // Until it is made, there may be less.
    await expect
      .poll(async () => (await transcripts.list({q: 'port'}).catch(() => null))?.total, {timeout: 60_000})
      .toEqual({answers: 6, isExact: true})
    const command = readTranscripts(file)
    expect((await command.list({q: 'port'})).total).toEqual({answers: 6, isExact: true})
    command.close()
  })

  test('that is gone while nothing is written is made anew, too', async () => {
    const file = await filled()
    const transcripts = openForTest({file})
    await transcripts.list({q: 'port'})
    for (const suffix of ['', '-wal', '-shm']) rmSync(catalogFileOf(file) + suffix, {force: true})

    expect((await transcripts.list({q: 'port'})).total).toEqual({answers: 5, isExact: true})
    expect(existsSync(catalogFileOf(file))).toBe(true)
  })

  test('a list of a server that is closed meanwhile is ended, with that reason', async () => {
    const file = await filled()
    rmSync(catalogFileOf(file))
    const transcripts = openForTest({file})
    const listed = transcripts.list({q: 'port'}).catch((error: unknown) => error)
    await transcripts.close()

    expect(await listed).toMatchObject({code: 'shutting_down'})
  })

  test('is not blamed for damaged transcripts, nor thrown away for them', async () => {
    const file = await filled()
    const before = identityOf(catalogFileOf(file))
    damageTable(file, 'events')

    const reader = readTranscripts(file)
    const problem = await reader.list({}).then(
      () => null,
      (error: Error) => error.message,
    )
    reader.close()

    expect(problem).toContain(`${file}: is damaged`)
    expect(identityOf(catalogFileOf(file))).toBe(before)
  })

  test('of a file that was put back from a copy follows that one', async () => {
    const file = await filled()
    const copy = readFileSync(file)
    const before = openForTest({file})
    for (const name of ['later', 'last']) journalAnswer(before, name, {entry: {question: 'Zyzzyva?'}})
    await before.delete('a1')
    await before.list({})
    await before.close()
    writeFileSync(file, copy)
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, {force: true})

    const after = openForTest({file})
    const restored = await after.list({}, {limit: 2})
    journalAnswer(after, 'new')
    await after.setFeedback('new', {rating: 'up', reasons: [], comment: null})

    expect((await after.list({})).items.map(({answerId}) => answerId)).toEqual([
      'new',
      ...['a4', 'a3', 'a2', 'a1', 'a0'],
    ])
    expect(restored).toMatchObject({items: [{answerId: 'a4'}, {answerId: 'a3'}], total: {answers: 5}})
    expect(await after.list({q: 'zyzzyva'})).toMatchObject({items: [], total: {answers: 0}})
    expect((await after.analytics({from: 0, to: 10 * 24 * 3_600_000})).total).toMatchObject({
      answers: 6,
      ratings: {up: 1},
    })
  })

  test('that missed changes which were thrown away goes through the file again', async () => {
    const file = await filled()
    const db = openDatabase(file)
    db.prepare("UPDATE answers SET rating = 'down' WHERE id = 'a1'").run()
    db.prepare("DELETE FROM answers WHERE id = 'a2'").run()
    db.prepare('DELETE FROM changes').run()
    db.close()

    const transcripts = openForTest({file})

    expect((await transcripts.list({rating: 'down'})).items.map(({answerId}) => answerId)).toEqual(['a1'])
    expect((await transcripts.list({})).items).toHaveLength(4)
  })
})

test('changes that the catalog has taken in are thrown away, but for the last', async () => {
  const file = temporaryFile()
  const transcripts = openForTest({file})
  for (let number = 0; number < 20; number++) journalAnswer(transcripts, `a${number}`)
  await transcripts.list({})
  await transcripts.list({})
  await transcripts.close()

  const db = openDatabase(file)
  expect(db.prepare('SELECT count(*) FROM changes').pluck().get()).toBe(1)
  db.close()
})

describe('what was removed', () => {
  test('is in no file of the catalog', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a', {entry: {question: 'Zyzzyva?'}, pieces: ['Xylomancy.']})
    journalAnswer(transcripts, 'kept', {entry: {question: 'Quokka?'}})
    await transcripts.list({q: 'zyzzyva'})
    const bytes = () =>
      ['', '-wal', '-shm']
        .map((suffix) => catalogFileOf(file) + suffix)
        .filter((name) => existsSync(name))
        .map((name) => readFileSync(name, 'latin1'))
        .join('')
    const before = bytes()

    await transcripts.delete('a')

    expect(before).toMatch(/zyzzyva/i)
    expect(transcripts.isErased).toBe(true)
    expect(bytes()).not.toMatch(/zyzzyva|xylomanc/i)
    expect(bytes()).toMatch(/quokka/i)
  })
})

describe('a file of an earlier version', () => {
  test.each(migrations.map(({name}, index) => [name, index] as const))(
    'up to %s is migrated with its rows, found and searched; and read as it is until then',
    async (_name, index) => {
      const file = temporaryFile()
      const old = openSqlite(file)
      migrate(old, file, migrations.slice(0, index + 1))
      const columns = old.prepare<[], string>("SELECT name FROM pragma_table_info('answers')").pluck().all()
      const conversation = columns.includes('conversation') ? 'conversation' : 'conversation_id'
      for (let number = 0; number < 300; number++) {
        const ref = columns.includes('ref') ? {ref: `r${number}`} : {}
        const row = {
          id: `old${number}`,
          [conversation]: `c${number}`,
          ...ref,
          question: `How old is number${number}?`,
          build: 'b',
          generator: 'scripted',
          embedding: 'e',
          started_at: number,
          settings: '{}',
          channel: 'test',
          ending: number % 2 === 0 ? 'complete' : 'stopped',
          text: 'Very old.',
        }
        const names = Object.keys(row)
        old
          .prepare(
            `INSERT INTO answers (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
          )
          .run(row)
      }
      old.close()

      const beside = readTranscripts(file)
      const asItIs = await beside.list({ending: 'stopped', q: 'number7'})
      beside.close()
      const transcripts = openForTest({file})

      expect(asItIs.items.map(({answerId}) => answerId)).toContain('old7')
      // Earlier answers follow the newest ones, which are there at once.
      await expect
        .poll(() => allPages(transcripts, {ending: 'stopped'}, 'newest', 100), {timeout: 20_000})
        .toMatchObject({ids: {length: 150}, total: {answers: 150, isExact: true}})
      expect((await transcripts.list({q: 'number42'})).items.map(({answerId}) => answerId)).toEqual(['old42'])
    },
  )
})

test('while earlier answers are read in, a list of the server says how many are missing, and then none', async () => {
  const all = 10_000
  const dataDir = dirname(temporaryFile())
  const file = join(dataDir, 'transcripts.sqlite')
  const old = openSqlite(file)
  migrate(old, file, migrations)
  const insert = old.prepare(
    `INSERT INTO answers (id, conversation, ref, question, build, generator, embedding, started_at, settings, channel, ending, text)
     VALUES (@id, @id, @id, 'How old?', 'b', 'scripted', 'e', @at, '{}', 'test', 'complete', 'Very old.')`,
  )
  old.transaction(() => {
    for (let at = 0; at < all; at++) insert.run({id: `old${at}`, at})
  })()
  old.close()
  const docent = await start({dataDir})

  const {body: first} = await staffApi(docent, 'GET', '/transcripts?limit=1')

  expect(first.items).toMatchObject([{answerId: `old${all - 1}`}])
  expect(first.cataloguing.remaining).toBeGreaterThan(0)
  expect(first.cataloguing.remaining).toBeLessThan(all)
  await expect
    .poll(
      async () => (await staffApi(docent, 'GET', '/transcripts?ending=complete&limit=1')).body.cataloguing,
      {
        timeout: 60_000,
      },
    )
    .toBeNull()
  const {values} = (await staffApi(docent, 'GET', '/transcripts/values?kind=build')).body
  expect(values).toEqual([{name: 'b', answers: all}])
})

test('a transaction that fails leaves the counts as they were', () => {
  const transcripts = openSqlite(':memory:')
  migrate(transcripts, ':memory:')
  const catalog = openCatalog('')
  const writer = createCatalogWriter({transcripts, catalog})
  const insert = transcripts.prepare(
    `INSERT INTO answers (id, ref, conversation, question, build, generator, embedding, started_at, settings, channel, facts)
     VALUES (?, ?, 'c', 'q', ?, 'g', 'e', 1, '{}', 'test', '{}')`,
  )
  insert.run('a', 'ra', 'first')
  writer.catchUp(Number.POSITIVE_INFINITY)
  insert.run('b', 'rb', 'second')
  catalog.exec("CREATE TRIGGER full BEFORE INSERT ON texts BEGIN SELECT RAISE(ABORT, 'full'); END")

  expect(() => writer.catchUp(Number.POSITIVE_INFINITY)).toThrow('full')
  catalog.exec('DROP TRIGGER full')
  writer.catchUp(Number.POSITIVE_INFINITY)

  catalog.exec('CREATE TABLE answers (id, ref, conversation, row)')
  expect(createCatalogReads(catalog).values('build', 10)).toEqual([
    {name: 'first', answers: 1},
    {name: 'second', answers: 1},
  ])
  catalog.close()
  transcripts.close()
})

test('a command and the server that catch up beside each other share the work', async () => {
  const file = temporaryFile()
  const transcripts = openForTest({file})
  for (let number = 0; number < 1_000; number++) journalAnswer(transcripts, `a${number}`)
  await transcripts.flush()
  await transcripts.close()
  const source = openDatabase(file)
  source.prepare('DELETE FROM changes WHERE seq < (SELECT max(seq) FROM changes)').run()
  const catalogs = [0, 1].map(() => openCatalog(catalogFileOf(file)))
  const writers = catalogs.map((catalog) => createCatalogWriter({transcripts: source, catalog}))

  const left: number[] = []
  for (let turn = 0; turn < 40; turn++) {
    left.push(writers[turn % 2]!.catchUp(0).left)
    // What a new answer and its rating add, one by each.
    if (turn === 2) source.prepare("UPDATE answers SET rating = 'down' WHERE id = 'a999'").run()
  }
  for (const db of [source, ...catalogs]) db.close()

  expect(left).toEqual([...left].sort((a, b) => b - a))
  expect(left.indexOf(0)).toBeLessThan(10)
  const reader = readTranscripts(file)
  expect((await reader.list({q: 'port'})).total).toEqual({answers: 1_000, isExact: true})
  expect((await reader.list({rating: 'down'})).items.map(({answerId}) => answerId)).toEqual(['a999'])
  expect((await reader.analytics({from: 0, to: 365 * 24 * 3_600_000})).total).toMatchObject({
    answers: 1_000,
    ratings: {down: 1},
  })
  reader.close()
})

test('what lacks the measure that a list is sorted by is not counted, however much of it matches', async () => {
  const file = temporaryFile()
  const transcripts = openForTest({file})
  const timings = {sourcesMs: 5, firstTokenMs: null, longestStallMs: 0, totalMs: 30}
  for (let number = 0; number < 40; number++) {
    beginAnswer(transcripts, `a${number}`)
    const event = {type: 'done', ending: 'abstained', abstained: true, usage: noUsage, timings} as const
    appendEvent(transcripts, `a${number}`, {seq: 1, at: Date.now(), event})
  }
  journalAnswer(transcripts, 'measured', {entry: {question: 'The port, too?'}, pieces: ['Yes.']})
  await transcripts.flush()
  const {items, total} = await transcripts.list({q: 'port'}, {sort: 'first_token'})
  expect({ids: items.map(({answerId}) => answerId), total}).toEqual({
    ids: ['measured'],
    total: {answers: 1, isExact: true},
  })

  const db = openForReading(file, catalogFileOf(file))
  opened.add(db)
  const thresholds = {sorted: 5, scanned: 20_000, gathered: 5, gatheringMs: 0}
  const reads = createCatalogReads(db, thresholds)
  const selection = {filter: {q: 'port'}, measure: 'first_token_ms', order: 'DESC', after: null} as const
  expect(reads.select({...selection, limit: 3, counted: 10})).toHaveLength(1)
  expect(reads.count({...selection, limit: 10})).toEqual({answers: 1, isAll: true})
})

test('an empty catalog says so', () => {
  const db = openSqlite(':memory:')
  migrate(db, ':memory:')
  createCatalogTables(db)
  const reads = createCatalogReads(db)
  expect(reads.count({filter: {}, measure: null, limit: 10})).toEqual({answers: 0, isAll: true})
  expect(reads.values('model', 10)).toEqual([])
  db.close()
})
