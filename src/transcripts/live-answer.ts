import type {AnswerState, JournalEntry, JournalFacts} from '../answers/index.ts'
import {refOf} from '../answers/index.ts'
import {isPartialFinish, type SequencedEvent} from '../domain/index.ts'
import {type AnswerRow, excerptOf} from './transcript-reads.ts'
import type {TranscriptFilter, TranscriptItem} from './transcript-store.ts'

/** An answer that is not wholly on disk: under way, or not written yet. */
export interface LiveAnswer {
  readonly entry: JournalEntry
  readonly fold: AnswerState
  /** Its row in `answers`; null until it is written. */
  row: number | null
  /** To be written, in order. */
  pending: SequencedEvent[]
  /** Everything, for modes that do not keep it on disk; null where the file has it. */
  readonly whole: SequencedEvent[] | null
  facts: JournalFacts
  hasNewFacts: boolean
  /** Events were given up for want of room. */
  isPartial: boolean
}

/** The row it would have now. Without `keepsWords` the question goes with the end. */
export function liveRow(answer: LiveAnswer, keepsWords: boolean): AnswerRow {
  const {entry, fold} = answer
  return {
    row: answer.row ?? -1,
    id: entry.answerId,
    ref: refOf(entry.answerId),
    conversation: entry.conversation,
    question: keepsWords || fold.ending === null ? entry.question : '',
    version: entry.version,
    build: entry.build,
    generator: entry.generator,
    model: entry.model,
    embedding: entry.embedding,
    started_at: entry.startedAt,
    settings: JSON.stringify(entry.settings),
    channel: entry.channel,
    idempotency_key: entry.idempotencyKey,
    ending: fold.ending,
    abstained: fold.abstained ? 1 : 0,
    finish_reason: fold.finishReason,
    text: fold.text,
    usage: JSON.stringify(fold.usage),
    timings: JSON.stringify(fold.timings()),
    facts: JSON.stringify(answer.facts),
    rating: null,
    rating_reasons: null,
    rating_comment: null,
    rated_at: null,
    verdict: null,
    review_note: null,
    corrected_answer: null,
    reviewed_at: null,
  }
}

/** About how many characters an event holds in memory. */
export function sizeOf(event: SequencedEvent['event']): number {
  if (event.type === 'delta' || event.type === 'reasoning') return event.text.length
  return event.type === 'sources' ? 600 * (event.sources.length + 1) : 400
}

/** What the log itself says of an answer, without what people said of it. */
export function withoutReview(row: AnswerRow): Partial<AnswerRow> {
  const {
    rating: _rating,
    rating_reasons: _reasons,
    rating_comment: _comment,
    rated_at: _ratedAt,
    verdict: _verdict,
    review_note: _note,
    corrected_answer: _corrected,
    reviewed_at: _reviewedAt,
    ...rest
  } = row
  return rest
}

/** An item of the list for an answer that only memory has. */
export function memoryItem(row: AnswerRow): TranscriptItem {
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
    rating: null,
    verdict: null,
    build: row.build,
    generator: row.generator,
    model: row.model,
    timings: JSON.parse(row.timings ?? '{}') as TranscriptItem['timings'],
    excerpt: excerptOf(row.text),
  }
}

/** The filter of the list, for an answer that only memory has. */
export function matches({entry, fold}: LiveAnswer, filter: TranscriptFilter): boolean {
  const words = filter.q?.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const haystack = words.length > 0 ? `${entry.question} ${fold.text}`.toLowerCase() : ''
  return (
    words.every((word) => haystack.includes(word)) &&
    (filter.ending === undefined ||
      (filter.ending === 'running' ? fold.ending === null : fold.ending === filter.ending)) &&
    (filter.rating === undefined || filter.rating === 'none') &&
    (filter.verdict === undefined || filter.verdict === 'none') &&
    (filter.abstained === undefined || fold.abstained === filter.abstained) &&
    (filter.partial === undefined || fold.partial === filter.partial) &&
    (filter.build === undefined || entry.build === filter.build) &&
    (filter.from === undefined || entry.startedAt >= filter.from) &&
    (filter.to === undefined || entry.startedAt < filter.to) &&
    (filter.conversation === undefined || entry.conversation === filter.conversation)
  )
}
