import {createHash} from 'node:crypto'
import {type AnswerMaterial, type JournalDetails, refOf} from '../../answers/index.ts'
import type {SequencedEvent} from '../../domain/index.ts'
import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {type AnswerRow, withoutFeedback} from '../answer-row.ts'
import {detailsToKeep} from '../answer-writer.ts'
import {eventsOfJson} from '../catalog/facets-of.ts'
import {rowsOf} from '../event-rows.ts'
import {type LiveAnswer, languageOf, pageJsonOf} from '../live-answer.ts'
import type {Redaction} from '../redaction.ts'
import {packed} from '../shared-texts.ts'
import {type AnswerNumbers, createAnswerNumbers} from './answer-numbers.ts'
import {untilNoDeadlock} from './deadlocks.ts'
import {type SearchColumns, searchColumnsOf} from './search-columns.ts'
import type {AnswerWrite} from './write-behind.ts'

/** The channel on which replicas are told that answers have grown: their numbers, separated by commas. */
export const writtenChannel = 'docent_written'

/** A message of PostgreSQL is shorter than 8,000 bytes. */
const numbersInMessage = 400

export interface AnswerWriterOptions {
  readonly postgres: Postgres
  /** The name of this process: it writes only answers that bear it. */
  readonly replica: string
  readonly redaction: Redaction
}

/** Columns of a new answer, in the types of the table. */
const newColumns = {
  row: 'bigint',
  id: 'text',
  ref: 'text',
  conversation: 'text',
  question: 'text',
  version: 'text',
  lang: 'text',
  page: 'text',
  build: 'text',
  generator: 'text',
  model: 'text',
  embedding: 'text',
  started_at: 'bigint',
  settings: 'text',
  channel: 'text',
  idempotency_key: 'text',
  chat: 'text',
  visitor: 'text',
  replica: 'text',
  words: 'tsvector',
} as const

const eventColumns = {
  answer: 'bigint',
  seq: 'integer',
  last_seq: 'integer',
  at: 'bigint',
  data: 'text',
  pieces: 'text',
} as const

const searchColumns = {
  finish_reason: 'text',
  error: 'text',
  answerability: 'text',
  fallback: 'smallint',
  first_token_ms: 'bigint',
  longest_stall_ms: 'bigint',
  total_ms: 'bigint',
  cited: 'text[]',
  words: 'tsvector',
} as const

const endColumns = {
  row: 'bigint',
  ending: 'text',
  abstained: 'smallint',
  text: 'text',
  usage: 'text',
  timings: 'text',
  ...searchColumns,
} as const

type Columns = Readonly<Record<string, string>>

/** `name type, …`, as `json_to_recordset` needs it. */
function typed(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')
}

/** Rows as one value, with texts that PostgreSQL can keep. */
export function rowsAsJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_name, value: unknown) =>
    typeof value === 'string' ? storable(value) : value,
  )
}

const insertAnswers = `INSERT INTO docent.answers (${Object.keys(newColumns).join(', ')})
  SELECT ${Object.keys(newColumns).join(', ')} FROM json_to_recordset($1) AS given(${typed(newColumns)})
  ON CONFLICT (row) DO NOTHING`

/**
 * In the order of their numbers, so that no two processes wait for each other. With the details that another process has added:
 * browsers report to whichever they reach.
 */
const lockOwn = `SELECT row, CASE WHEN facts LIKE '%"firstUsefulMs"%' THEN facts END AS facts FROM docent.answers WHERE row = ANY($1::bigint[]) AND replica = $2
  ORDER BY row FOR NO KEY UPDATE`

const insertEvents = `INSERT INTO docent.events (${Object.keys(eventColumns).join(', ')})
  SELECT ${Object.keys(eventColumns).join(', ')} FROM json_to_recordset($1) AS given(${typed(eventColumns)})
  ON CONFLICT (answer, seq) DO NOTHING`

const updateDetails = `UPDATE docent.answers SET facts = given.facts, lang = given.lang, fallback = given.fallback
  FROM json_to_recordset($1) AS given(row bigint, facts text, lang text, fallback smallint)
  WHERE answers.row = given.row`

