import type {SequencedEvent} from '../domain/index.ts'
import type {AnswerRow} from './answer-row.ts'
import {eventsInMemory, type LiveAnswer, liveRow} from './live-answer.ts'
import type {LiveAnswers} from './live-answers.ts'
import type {WriteBehind} from './write-behind.ts'

/** What is known about an answer in memory but not in the file, as plain data that can be sent to another process. */
export interface MemoryRecord {
  /** The row as it would be written now; its id is -1 while the file has no row for it. */
  readonly row: AnswerRow
  /** The latest events of the answer, in order. */
  readonly events: readonly SequencedEvent[]
}

/** Whether memory has more of an answer than is kept: it is not written yet, or its text is kept in memory alone. */
export function isNewerThanKept(answer: LiveAnswer, writes: Pick<WriteBehind, 'unwritten'>): boolean {
  return writes.unwritten.has(answer) || answer.allEvents !== null
}

/** Those of these answers of which memory has more than is kept. */
export function newerRecords(
  answerIds: readonly string[],
  live: LiveAnswers,
  writes: Pick<WriteBehind, 'unwritten'>,
): MemoryRecord[] {
  return answerIds.flatMap((answerId) => {
    const answer = live.get(answerId)
    return answer !== undefined && isNewerThanKept(answer, writes) ? [recordOf(answer)] : []
  })
}

/** For reads of whole answers. */
export function recordOf(answer: LiveAnswer): MemoryRecord {
  return {row: liveRow(answer), events: eventsInMemory(answer)}
}

/** For lists, which show no events: only with the last one, which has the finish reason. */
export function summaryRecordOf(answer: LiveAnswer): MemoryRecord {
  const last = answer.state.ending === null ? undefined : eventsInMemory(answer).at(-1)
  return {row: liveRow(answer), events: last === undefined ? [] : [last]}
}

/**
 * Overlays the row in memory on the one in the file: the answer is taken from memory, and from the file what readers and staff make of it.
 */
export function overlayRow(stored: AnswerRow | null, memory: AnswerRow): AnswerRow {
  if (stored === null) return memory
  const {rating, rating_reasons, rating_comment, rated_at, missing} = stored
  const {verdict, review_note, corrected_answer, reviewed_at, reviewer, resumes, opened} = stored
  return {
    ...memory,
    row: stored.row,
    rating,
    rating_reasons,
    rating_comment,
    rated_at,
    missing,
    verdict,
    review_note,
    corrected_answer,
    reviewed_at,
    reviewer,
    resumes,
    opened,
  }
}

/** The events of the file up to those in memory, then those in memory. */
export function overlayEvents(
  stored: readonly SequencedEvent[],
  memory: readonly SequencedEvent[],
): readonly SequencedEvent[] {
  const first = memory[0]
  if (first === undefined) return stored
  return [...stored.filter(({seq}) => seq < first.seq), ...memory]
}
