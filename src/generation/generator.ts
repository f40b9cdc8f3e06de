import type {
  CitationEvent,
  DeltaEvent,
  ErrorCode,
  FinishReason,
  GeneratorName,
  PageNames,
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
  /** Best first, numbered. Never empty: without sources Docent abstains and calls no generator. */
  readonly sources: readonly RetrievedSource[]
  /** The page that the visitor is on; null or absent where that is not known. Its names may come from the visitor. */
  readonly visitorPage?: PageNames | null
  /** Words of the question that the docs never use, as the asker wrote them. Absent for none. */
  readonly unknownWords?: readonly string[]
  /**
   * Searches the docs again. The run sends the `sources` event before this resolves, so a generator may cite the result
   * at once. Empty when nothing new was found or no more rounds are allowed.
   */
  readonly search: (query: string) => Promise<readonly RetrievedSource[]>
  /** The text of an answer that broke off, to be continued; null for a new answer. */
  readonly continueFrom: string | null
  /** Called with what is not in the events as soon as it is known, so that an answer cut short has it too. */
  readonly report?: (report: GenerationReport) => void
}

/** What is known of a generation while it runs; a later report of a field replaces the earlier one. */
export interface GenerationReport {
  /** Tokens so far, over all attempts and rounds. */
  readonly usage?: Usage
  /** The upstream's id of the request. */
  readonly upstreamRequestId?: string
  /** A request to a model is sent and will be paid for; or the one that was sent was turned down and will not. */
  readonly modelCall?: 'sent' | 'turned-down'
  /** A request, just before it is sent to a model: complete, without key and headers. */
  readonly request?: SentBody
  /** The generator that writes, when it is not the primary one. */
  readonly writtenBy?: {readonly generator: GeneratorName; readonly model: string | null}
  /** Why the primary one does not write, with the message for the operator; reported with `writtenBy`. */
  readonly fallbackCause?: {
    readonly code: ErrorCode
    readonly upstreamRequestId: string | null
    readonly detail: string
  }
  /** One sentence for staff; each is kept. */
  readonly note?: string
}

export interface SentBody {
  /** As JSON: model, system, messages, tools and so on. */
  readonly body: object
  /** Texts of it that quote the docs without being marked as search results of the API. */
  readonly quotations: readonly string[]
}

/** The last event of a successful generation. A generator that ends without it has failed. */
export interface FinishEvent {
  readonly type: 'finish'
  readonly finishReason: FinishReason
  readonly usage: Usage
  /** The upstream's id of the request, for support tickets. */
  readonly upstreamRequestId: string | null
  /** Citations that were dropped because the sources do not have their words; absent where none are checked. */
  readonly droppedCitations?: number
}

export type GenerationEvent = ReasoningEvent | ToolEvent | DeltaEvent | CitationEvent | FinishEvent

/**
 * Writes an answer from sources. Pull-based, so a slow reader slows the upstream.
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
