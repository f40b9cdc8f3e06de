import type {AnswerState, JournalEntry, JournalDetails, JournalledAnswer} from '../answers/index.ts'
import {refOf} from '../answers/index.ts'
import type {SequencedEvent} from '../domain/index.ts'
import {type AnswerRow, withoutOpinions} from './answer-row.ts'

/** An answer that is not wholly on disk: under way, or not written yet. */
export interface LiveAnswer {
  readonly entry: JournalEntry
  /** What its events add up to. The run adds them. */
  readonly state: AnswerState
  /** Its row in `answers`; null until it is written. */
  row: number | null
  /** To be written, in order. */
  pending: SequencedEvent[]
  /** Every event, for modes that do not keep them on disk; null where the file has them. */
  readonly whole: SequencedEvent[] | null
  facts: JournalDetails
  hasNewFacts: boolean
  /** Events were given up for want of room. */
  isPartial: boolean
}

/** @param keepsWhole Whether all its events stay in memory until it ends. */
export function createLiveAnswer(entry: JournalEntry, state: AnswerState, keepsWhole: boolean): LiveAnswer {
  return {
    entry,
    state,
    row: null,
    pending: [],
    whole: keepsWhole ? [] : null,
    facts: {},
    hasNewFacts: false,
    isPartial: false,
  }
}

export function journalledLive({entry, state}: LiveAnswer): JournalledAnswer {
  return {...entry, ending: state.ending}
}

/** The events of an answer that memory has: its last ones, or all where `whole` is kept. */
export function eventsInMemory({whole, pending}: LiveAnswer): readonly SequencedEvent[] {
  return whole ?? pending
}

/** The row it would have now, its number -1 until it is written. Where no words are kept the question goes with the end. */
export function liveRow(answer: LiveAnswer): AnswerRow {
  const {entry, state} = answer
  const keepsQuestion = answer.whole === null || state.ending === null
  return withoutOpinions({
    row: answer.row ?? -1,
    id: entry.answerId,
    ref: refOf(entry.answerId),
    conversation: entry.conversation,
    question: keepsQuestion ? entry.question : '',
    version: entry.version,
    build: entry.build,
    generator: entry.generator,
    model: entry.model,
    embedding: entry.embedding,
    started_at: entry.startedAt,
    settings: JSON.stringify(entry.settings),
    channel: entry.channel,
    idempotency_key: entry.idempotencyKey,
    ending: state.ending,
    abstained: state.abstained ? 1 : 0,
    finish_reason: state.finishReason,
    text: state.text,
    usage: JSON.stringify(state.usage),
    timings: JSON.stringify(state.timings()),
    facts: JSON.stringify(answer.facts),
  })
}
