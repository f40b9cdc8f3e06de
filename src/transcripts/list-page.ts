import {answerStateOf} from '../answers/index.ts'
import type {SequencedEvent} from '../domain/index.ts'
import type {AnswerRow} from './answer-row.ts'
import type {MatchCount} from './catalog/catalog-reads.ts'
import {sizeOf} from './event-size.ts'
import type {TranscriptPage} from './transcript-store.ts'

/** Counting further takes longer than reading the page, and says no more. On a slow disk it ends earlier. */
export const maxMatches = 10_000

/** Ids of one page of an export. */
export const idsPageSize = 50

/** Approximate characters of events in one message: receiving more at once would delay streams. */
export const maxReadChars = 256 * 1024
/** What an event takes in addition to its text. */
const charsPerEvent = 100

/** Items of a page that was asked for: 1 to 200. */
export function pageSizeOf(limit: number): number {
  return Math.min(200, Math.max(1, Math.trunc(limit) || 50))
}

/** Says "more than 3,000" where there are more than 3,021. */
export function roundedIfMore({answers, isAll}: MatchCount): TranscriptPage['total'] {
  if (isAll && answers <= maxMatches) return {answers, isExact: true}
  const unit = answers < 100 ? 1 : 100
  return {answers: Math.min(maxMatches, Math.floor(answers / unit) * unit), isExact: false}
}

/** Whether text and timings of an answer are still in its events alone: it is running. */
export function hasTextInEvents({ending, timings}: AnswerRow): boolean {
  return ending === null && timings === null
}

/** The row of a running answer, with text and timings from its events. */
export function withTextSoFar(row: AnswerRow, events: readonly SequencedEvent[]): AnswerRow {
  const state = answerStateOf(events, row.started_at)
  return {...row, text: state.text, timings: JSON.stringify(state.timings())}
}

/** How much of a message events take, in characters. */
export function charsOf(events: readonly SequencedEvent[]): number {
  let chars = 0
  for (const {event} of events) chars += charsPerEvent + sizeOf(event)
  return chars
}
