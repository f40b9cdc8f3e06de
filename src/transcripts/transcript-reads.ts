import type {JournalFacts, JournalledAnswer} from '../answers/index.ts'
import {answerStateOf} from '../answers/index.ts'
import {
  DocentError,
  type Ending,
  type FinishReason,
  type GeneratorName,
  isPartialFinish,
  noUsage,
  partialFinishes,
  type SequencedEvent,
  type Timings,
  type Turn,
  type Usage,
} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {type EventRow, eventsOf} from './event-rows.ts'
import {searchQueryOf} from './search-query.ts'
import type {
  Feedback,
  Review,
  Transcript,
  TranscriptFilter,
  TranscriptItem,
  TranscriptPage,
  Verdict,
} from './transcript-store.ts'

/** A row of `answers`, with what its last event says of how it finished. */
export interface AnswerRow {
  readonly row: number
  readonly id: string
  readonly ref: string
  readonly conversation: string
  readonly question: string
  readonly version: string | null
  readonly build: string
  readonly generator: GeneratorName
  readonly model: string | null
  readonly embedding: string
  readonly started_at: number
  readonly settings: string
  readonly channel: string
  readonly idempotency_key: string | null
  readonly ending: Ending | null
  readonly abstained: number
  readonly finish_reason: FinishReason | null
  readonly text: string
  readonly usage: string | null
  readonly timings: string | null
  readonly facts: string
  readonly rating: 'up' | 'down' | null
  readonly rating_reasons: string | null
  readonly rating_comment: string | null
  readonly rated_at: number | null
  readonly verdict: Verdict | null
  readonly review_note: string | null
  readonly corrected_answer: string | null
  readonly reviewed_at: number | null
}

/** What is read from a transcripts file, by the server and by commands alike. */
export interface TranscriptReads {
  row(answerId: string): AnswerRow | null
  rowByIdempotencyKey(key: string): AnswerRow | null
  events(row: number, after: number): SequencedEvent[]
  conversationRows(conversation: string, limit: number): AnswerRow[]
  list(filter: TranscriptFilter, page?: {readonly cursor?: string; readonly limit?: number}): TranscriptPage
  get(answerId: string): Transcript | null
  ids(filter: TranscriptFilter): IterableIterator<string>
  export(filter: TranscriptFilter): IterableIterator<Transcript>
}

const noTimings: Timings = {sourcesMs: null, firstTokenMs: null, longestStallMs: 0, totalMs: 0}

const exportPage = 50

/** A delta's data is text, every other event's is JSON; the last event of an answer that has ended is its `done` or `error`. */
const finishReason = `(SELECT CASE WHEN pieces IS NULL AND json_valid(data) THEN json_extract(data, '$.finishReason') END
  FROM events WHERE answer = answers.row ORDER BY seq DESC LIMIT 1)`

/** How a file's rows are read: as this version writes them, or as an earlier one left them. */
interface FileForm {
  readonly columns: string
  readonly ref: string
  readonly conversation: string
  readonly partial: PartialConditions
}

/** A file that no server of today has opened yet is read as it is. */
function formOf(db: SqliteDatabase): FileForm {
  const names = db.prepare<[], string>("SELECT name FROM pragma_table_info('answers')").pluck().all()
  const isOfToday = names.includes('ref')
  const ref = isOfToday ? 'ref' : 'ref_of(id)'
  const conversation = isOfToday ? 'conversation' : 'ref_of(conversation_id)'
  const digests = isOfToday ? '' : `${ref} AS ref, ${conversation} AS conversation, `
  return {
    columns: `answers.*, ${digests}${finishReason} AS finish_reason`,
    ref,
    conversation,
    partial: names.includes('partial') ? {yes: 'partial = 1', no: 'partial = 0'} : partialByEvents,
  }
}

