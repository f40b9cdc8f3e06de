import type {ErrorCode} from './error.ts'
import type {PageLink} from './page.ts'
import type {Source} from './source.ts'

/**
 * How an answer ended; the same words on the wire, in the log and in every filter.
 *
 * - `complete` the generator finished
 * - `abstained` the docs do not have the answer; no model was called
 * - `stopped` the visitor stopped it
 * - `disconnected` the last reader left
 * - `timeout` a deadline passed
 * - `error` something failed
 * - `interrupted` the server stopped or died
 */
export type Ending =
  | 'complete'
  | 'abstained'
  | 'stopped'
  | 'disconnected'
  | 'timeout'
  | 'error'
  | 'interrupted'

export const endings = [
  'complete',
  'abstained',
  'stopped',
  'disconnected',
  'timeout',
  'error',
  'interrupted',
] as const satisfies readonly Ending[]

export type GeneratorName = 'anthropic' | 'extractive' | 'scripted'

/** Why Docent abstained. */
export type AbstentionReason = 'no_hits' | 'low_score' | 'off_topic' | 'other_product' | 'version_empty'

/** How much of a question the docs may answer: all that it asks, or a part. */
export type Answerability = 'yes' | 'partly'

/**
 * Why the generator finished. `bare_reply`: there was nothing to answer, as in thanks or a greeting; nothing was searched
 * and no model called.
 */
export type FinishReason = 'end' | 'max_tokens' | 'refusal' | 'context_exceeded' | 'extract' | 'bare_reply'

/** The generator finished, but with a partial answer: the model declined, or reached a limit. */
export type PartialFinish = Extract<FinishReason, 'max_tokens' | 'refusal' | 'context_exceeded'>

const partialWords: Readonly<Record<PartialFinish, string>> = {
  refusal: 'the model declined',
  max_tokens: 'reached its length limit',
  context_exceeded: 'reached the limit of the model’s context',
}

/** Finish reasons of answers that ended `complete` but are partial. */
export const partialFinishes = Object.keys(partialWords) as readonly PartialFinish[]

/**
 * Whether an answer that ended `complete` is partial. Its ending stays, since the stream was complete; it is never shown,
 * filtered or counted as a fully finished answer.
 */
export function isPartialFinish(finishReason: string | null | undefined): finishReason is PartialFinish {
  return finishReason != null && Object.hasOwn(partialWords, finishReason)
}

/** What happened to a partial answer, for staff and terminals; null for every other. */
export function partialWordsOf(finishReason: string | null | undefined): string | null {
  return isPartialFinish(finishReason) ? partialWords[finishReason] : null
}

export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
}

export const noUsage: Usage = {inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0}

export function sumOfUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  }
}

/** Milliseconds since the question was accepted; null for what never happened. */
export interface Timings {
  readonly sourcesMs: number | null
  readonly firstTokenMs: number | null
  /** The longest silence between two events after the first delta. */
  readonly longestStallMs: number
  readonly totalMs: number
}

export interface StartEvent {
  readonly type: 'start'
  readonly answerId: string
  /** The key of the conversation, for the asker alone: set on the first delivery to the asker, then null. */
  readonly conversationId: string | null
  /** The answer's name for logs and analytics; gives no access. Absent from an old server. */
  readonly ref: string
  readonly build: string
  readonly generator: GeneratorName
  readonly model: string | null
  readonly embedding: string
}

export interface SourcesEvent {
  readonly type: 'sources'
  /** 1 for the first retrieval; later rounds add sources and continue `n`. */
  readonly round: number
  /** What was searched for: the question, or what it was rewritten to. */
  readonly query: string
  readonly sources: readonly Source[]
  /**
   * Hosts that these sources link to or name, anywhere in their text: a link in the answer to another host is not from
   * the docs. Absent in events of older versions.
   */
  readonly linkHosts?: readonly string[]
  /** Of the question, decided before words. Absent when the answer was abstained, and in events of older versions. */
  readonly answerability?: Answerability
  /** Words of the question that the docs never use, as the asker wrote them, 1 to 5; absent for none. */
  readonly unknownWords?: readonly string[]
}

export interface ReasoningEvent {
  readonly type: 'reasoning'
  readonly text: string
}

export interface ToolEvent {
  readonly type: 'tool'
  readonly id: string
  readonly name: string
  readonly status: 'started' | 'done' | 'failed'
  /**
   * Of `search_docs`: `{query}`. Of `generator`, which tells that a model failed: `{generator, action, code}`, with the
   * one that writes from here on, `retry` or `fallback`, and the error.
   */
  readonly input?: unknown
  /** Of `search_docs` when it is done: `{found}`, the number of sections that were new. */
  readonly output?: unknown
  /** One sentence for the reader, in English. */
  readonly summary?: string
}

export interface DeltaEvent {
  readonly type: 'delta'
  readonly text: string
}

export interface CitationEvent {
  readonly type: 'citation'
  /** The number of a source that was sent. */
  readonly n: number
  /** `[start, end)` in UTF-16 units of the text so far. */
  readonly start: number
  readonly end: number
  /** The text of the source that supports the claim, where it is known. */
  readonly quote?: string
}

export interface ErrorEvent {
  readonly type: 'error'
  readonly ending: 'error' | 'timeout' | 'interrupted'
  readonly code: ErrorCode
  /** For the reader. */
  readonly message: string
  readonly retryable: boolean
  readonly retryAfterMs?: number
  /** Usage before it failed, as far as that is known; absent when there was none. */
  readonly usage?: Usage
}

export interface DoneEvent {
  readonly type: 'done'
  readonly ending: 'complete' | 'abstained' | 'stopped' | 'disconnected'
  readonly finishReason?: FinishReason
  /** Set only where it is true: the model declined, or a limit cut the answer; `finishReason` says which. */
  readonly partial?: true
  readonly abstained: boolean
  readonly reason?: AbstentionReason
  readonly nearest?: readonly PageLink[]
  /** Of an abstained answer: words of the question that the docs never use, 1 to 5; absent for none. */
  readonly unknownWords?: readonly string[]
  readonly usage: Usage
  readonly timings: Timings
}

/**
 * Every event of an answer. Grammar:
 * `start (sources | tool | reasoning | delta | citation)* (done | error)`:
 * exactly one terminal event; `sources` before the first `delta`, and at least once unless an `error` comes first.
 */
export type AnswerEvent =
  | StartEvent
  | SourcesEvent
  | ReasoningEvent
  | ToolEvent
  | DeltaEvent
  | CitationEvent
  | ErrorEvent
  | DoneEvent

export type TerminalEvent = ErrorEvent | DoneEvent

export function isTerminal(event: AnswerEvent): event is TerminalEvent {
  return event.type === 'done' || event.type === 'error'
}

/** An event in its current form: a `done` stored by an older version gets `partial` as well. */
export function inCurrentForm<T extends AnswerEvent>(event: T): T {
  if (event.type !== 'done' || !isPartialFinish(event.finishReason)) return event
  return {...event, partial: true}
}

/** An event with its position in its answer and its time. */
export interface SequencedEvent {
  /** 1 for `start`, then without gaps. */
  readonly seq: number
  /** Milliseconds since the epoch, for display; the order is that of `seq`. */
  readonly at: number
  readonly event: AnswerEvent
}
