import type {SequencedEvent} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {AnswerRow} from './answer-row.ts'
import {type EventRow, eventsOf} from './event-rows.ts'
import {schemaSqlOf} from './schema-sql.ts'

/** Reads of one transcripts database. @throws what SQLite throws. */
export interface TranscriptReads {
  row(answerId: string): AnswerRow | null
  /** By the answer's id or its ref. */
  rowByIdOrRef(name: string): AnswerRow | null
  /** The newest answer begun with the key. */
  rowByIdempotencyKey(key: string): AnswerRow | null
  /** The newest answer begun in the chat. */
  rowByChat(chat: string): AnswerRow | null
  /** Events of a row of `answers` with a greater `seq`, in order. */
  events(row: number, after: number): SequencedEvent[]
  /** The last answers of a conversation, oldest first. */
  conversationRows(conversation: string, limit: number): AnswerRow[]
  /** Rows by their numbers, in this order; those that are gone are left out. */
  rows(numbers: readonly number[]): AnswerRow[]
  /** The id of the newest row; 0 if there is none. */
  lastRow(): number
  /** Ids that start with a text, in no particular order; none for the empty text. */
  idsStartingWith(text: string, limit: number): string[]
}

export function createTranscriptReads(db: SqliteDatabase): TranscriptReads {
  const schema = schemaSqlOf(db)
  const {columns} = schema
  const byId = db.prepare<[string], AnswerRow>(`SELECT ${columns} FROM answers WHERE id = ?`)
  const byRef = db.prepare<[string], AnswerRow>(`SELECT ${columns} FROM answers WHERE ${schema.ref} = ?`)
  const byKey = db.prepare<[string], AnswerRow>(
    `SELECT ${columns} FROM answers WHERE idempotency_key = ? ORDER BY row DESC LIMIT 1`,
  )
  const inChat = db.prepare<[string], AnswerRow>(
    `SELECT ${columns} FROM answers WHERE ${schema.chat} = ? ORDER BY row DESC LIMIT 1`,
  )
  const eventRows = db.prepare<[number, number], EventRow>(
    'SELECT seq, last_seq, at, data, pieces FROM events WHERE answer = ? AND last_seq > ? ORDER BY seq',
  )
  const ofConversation = db.prepare<[string, number], AnswerRow>(
    `SELECT ${columns} FROM answers WHERE ${schema.conversation} = ? ORDER BY row DESC LIMIT ?`,
  )
  const byRow = db.prepare<[number], AnswerRow>(`SELECT ${columns} FROM answers WHERE row = ?`)
  const last = db.prepare<[], number | null>('SELECT max(row) FROM answers').pluck()
  const beginning = db
    .prepare<[string, string, number], string>(
      'SELECT id FROM answers WHERE substr(id, 1, length(?)) = ? LIMIT ?',
    )
    .pluck()
  return {
    row: (answerId) => byId.get(answerId) ?? null,
    rowByIdOrRef: (name) => byId.get(name) ?? byRef.get(name) ?? null,
    rowByIdempotencyKey: (key) => byKey.get(key) ?? null,
    rowByChat: (chat) => inChat.get(chat) ?? null,
    events: (row, after) => eventsOf(eventRows.iterate(row, after), after),
    conversationRows: (conversation, limit) => ofConversation.all(conversation, limit).reverse(),
    rows: (numbers) => numbers.flatMap((number) => byRow.get(number) ?? []),
    lastRow: () => last.get() ?? 0,
    idsStartingWith: (text, limit) => (text === '' ? [] : beginning.all(text, text, limit)),
  }
}