const endAnswers = `UPDATE docent.answers SET ${Object.keys(endColumns)
  .filter((name) => name !== 'row')
  .map((name) => `${name} = given.${name}`)
  .join(', ')}
  FROM json_to_recordset($1) AS given(${typed(endColumns)}) WHERE answers.row = given.row`

/** Writes events of answers, each by the number of its answer. */
export async function writeEvents(
  queries: Queries,
  events: readonly {readonly row: number; readonly events: readonly SequencedEvent[]}[],
): Promise<void> {
  const rows = events.flatMap(({row, events}) => rowsOf(events).map((one) => ({answer: row, ...one})))
  if (rows.length > 0) await queries.run(insertEvents, [rowsAsJson(rows)])
}

/** An answer as it has ended. */
export type EndedRow = Pick<AnswerRow, 'row' | 'ending' | 'abstained' | 'text' | 'usage' | 'timings'> &
  SearchColumns

/** Ends answers, and has them counted. */
export async function endAnswersWith(queries: Queries, ended: readonly EndedRow[]): Promise<void> {
  if (ended.length === 0) return
  await queries.run(endAnswers, [rowsAsJson(ended)])
  await queries.run(
    'INSERT INTO docent.uncounted (answer) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING',
    [ended.map(({row}) => row)],
  )
}

/** The events of answers without their text, in order, by the numbers of the answers. */
export async function shortEventsOf(
  queries: Queries,
  rows: readonly number[],
): Promise<Map<number, ReturnType<typeof eventsOfJson>>> {
  const found = await queries.rows<{readonly answer: number; readonly data: string}>(
    'SELECT answer, data FROM docent.events WHERE answer = ANY($1::bigint[]) AND pieces IS NULL ORDER BY answer, seq',
    [rows],
  )
  const byRow = new Map<number, string[]>()
  for (const {answer, data} of found) {
    const texts = byRow.get(answer)
    if (texts === undefined) byRow.set(answer, [data])
    else texts.push(data)
  }
  return new Map([...byRow].map(([row, texts]) => [row, eventsOfJson(texts)]))
}

/**
 * Returns a function that writes answers in one transaction, and tells the other replicas. It resolves with those that are no
 * longer its own. A repetition leaves what was written as it is.
 * @throws DocentError `storage`; then nothing was written, or that is not known.
 */