export function createTranscriptReads(db: SqliteDatabase): TranscriptReads {
  const form = formOf(db)
  const {columns} = form
  const byId = db.prepare<[string], AnswerRow>(`SELECT ${columns} FROM answers WHERE id = ?`)
  const byRef = db.prepare<[string], AnswerRow>(`SELECT ${columns} FROM answers WHERE ${form.ref} = ?`)
  const byKey = db.prepare<[string], AnswerRow>(
    `SELECT ${columns} FROM answers WHERE idempotency_key = ? ORDER BY row DESC LIMIT 1`,
  )
  const eventRows = db.prepare<[number, number], EventRow>(
    'SELECT seq, last_seq, at, data, pieces FROM events WHERE answer = ? AND last_seq > ? ORDER BY seq',
  )
  const ofConversation = db.prepare<[string, number], AnswerRow>(
    `SELECT ${columns} FROM answers WHERE ${form.conversation} = ? ORDER BY row DESC LIMIT ?`,
  )

  const named = db
    .prepare<[string, string], string>(`SELECT id FROM answers WHERE id = ? OR ${form.ref} = ?`)
    .pluck()

  function select(
    filter: TranscriptFilter,
    order: 'ASC' | 'DESC',
    from: number | null,
    limit: number,
  ): AnswerRow[] {
    const {source, conditions, values} = conditionsOf(filter, form, (name) => named.get(name, name) ?? null)
    if (from !== null) {
      conditions.push(`row ${order === 'DESC' ? '<' : '>'} ?`)
      values.push(from)
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    // By row, which is the order in which the answers began whatever the clock said; the search and the indexes
    // give their rows in it, so that a page costs what it shows and not what matches.
    return db
      .prepare<unknown[], AnswerRow>(
        `SELECT ${columns} FROM ${source} ${where} ORDER BY ${source === 'answers' ? 'row' : 'found'} ${order} LIMIT ?`,
      )
      .all(...values, limit)
  }

  function* rows(filter: TranscriptFilter): IterableIterator<AnswerRow> {
    // In pages rather than one open cursor: a reader that dawdles must not hold back the write-ahead log.
    let from: number | null = null
    while (true) {
      const found: AnswerRow[] = select(filter, 'ASC', from, exportPage)
      yield* found
      const last = found.at(-1)
      if (last === undefined || found.length < exportPage) return
      from = last.row
    }
  }

  function events(row: number, after: number): SequencedEvent[] {
    return eventsOf(eventRows.iterate(row, after), after)
  }

  return {
    row: (answerId) => byId.get(answerId) ?? null,
    rowByIdempotencyKey: (key) => byKey.get(key) ?? null,
    events,
    conversationRows: (conversation, limit) => ofConversation.all(conversation, limit).reverse(),
    list(filter, {cursor, limit = 50} = {}) {
      const size = Math.min(200, Math.max(1, Math.trunc(limit) || 50))
      const found = select(filter, 'DESC', cursor === undefined ? null : parseCursor(cursor), size + 1)
      const shown = found.slice(0, size)
      const last = shown.at(-1)
      return {
        items: shown.map(itemOf),
        nextCursor: found.length > size && last !== undefined ? cursorOf(last) : null,
      }
    },
    get(answerId) {
      const row = byId.get(answerId) ?? byRef.get(answerId)
      return row === undefined ? null : transcriptOf(row, events(row.row, 0))
    },
    *ids(filter) {
      for (const row of rows(filter)) yield row.id
    },
    *export(filter) {
      for (const row of rows(filter)) yield transcriptOf(row, events(row.row, 0))
    },
  }
}

export function journalledOf(row: AnswerRow): JournalledAnswer {
  return {
    answerId: row.id,
    conversation: row.conversation,
    question: row.question,
    version: row.version,
    build: row.build,
    generator: row.generator,
    model: row.model,
    embedding: row.embedding,
    startedAt: row.started_at,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
    channel: row.channel,
    idempotencyKey: row.idempotency_key,
    ending: row.ending,
  }
}

/** What of an answer its conversation goes on with. */
type TurnRow = Pick<AnswerRow, 'id' | 'question' | 'text' | 'ending' | 'finish_reason' | 'settings'>

/**
 * Turns of a conversation from its answers, oldest first; answers under way and questions not kept are left out. So are
 * those that another answer completed, which has their text as well, and all of what the model declined: with that in
 * its history it goes on declining, whatever is asked.
 * @see https://platform.claude.com/docs/en/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals
 */
export function turnsOf(answers: readonly TurnRow[], limit: number): Turn[] {
  const kept = answers.filter(
    ({ending, question, finish_reason: finishReason}) =>
      ending !== null && question !== '' && finishReason !== 'refusal',
  )
  const completed = new Set(kept.filter(({ending}) => ending === 'complete').map(earlierOf))
  const turns = kept
    .filter(({id}) => !completed.has(id))
    .flatMap(({question, text, ending}): Turn[] => {
      const asked: Turn = {role: 'user', content: question}
      return ending === 'complete' && text !== '' ? [asked, {role: 'assistant', content: text}] : [asked]
    })
  return limit > 0 ? turns.slice(-limit) : []
}

/** The answer that this one goes on from; undefined for most. */
function earlierOf({settings}: TurnRow): string | undefined {
  return (JSON.parse(settings) as {readonly continues?: string}).continues
}

export function transcriptOf(row: AnswerRow, events: readonly SequencedEvent[]): Transcript {
  const fold = answerStateOf(events, row.started_at)
  return {
    ...journalledOf(row),
    ...(JSON.parse(row.facts) as JournalFacts),
    ref: row.ref,
    conversationId: null,
    finishReason: fold.finishReason,
    partial: fold.partial,
    text: row.ending === null ? fold.text : row.text,
    sources: fold.sources,
    usage: row.usage === null ? noUsage : (JSON.parse(row.usage) as Usage),
    timings: row.timings === null ? fold.timings() : (JSON.parse(row.timings) as Timings),
    feedback: feedbackOf(row),
    review: reviewOf(row),
    events,
  }
}

function feedbackOf(row: AnswerRow): Feedback | null {
  if (row.rating === null) return null
  return {
    rating: row.rating,
    reasons: JSON.parse(row.rating_reasons ?? '[]') as string[],
    comment: row.rating_comment,
    at: row.rated_at ?? 0,
  }
}

function reviewOf(row: AnswerRow): Review | null {
  if (row.verdict === null) return null
  return {
    verdict: row.verdict,
    note: row.review_note,
    correctedAnswer: row.corrected_answer,
    at: row.reviewed_at ?? 0,
  }
}

function itemOf(row: AnswerRow): TranscriptItem {
  return {
    answerId: row.id,
    ref: row.ref,
    conversation: row.conversation,
    conversationId: null,
    question: row.question,
    startedAt: row.started_at,
    ending: row.ending,
    abstained: row.abstained === 1,
    finishReason: row.finish_reason,
    partial: isPartialFinish(row.finish_reason),
    rating: row.rating,
    verdict: row.verdict,
    build: row.build,
    generator: row.generator,
    model: row.model,
    timings: row.timings === null ? noTimings : (JSON.parse(row.timings) as Timings),
    excerpt: excerptOf(row.text),
  }
}

/** The first 200 characters or a little less. */
export function excerptOf(text: string): string {
  return headOf(text, 200)
}

interface Conditions {
  readonly source: string
  readonly conditions: string[]
  readonly values: unknown[]
}

/** How answers that are partial are found, and all others. */
interface PartialConditions {
  readonly yes: string
  readonly no: string
}

const partialList = `(${partialFinishes.map((reason) => `'${reason}'`).join(', ')})`
const partialByEvents: PartialConditions = {
  yes: `${finishReason} IN ${partialList}`,
  no: `ifnull(${finishReason}, '') NOT IN ${partialList}`,
}

function conditionsOf(
  filter: TranscriptFilter,
  {partial, conversation}: FileForm,
  idNamed: (text: string) => string | null,
): Conditions {
  const conditions: string[] = []
  const values: unknown[] = []
  const add = (condition: string, ...bound: unknown[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  let source = 'answers'

  const words = filter.q?.trim() ?? ''
  const query = searchQueryOf(words)
  const id = idNamed(words)
  if (id !== null) {
    add('id = ?', id)
  } else if (query?.kind === 'match') {
    // The search leads, since it gives its rows in order and stops when the page is full.
    source =
      '(SELECT rowid AS found FROM answers_fts WHERE answers_fts MATCH ?) CROSS JOIN answers ON row = found'
    values.push(query.expression)
    for (const glob of query.literals) {
      add("(lower(' ' || question) GLOB ? OR lower(' ' || text) GLOB ?)", glob, glob)
    }
  } else if (query?.kind === 'like') {
    add("(question LIKE ? ESCAPE '\\' OR text LIKE ? ESCAPE '\\')", query.pattern, query.pattern)
  }
  // Of two indexes the planner would take the endings', and look at every complete answer for the few that are partial.
  const ending = filter.partial ? '+ending' : 'ending'
  if (filter.ending === 'running') add(`${ending} IS NULL`)
  else if (filter.ending !== undefined) add(`${ending} = ?`, filter.ending)
  if (filter.rating === 'none') add('rating IS NULL')
  else if (filter.rating !== undefined) add('rating = ?', filter.rating)
  if (filter.verdict === 'none') add('verdict IS NULL')
  else if (filter.verdict !== undefined) add('verdict = ?', filter.verdict)
  if (filter.abstained !== undefined) add('abstained = ?', filter.abstained ? 1 : 0)
  if (filter.partial !== undefined) add(filter.partial ? partial.yes : partial.no)
  if (filter.build !== undefined) add('build = ?', filter.build)
  if (filter.from !== undefined) add('started_at >= ?', filter.from)
  if (filter.to !== undefined) add('started_at < ?', filter.to)
  if (filter.conversation !== undefined) add(`${conversation} = ?`, filter.conversation)
  return {source, conditions, values}
}

function cursorOf(row: AnswerRow): string {
  return Buffer.from(`row.${row.row}`).toString('base64url')
}

function parseCursor(cursor: string): number {
  const [, row] = /^row\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (row === undefined) throw new DocentError('invalid_request', 'The cursor is not one that this list gave')
  return Number(row)
}
