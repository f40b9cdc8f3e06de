import {type JournalDetails, refOf} from '../answers/index.ts'
import {isPartialFinish, type SequencedEvent} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {AnswerRow} from './answer-row.ts'
import {rowsOf} from './event-rows.ts'
import {type LiveAnswer, languageOf, pageJsonOf} from './live-answer.ts'
import {materialWriter} from './material-writer.ts'
import type {Redaction} from './redaction.ts'

/** Writes answers from memory to the database. @throws what SQLite throws; then the call has written nothing. */
export interface AnswerWriter {
  /**
   * Writes answers one after the other, in one transaction, until the time is up; at least one.
   * @returns the written answers, each with its row.
   */
  writeSome(answers: Iterable<LiveAnswer>, withinMs: number): LiveAnswer[]
}

export function createAnswerWriter(db: SqliteDatabase, redaction: Redaction): AnswerWriter {
  const insertAnswer = db.prepare(
    `INSERT INTO answers (id, ref, conversation, question, version, lang, page, build, generator, model, embedding,
       started_at, settings, channel, idempotency_key, chat, visitor)
     VALUES (@id, @ref, @conversation, @question, @version, @lang, @page, @build, @generator, @model, @embedding,
       @startedAt, @settings, @channel, @idempotencyKey, @chat, @visitor)`,
  )
  const updateDetails = db.prepare('UPDATE answers SET facts = ?, lang = ? WHERE row = ?')
  const endAnswer = db.prepare(
    'UPDATE answers SET ending = ?, abstained = ?, partial = ?, text = ?, usage = ?, timings = ? WHERE row = ?',
  )
  const insertEvents = eventInserter(db)
  const writeMaterial = materialWriter(db)

  function insert(answer: LiveAnswer): number {
    const {entry} = answer
    const {lastInsertRowid} = insertAnswer.run({
      id: entry.answerId,
      ref: refOf(entry.answerId),
      conversation: entry.conversation,
      question: redaction.text(entry.question),
      version: redaction.keepsText ? entry.version : null,
      lang: languageOf(answer),
      page: redaction.keepsText ? pageJsonOf(entry) : null,
      build: entry.build,
      generator: entry.generator,
      model: entry.model,
      embedding: entry.embedding,
      startedAt: entry.startedAt,
      settings: JSON.stringify(entry.settings),
      channel: entry.channel,
      idempotencyKey: entry.idempotencyKey,
      chat: entry.chat ?? null,
      visitor: entry.visitor ?? null,
    })
    return Number(lastInsertRowid)
  }

  function write(answer: LiveAnswer): number {
    const {state} = answer
    const row = answer.row ?? insert(answer)
    insertEvents(row, answer.pending.map(redaction.event))
    for (const material of answer.material) writeMaterial(row, material)
    if (answer.hasNewDetails) {
      updateDetails.run(JSON.stringify(detailsToKeep(answer, redaction)), languageOf(answer), row)
    }
    if (state.ending !== null) {
      endAnswer.run(
        state.ending,
        state.abstained ? 1 : 0,
        state.partial ? 1 : 0,
        redaction.text(state.text),
        JSON.stringify(state.usage),
        JSON.stringify(state.timings()),
        row,
      )
    }
    return row
  }

  const writeInOne = db.transaction((answers: Iterable<LiveAnswer>, withinMs: number) => {
    const startedAt = performance.now()
    const rows = new Map<LiveAnswer, number>()
    for (const answer of answers) {
      rows.set(answer, write(answer))
      if (performance.now() - startedAt > withinMs) break
    }
    return rows
  })

  return {
    writeSome(answers, withinMs) {
      // Immediate: a transaction that reads first would fail at once if another process has written since.
      const rows = writeInOne.immediate(answers, withinMs)
      for (const [answer, row] of rows) answer.row = row
      return [...rows.keys()]
    },
  }
}

/** Returns a function that writes events of an answer as rows. */
export function eventInserter(db: SqliteDatabase): (row: number, events: readonly SequencedEvent[]) => void {
  const insert = db.prepare(
    'INSERT OR IGNORE INTO events (answer, seq, last_seq, at, data, pieces) VALUES (?, ?, ?, ?, ?, ?)',
  )
  return (row, events) => {
    for (const {seq, last_seq, at, data, pieces} of rowsOf(events))
      insert.run(row, seq, last_seq, at, data, pieces)
  }
}

const columns = [
  'row',
  'id',
  'ref',
  'conversation',
  'question',
  'version',
  'lang',
  'page',
  'build',
  'generator',
  'model',
  'embedding',
  'started_at',
  'settings',
  'channel',
  'idempotency_key',
  'chat',
  'visitor',
  'ending',
  'abstained',
  'text',
  'usage',
  'timings',
  'facts',
  'rating',
  'rating_reasons',
  'rating_comment',
  'rated_at',
  'missing',
  'verdict',
  'review_note',
  'corrected_answer',
  'reviewed_at',
  'reviewer',
  'resumes',
  'opened',
] as const satisfies readonly (keyof AnswerRow)[]

/** Returns a function that writes whole rows of `answers`, each with its row id. */
export function rowInserter(db: SqliteDatabase): (row: AnswerRow) => void {
  const insert = db.prepare(
    `INSERT INTO answers (partial, ${columns.join(', ')}) VALUES (?, ${columns.map(() => '?').join(', ')})`,
  )
  return (row) => {
    insert.run(isPartialFinish(row.finish_reason) ? 1 : 0, ...columns.map((column) => row[column]))
  }
}

/** Details as they are kept, with a note where events are missing. */
export function detailsToKeep({details, isPartial}: LiveAnswer, redaction: Redaction): JournalDetails {
  const kept = redaction.details(details)
  if (!isPartial) return kept
  const note = 'Transcripts could not be written for a while: some events of this answer are missing.'
  return {...kept, notes: [...(kept.notes ?? []), note]}
}