export function createPostgresWriter({
  postgres,
  replica,
  redaction,
}: AnswerWriterOptions): (writes: readonly AnswerWrite[]) => Promise<ReadonlySet<LiveAnswer>> {
  const numbers: AnswerNumbers = createAnswerNumbers()
  /** Taken before the first attempt to write an answer, so that a second one is of the same. */
  const numberOf = new WeakMap<LiveAnswer, number>()

  function rowOf(answer: LiveAnswer): number {
    const known = answer.row ?? numberOf.get(answer)
    if (known !== undefined) return known
    const row = numbers.take(answer.entry.startedAt)
    numberOf.set(answer, row)
    return row
  }

  function newRow(answer: LiveAnswer): Record<keyof typeof newColumns, unknown> {
    const {entry} = answer
    const question = redaction.text(entry.question)
    return {
      row: rowOf(answer),
      id: entry.answerId,
      ref: refOf(entry.answerId),
      conversation: entry.conversation,
      question,
      version: redaction.keepsText ? entry.version : null,
      lang: languageOf(answer),
      page: redaction.keepsText ? pageJsonOf(entry) : null,
      build: entry.build,
      generator: entry.generator,
      model: entry.model,
      embedding: entry.embedding,
      started_at: entry.startedAt,
      settings: JSON.stringify(entry.settings),
      channel: entry.channel,
      idempotency_key: entry.idempotencyKey,
      chat: entry.chat ?? null,
      visitor: entry.visitor ?? null,
      replica,
      words: searchColumnsOf(rowBeforeEnd(answer, question), []).words,
    }
  }

  function endedRow(answer: LiveAnswer, events: ReturnType<typeof eventsOfJson>): EndedRow {
    const {state} = answer
    const row: AnswerRow = {
      ...rowBeforeEnd(answer, redaction.text(answer.entry.question)),
      row: rowOf(answer),
      ending: state.ending,
      abstained: state.abstained ? 1 : 0,
      finish_reason: state.finishReason,
      text: redaction.text(state.text),
      usage: JSON.stringify(state.usage),
      timings: JSON.stringify(state.timings()),
      facts: JSON.stringify(detailsToKeep(answer, redaction)),
    }
    return {...row, ...searchColumnsOf(row, events)}
  }

  return async (writes) => {
    const own = await untilNoDeadlock(() =>
      postgres.transaction(async (queries) => {
        const fresh = writes.filter(({answer}) => answer.row === null)
        await numbers.reserve(fresh.filter(({answer}) => !numberOf.has(answer)).length, queries)
        if (fresh.length > 0) {
          await queries.run(insertAnswers, [rowsAsJson(fresh.map(({answer}) => newRow(answer)))])
        }
        const locked = await queries.rows<{readonly row: number; readonly facts: string | null}>(lockOwn, [
          writes.map(({answer}) => rowOf(answer)),
          replica,
        ])
        const own = new Set(locked.map(({row}) => row))
        const mine = writes.filter(({answer}) => own.has(rowOf(answer)))
        const added = new Map(locked.map(({row, facts}) => [row, facts]))
        for (const {answer} of mine) addFirstUseful(answer, added.get(rowOf(answer)) ?? null)
        await writeEvents(
          queries,
          mine.map(({answer, events}) => ({row: rowOf(answer), events: events.map(redaction.event)})),
        )
        await writeMaterial(
          queries,
          mine.flatMap(({answer, material}) => material.map((one) => ({row: rowOf(answer), material: one}))),
        )
        const noted = mine.filter(({details}) => details !== null)
        if (noted.length > 0) {
          const rows = noted.map(({answer}) => ({
            row: rowOf(answer),
            facts: JSON.stringify(detailsToKeep(answer, redaction)),
            lang: languageOf(answer),
            fallback: answer.details.writtenBy === undefined ? 0 : 1,
          }))
          await queries.run(updateDetails, [rowsAsJson(rows)])
        }
        const ended = mine.filter(({hasEnded}) => hasEnded).map(({answer}) => answer)
        if (ended.length > 0) {
          const events = await shortEventsOf(queries, ended.map(rowOf))
          await endAnswersWith(
            queries,
            ended.map((answer) => endedRow(answer, events.get(rowOf(answer)) ?? [])),
          )
        }
        const grown = mine.filter(({events}) => events.length > 0).map(({answer}) => rowOf(answer))
        await tellWritten(queries, grown)
        return own
      }),
    )
    for (const {answer} of writes) if (own.has(rowOf(answer))) answer.row = rowOf(answer)
    return new Set(writes.map(({answer}) => answer).filter((answer) => !own.has(rowOf(answer))))
  }
}

/** @param facts details as JSON that another process has added to, or null */
function addFirstUseful(answer: LiveAnswer, facts: string | null): void {
  if (facts === null || answer.details.firstUsefulMs !== undefined) return
  const {firstUsefulMs} = JSON.parse(facts) as JournalDetails
  if (firstUsefulMs !== undefined) answer.details = {...answer.details, firstUsefulMs}
}

/** Tells all replicas that answers have grown, when the transaction is committed. */
export async function tellWritten(queries: Queries, rows: readonly number[]): Promise<void> {
  for (let from = 0; from < rows.length; from += numbersInMessage) {
    const payload = rows.slice(from, from + numbersInMessage).join(',')
    await queries.run('SELECT pg_notify($1, $2)', [writtenChannel, payload])
  }
}

function rowBeforeEnd(answer: LiveAnswer, question: string): AnswerRow {
  const {entry} = answer
  return withoutFeedback({
    row: -1,
    id: entry.answerId,
    ref: refOf(entry.answerId),
    conversation: entry.conversation,
    question,
    version: entry.version,
    lang: languageOf(answer),
    page: null,
    build: entry.build,
    generator: entry.generator,
    model: entry.model,
    embedding: entry.embedding,
    started_at: entry.startedAt,
    settings: '{}',
    channel: entry.channel,
    idempotency_key: null,
    chat: null,
    visitor: null,
    ending: null,
    abstained: 0,
    finish_reason: null,
    text: '',
    usage: null,
    timings: null,
    facts: '{}',
  })
}

