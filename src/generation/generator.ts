import type {
  CitationEvent,
  DeltaEvent,
  FinishReason,
  GeneratorName,
  ReasoningEvent,
  RetrievedSource,
  ToolEvent,
  Turn,
  Usage,
} from '../domain/index.ts'

export interface GenerationRequest {
  readonly question: string
  /** Earlier turns, oldest first. */
  readonly history: readonly Turn[]
  /** Best first; numbered. Never empty: an answer without sources is an abstention and calls no generator. */
  readonly sources: readonly RetrievedSource[]
  /**
   * Looks again in the docs. The run sends the `sources` event before this resolves, so a generator may cite
   * what it returns at once. Empty when nothing new was found or no more rounds are allowed.
   */
  readonly search: (query: string) => Promise<readonly RetrievedSource[]>
  /** The text of an answer that broke off, to be continued; null for a new one. */
  readonly continueFrom: string | null
  /** Told what is known beside the events as soon as it is known, so that an answer cut short has it too. */
  readonly report?: (facts: GenerationFacts) => void
}

/** What is known of a generation while it goes on; a later report of a field replaces the one before. */
export interface GenerationFacts {
  /** Spent so far, over all tries and rounds. */
  readonly usage?: Usage
  /** The upstream's id of the request. */
  readonly upstreamRequestId?: string
  /** A request to a model goes out and will be paid for; or the one that went out was turned down and is not. */
  readonly modelCall?: 'sent' | 'turned-down'
  /** Who writes, when it is not the generator that was asked. */
  readonly writtenBy?: {readonly generator: GeneratorName; readonly model: string | null}
}

/** Ends a generation that went well. A generator that finishes without it has failed. */
export interface FinishEvent {
  readonly type: 'finish'
  readonly finishReason: FinishReason
  readonly usage: Usage
  /** The upstream's id of the request, for support tickets. */
  readonly upstreamRequestId: string | null
  /** Citations that did not hold against the sources and were left out; absent where none are checked. */
  readonly droppedCitations?: number
}

export type GenerationEvent = ReasoningEvent | ToolEvent | DeltaEvent | CitationEvent | FinishEvent

/**
 * Writes an answer from sources. Pulled, so a slow reader slows the source.
 *
 * Throws a `DocentError` (an `upstream_…` code or `stall_timeout`) when it fails, at any point. When the signal
 * aborts, the upstream request is closed at once and the generator throws the signal's reason.
 */
export interface Generator {
  readonly name: GeneratorName
  /** The model's name; null where there is none. */
  readonly model: string | null
  generate(
    request: GenerationRequest,
    options: {readonly signal: AbortSignal},
  ): AsyncGenerator<GenerationEvent>
}
