import type {SequencedEvent} from '../domain/index.ts'
import type {AnswerRow} from './answer-row.ts'
import {eventsInMemory, type LiveAnswer, liveRow} from './live-answer.ts'

/** What memory has of an answer beyond the file, as plain data that can be sent to another process. */
export interface MemoryRecord {
  /** As it would be written now; its number is -1 while the file has no row of it. */
  readonly row: AnswerRow
  /** The last ones of the answer, in order. */
  readonly events: readonly SequencedEvent[]
}

/** For reads of whole answers. */
export function recordOf(answer: LiveAnswer): MemoryRecord {
  return {row: liveRow(answer), events: eventsInMemory(answer)}
}

/** For lists, which show no events: without all but the last one, which says how the answer finished. */
export function headOfRecord(answer: LiveAnswer): MemoryRecord {
  const last = answer.state.ending === null ? undefined : eventsInMemory(answer).at(-1)
  return {row: liveRow(answer), events: last === undefined ? [] : [last]}
}

/**
 * The rule by which memory goes over the file: what the log says of an answer is memory's, what people said of it is
 * the file's.
 */
export function overlaidRow(stored: AnswerRow | null, memory: AnswerRow): AnswerRow {
  if (stored === null) return memory
  const {rating, rating_reasons, rating_comment, rated_at} = stored
  const {verdict, review_note, corrected_answer, reviewed_at} = stored
  return {
    ...memory,
    row: stored.row,
    rating,
    rating_reasons,
    rating_comment,
    rated_at,
    verdict,
    review_note,
    corrected_answer,
    reviewed_at,
  }
}

/** The same rule for events: memory's, after those of the file that came before them. */
export function overlaidEvents(
  stored: readonly SequencedEvent[],
  memory: readonly SequencedEvent[],
): readonly SequencedEvent[] {
  const first = memory[0]
  if (first === undefined) return stored
  return [...stored.filter(({seq}) => seq < first.seq), ...memory]
}
