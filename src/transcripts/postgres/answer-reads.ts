import type {SequencedEvent} from '../../domain/index.ts'
import {type Queries, storable} from '../../postgres/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {type EventRow, eventsOf} from '../event-rows.ts'
import type {JournalReads} from '../journal.ts'

/** The columns of an `AnswerRow`. */
export const answerColumns = `row, id, ref, conversation, question, version, lang, page, build, generator, model, embedding,
  started_at, settings, channel, idempotency_key, chat, visitor, ending, abstained, finish_reason, text, usage, timings, facts,
  rating, rating_reasons, rating_comment, rated_at, missing, verdict, review_note, corrected_answer, reviewed_at, reviewer,
  resumes, opened`

const select = `SELECT ${answerColumns} FROM docent.answers`

/** Rows of `answers` and `events`, by whatever names them. @throws DocentError `storage`. */
export interface AnswerReads extends JournalReads {
  row(answerId: string): Promise<AnswerRow | null>
  /** By the answer's id or its ref. */
  rowByIdOrRef(name: string): Promise<AnswerRow | null>
  events(row: number, after: number): Promise<readonly SequencedEvent[]>
}

export function createAnswerReads(queries: Queries): AnswerReads {
  return {
    row: (answerId) => queries.row<AnswerRow>(`${select} WHERE id = $1 LIMIT 1`, [storable(answerId)]),
    async rowByIdOrRef(name) {
      const found = await queries.rows<AnswerRow>(`${select} WHERE id = $1 OR ref = $1 LIMIT 2`, [
        storable(name),
      ])
      return found.find(({id}) => id === name) ?? found[0] ?? null
    },
    rowByIdempotencyKey: (key) =>
      queries.row<AnswerRow>(`${select} WHERE idempotency_key = $1 ORDER BY row DESC LIMIT 1`, [
        storable(key),
      ]),
    rowByChat: (chat) =>
      queries.row<AnswerRow>(`${select} WHERE chat = $1 ORDER BY row DESC LIMIT 1`, [storable(chat)]),
    async events(row, after) {
      const rows = await queries.rows<EventRow>(
        'SELECT seq, last_seq, at, data, pieces FROM docent.events WHERE answer = $1 AND last_seq > $2 ORDER BY seq',
        [row, after],
      )
      return eventsOf(rows, after)
    },
    async conversationRows(conversation, limit) {
      const rows = await queries.rows<AnswerRow>(
        `${select} WHERE conversation = $1 ORDER BY row DESC LIMIT $2`,
        [storable(conversation), limit],
      )
      return rows.reverse()
    },
  }
}