const hashOf = (text: string) => createHash('sha256').update(text).digest()

/** Keeps what answers were made of, with each long text once. */
async function writeMaterial(
  queries: Queries,
  kept: readonly {readonly row: number; readonly material: AnswerMaterial}[],
): Promise<void> {
  if (kept.length === 0) return
  const texts = new Set<string>()
  const uses = new Map<string, {readonly answer: number; readonly text: string}>()
  const usedBy = (answer: number) => (text: string) => {
    texts.add(text)
    uses.set(`${answer} ${text}`, {answer, text})
    return 0
  }
  for (const {row, material} of kept) {
    const {request, sections = []} = material
    if (request !== undefined) packed(request.body, usedBy(row))
    for (const {markdown} of sections) usedBy(row)(markdown)
  }
  const ids = await idsOfTexts(queries, [...texts])
  const idOf = (text: string) => ids.get(text)!
  const prompts = kept.flatMap(({row, material: {request}}) =>
    request === undefined
      ? []
      : [{answer: row, n: request.n, at: request.at, body: packed(request.body, idOf)}],
  )
  const sections = kept.flatMap(({row, material: {sections = []}}) =>
    sections.map(({n, id, path, markdown, isPart}) => ({
      ...{answer: row, n, id, path},
      text: idOf(markdown),
      is_part: isPart ? 1 : 0,
    })),
  )
  await queries.run(
    `INSERT INTO docent.text_uses (answer, text)
     SELECT answer, text FROM json_to_recordset($1) AS given(answer bigint, text bigint) ON CONFLICT DO NOTHING`,
    [rowsAsJson([...uses.values()].map(({answer, text}) => ({answer, text: idOf(text)})))],
  )
  await queries.run(
    `INSERT INTO docent.prompts (answer, n, at, body)
     SELECT * FROM json_to_recordset($1) AS given(answer bigint, n integer, at bigint, body text) ON CONFLICT DO NOTHING`,
    [rowsAsJson(prompts)],
  )
  await queries.run(
    `INSERT INTO docent.shown_sections (answer, n, id, path, text, is_part)
     SELECT * FROM json_to_recordset($1)
       AS given(answer bigint, n integer, id text, path text, text bigint, is_part smallint) ON CONFLICT DO NOTHING`,
    [rowsAsJson(sections)],
  )
}

/** How often a text that somebody else removed just now is kept again. */
const maxTries = 5

/** Keeps texts, and holds them until the end of the transaction: who removes texts without a use passes over those that are held. */
async function idsOfTexts(queries: Queries, texts: readonly string[]): Promise<Map<string, number>> {
  const byHash = new Map(texts.map((text) => [hashOf(text).toString('hex'), text]))
  // In one order, so that no two processes wait for each other.
  const hashes = [...byHash.keys()].sort()
  const ids = new Map<string, number>()
  for (let tries = 0; ids.size < byHash.size && tries < maxTries; tries++) {
    await queries.run(
      `INSERT INTO docent.shared_texts (hash, text)
       SELECT decode(hash, 'hex'), text FROM json_to_recordset($1) AS given(hash text, text text)
       ON CONFLICT (hash) DO NOTHING`,
      [rowsAsJson(hashes.map((hash) => ({hash, text: byHash.get(hash)!})))],
    )
    const held = await queries.rows<{readonly id: number; readonly hash: string}>(
      `SELECT id, encode(hash, 'hex') AS hash FROM docent.shared_texts
       WHERE hash IN (SELECT decode(given, 'hex') FROM unnest($1::text[]) AS given) ORDER BY hash FOR KEY SHARE`,
      [hashes],
    )
    for (const {id, hash} of held) ids.set(byHash.get(hash)!, id)
  }
  if (ids.size < byHash.size) throw new Error('A text of an answer could not be kept')
  return ids
}
