import {DocentError, type SequencedEvent} from '../domain/index.ts'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {conditionsOf} from './answer-filter.ts'
import type {AnswerRow} from './answer-row.ts'
import {type EventRow, eventsOf} from './event-rows.ts'
import {schemaSqlOf} from './schema-sql.ts'
import type {TranscriptFilter} from './transcript-store.ts'

export interface Selection {
  readonly filter: TranscriptFilter
  /** The result of `idOfQuery`. */
  readonly answerId: string | null
  readonly order: 'ASC' | 'DESC'
  /** Starts after the row with this id, in the order; null to start at the beginning. */
  readonly from: number | null
  readonly limit: number
}

/** Reads of one transcripts database. @throws what SQLite throws. */
export interface TranscriptReads {
  row(answerId: string): AnswerRow | null
  /** By the answer's id or its ref. */
  rowByIdOrRef(name: string): AnswerRow | null
  /** The newest answer begun with the key. */
  rowByIdempotencyKey(key: string): AnswerRow | null
  /** Events of a row of `answers` with a greater `seq`, in order. */
  events(row: number, after: number): SequencedEvent[]
  /** The last answers of a conversation, oldest first. */
  conversationRows(conversation: string, limit: number): AnswerRow[]
  /** The id of the answer whose id or ref is the query of a filter; null if the query is text. */
  idOfQuery(filter: TranscriptFilter): string | null
  /** Rows that match, in the order in which the answers began, whatever the clock was. */
  select(selection: Selection): AnswerRow[]
  /** The id of the newest row; 0 if there is none. */
  lastRow(): number
  /** Ids that start with a text, in no particular order; none for the empty text. */
  idsStartingWith(text: string, limit: number): string[]
}

/** Number of prepared statements cached for recent filters. */
const maxStatements = 64

export function createTranscriptReads(db: SqliteDatabase): TranscriptReads {
  const schema = schemaSqlOf(db)
  const {columns} = schema
  const byId = db.prepare<[string], AnswerRow>(`SELECT ${columns} FROM answers WHERE id = ?`)
  const byRef = db.prepare<[string], AnswerRow>(`SELECT ${columns} FROM answers WHERE ${schema.ref} = ?`)
  const byKey = db.prepare<[string], AnswerRow>(
    `SELECT ${columns} FROM answers WHERE idempotency_key = ? ORDER BY row DESC LIMIT 1`,
  )
  const eventRows = db.prepare<[number, number], EventRow>(
    'SELECT seq, last_seq, at, data, pieces FROM events WHERE answer = ? AND last_seq > ? ORDER BY seq',
  )
  const ofConversation = db.prepare<[string, number], AnswerRow>(
    `SELECT ${columns} FROM answers WHERE ${schema.conversation} = ? ORDER BY row DESC LIMIT ?`,
  )
  const idOfQuery = db
    .prepare<[string, string], string>(`SELECT id FROM answers WHERE id = ? OR ${schema.ref} = ?`)
    .pluck()
  const last = db.prepare<[], number | null>('SELECT max(row) FROM answers').pluck()
  const beginning = db
    .prepare<[string, string, number], string>(
      'SELECT id FROM answers WHERE substr(id, 1, length(?)) = ? LIMIT ?',
    )
    .pluck()
  const selects = new TwoGenerationCache<string, ReturnType<typeof prepareSelect>>(maxStatements)

  function prepareSelect(sql: string) {
    return db.prepare<unknown[], AnswerRow>(sql)
  }

  function selectOf(sql: string): ReturnType<typeof prepareSelect> {
    const kept = selects.get(sql)
    if (kept !== undefined) return kept
    const prepared = prepareSelect(sql)
    selects.set(sql, prepared)
    return prepared
  }

  return {
    row: (answerId) => byId.get(answerId) ?? null,
    rowByIdOrRef: (name) => byId.get(name) ?? byRef.get(name) ?? null,
    rowByIdempotencyKey: (key) => byKey.get(key) ?? null,
    events: (row, after) => eventsOf(eventRows.iterate(row, after), after),
    conversationRows: (conversation, limit) => ofConversation.all(conversation, limit).reverse(),
    idOfQuery({q = ''}) {
      const query = q.trim()
      return idOfQuery.get(query, query) ?? null
    },
    select({filter, answerId, order, from, limit}) {
      const found = conditionsOf(filter, schema, answerId)
      const conditions = [...found.conditions]
      const values = [...found.values]
      if (from !== null) {
        conditions.push(`row ${order === 'DESC' ? '<' : '>'} ?`)
        values.push(from)
      }
      const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
      // The search and the indexes return rows in this order, so the cost depends on the page and not on the matches.
      const by = found.source === 'answers' ? 'row' : 'found'
      return selectOf(`SELECT ${columns} FROM ${found.source} ${where} ORDER BY ${by} ${order} LIMIT ?`).all(
        ...values,
        limit,
      )
    },
    lastRow: () => last.get() ?? 0,
    idsStartingWith: (text, limit) => (text === '' ? [] : beginning.all(text, text, limit)),
  }
}

/** The cursor of the page after a row. */
export function cursorOf(row: AnswerRow): string {
  return Buffer.from(`row.${row.row}`).toString('base64url')
}

/** @throws DocentError `invalid_request`. */
export function parseCursor(cursor: string): number {
  const [, row] = /^row\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (row === undefined) throw new DocentError('invalid_request', 'The cursor is not one of this list')
  return Number(row)
}
