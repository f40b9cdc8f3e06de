import {DocentError, type SequencedEvent} from '../domain/index.ts'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {conditionsOf} from './answer-filter.ts'
import type {AnswerRow} from './answer-row.ts'
import {type EventRow, eventsOf} from './event-rows.ts'
import {fileFormOf} from './file-form.ts'
import type {TranscriptFilter} from './transcript-store.ts'

export interface Selection {
  readonly filter: TranscriptFilter
  /** From `idNamed`. */
  readonly named: string | null
  readonly order: 'ASC' | 'DESC'
  /** Leaves out the row with this number and those before it in the order; null for none. */
  readonly from: number | null
  readonly limit: number
}

/** What is read from one database of transcripts. @throws what SQLite throws. */
export interface TranscriptReads {
  row(answerId: string): AnswerRow | null
  /** By the answer's id or its ref. */
  rowNamed(name: string): AnswerRow | null
  /** The newest answer begun with the key. */
  rowByIdempotencyKey(key: string): AnswerRow | null
  /** Events of a row of `answers` after a `seq`, in order. */
  events(row: number, after: number): SequencedEvent[]
  /** The last answers of a conversation, oldest first. */
  conversationRows(conversation: string, limit: number): AnswerRow[]
  /** The id of the answer that a filter's words are the id or ref of; null where they are words. */
  idNamed(filter: TranscriptFilter): string | null
  /** Rows that match, in the order in which the answers began whatever the clock said. */
  select(selection: Selection): AnswerRow[]
  /** The number of the newest row; 0 without any. */
  lastRow(): number
  /** Ids that begin with a text, in no order; none for the empty text. */
  idsBeginningWith(text: string, limit: number): string[]
}

/** Statements kept for the filters used last. */
const keptSelects = 64

export function createTranscriptReads(db: SqliteDatabase): TranscriptReads {
  const form = fileFormOf(db)
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
  const idNamed = db
    .prepare<[string, string], string>(`SELECT id FROM answers WHERE id = ? OR ${form.ref} = ?`)
    .pluck()
  const last = db.prepare<[], number | null>('SELECT max(row) FROM answers').pluck()
  const beginning = db
    .prepare<[string, string, number], string>(
      'SELECT id FROM answers WHERE substr(id, 1, length(?)) = ? LIMIT ?',
    )
    .pluck()
  const selects = new TwoGenerationCache<string, ReturnType<typeof prepareSelect>>(keptSelects)

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
    rowNamed: (name) => byId.get(name) ?? byRef.get(name) ?? null,
    rowByIdempotencyKey: (key) => byKey.get(key) ?? null,
    events: (row, after) => eventsOf(eventRows.iterate(row, after), after),
    conversationRows: (conversation, limit) => ofConversation.all(conversation, limit).reverse(),
    idNamed({q = ''}) {
      const words = q.trim()
      return idNamed.get(words, words) ?? null
    },
    select({filter, named, order, from, limit}) {
      const found = conditionsOf(filter, form, named)
      const conditions = [...found.conditions]
      const values = [...found.values]
      if (from !== null) {
        conditions.push(`row ${order === 'DESC' ? '<' : '>'} ?`)
        values.push(from)
      }
      const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
      // The search and the indexes give their rows in this order, so that a page costs what it shows and not what matches.
      const by = found.source === 'answers' ? 'row' : 'found'
      return selectOf(`SELECT ${columns} FROM ${found.source} ${where} ORDER BY ${by} ${order} LIMIT ?`).all(
        ...values,
        limit,
      )
    },
    lastRow: () => last.get() ?? 0,
    idsBeginningWith: (text, limit) => (text === '' ? [] : beginning.all(text, text, limit)),
  }
}

/** Where a list goes on after a row. */
export function cursorOf(row: AnswerRow): string {
  return Buffer.from(`row.${row.row}`).toString('base64url')
}

/** @throws DocentError `invalid_request`. */
export function parseCursor(cursor: string): number {
  const [, row] = /^row\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (row === undefined) throw new DocentError('invalid_request', 'The cursor is not one that this list gave')
  return Number(row)
}
