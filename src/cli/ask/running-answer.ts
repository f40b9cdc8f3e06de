import type {AnswerEvent} from '../../domain/index.ts'

export interface AskRequest {
  readonly question: string
  readonly version: string | null
  /** BCP 47; null for that of the question. */
  readonly lang: string | null
  readonly signal: AbortSignal
}

/** An answer that is being written, locally or by a server. The signal of the request stops it; then the events end. */
export interface RunningAnswer {
  readonly events: AsyncIterable<AnswerEvent>
  /** Resolves with the answer as JSON. Call it after the last event. */
  json(): Promise<object>
  close(): Promise<void>
}
