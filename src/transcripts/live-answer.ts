import type {
  AnswerMaterial,
  AnswerState,
  JournalDetails,
  JournalEntry,
  JournalledAnswer,
} from '../answers/index.ts'
import {refOf} from '../answers/index.ts'
import type {SequencedEvent} from '../domain/index.ts'
import {type AnswerRow, withoutFeedback} from './answer-row.ts'

/** An answer that is not completely on disk: running, or not written yet. */
export interface LiveAnswer {
  readonly entry: JournalEntry
  /** The state that its events add up to. The run adds them. */
  readonly state: AnswerState
  /** Its row in `answers`; null until it is written. */
  row: number | null
  /** Events to be written, in order. */
  pending: SequencedEvent[]
  /** All events, for modes that do not store them on disk; null if the file has them. */
  readonly allEvents: SequencedEvent[] | null
  /** What it was made of, to be written; redacted. */
  material: AnswerMaterial[]
  details: JournalDetails
  hasNewDetails: boolean
  /** Events were dropped because too many were unwritten. */
  isPartial: boolean
}

/** @param keepsAllEvents whether all its events stay in memory until it ends. */
export function createLiveAnswer(
  entry: JournalEntry,
  state: AnswerState,
  keepsAllEvents: boolean,
): LiveAnswer {
  return {
    entry,
    state,
    row: null,
    pending: [],
    allEvents: keepsAllEvents ? [] : null,
    material: [],
    details: {},
    hasNewDetails: false,
    isPartial: false,
  }
}

export function journalledLive({entry, state}: LiveAnswer): JournalledAnswer {
  return {...entry, ending: state.ending}
}

/** The events of an answer that are in memory: the unwritten ones, or all of them if `allEvents` is kept. */
export function eventsInMemory({allEvents, pending}: LiveAnswer): readonly SequencedEvent[] {
  return allEvents ?? pending
}

/** The language of the pages that were searched; the one that was asked for until that is known. */
export function languageOf({entry, details}: Pick<LiveAnswer, 'entry' | 'details'>): string | null {
  return details.lang ?? entry.lang ?? null
}

/** Where the visitor was, as its column has it. */
export function pageJsonOf({page = null}: Pick<LiveAnswer['entry'], 'page'>): string | null {
  return page === null ? null : JSON.stringify(page)
}

/** The row it would have now, with id -1 until it is written. If text is not kept, question and page are dropped at the end. */
export function liveRow(answer: LiveAnswer): AnswerRow {
  const {entry, state} = answer
  const keepsQuestion = answer.allEvents === null || state.ending === null
  return withoutFeedback({
    row: answer.row ?? -1,
    id: entry.answerId,
    ref: refOf(entry.answerId),
    conversation: entry.conversation,
    question: keepsQuestion ? entry.question : '',
    version: entry.version,
    lang: languageOf(answer),
    page: keepsQuestion ? pageJsonOf(entry) : null,
    build: entry.build,
    generator: entry.generator,
    model: entry.model,
    embedding: entry.embedding,
    started_at: entry.startedAt,
    settings: JSON.stringify(entry.settings),
    channel: entry.channel,
    idempotency_key: entry.idempotencyKey,
    chat: entry.chat ?? null,
    visitor: entry.visitor ?? null,
    ending: state.ending,
    abstained: state.abstained ? 1 : 0,
    finish_reason: state.finishReason,
    text: state.text,
    usage: JSON.stringify(state.usage),
    timings: JSON.stringify(state.timings()),
    facts: JSON.stringify(answer.details),
  })
}
