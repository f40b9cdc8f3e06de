import type {AnswerEvent} from '../../domain/index.ts'

export interface Asked {
  readonly question: string
  readonly version: string | null
  readonly signal: AbortSignal
}

/** One answer, wherever it is written. Stopping it is asked for by the signal; the events then end. */
export interface Asking {
  readonly events: AsyncIterable<AnswerEvent>
  /** After the last event. */
  whole(): Promise<Record<string, unknown>>
  close(): Promise<void>
}
