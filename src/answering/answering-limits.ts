/** Limits of one answer. */
export interface RunLimits {
  readonly sourcesPerAnswer: number
  /** Number of retrievals, including the first. */
  readonly maxRounds: number
  /** Length of an answer in UTF-16 units; a longer one ends as `upstream_invalid`. */
  readonly maxTextChars: number
  readonly maxEvents: number
  /** The generator is paused while every reader is more than this many events behind. */
  readonly pauseLagEvents: number
  /** A reader that reads nothing while this many events arrive is ended. */
  readonly maxReaderLagEvents: number
}

export interface AnsweringLimits extends RunLimits {
  /** Concurrent answers; more are refused as `rate_limited`. */
  readonly maxConcurrent: number
  /** Turns of a conversation that are passed on with a question: the latest, and the ones that opened it. */
  readonly maxHistoryTurns: number
}

export const defaultAnsweringLimits: AnsweringLimits = {
  sourcesPerAnswer: 6,
  maxRounds: 4,
  maxTextChars: 400_000,
  maxEvents: 200_000,
  pauseLagEvents: 256,
  maxReaderLagEvents: 20_000,
  maxConcurrent: 1000,
  maxHistoryTurns: 12,
}

export interface Deadlines {
  /** Maximum time from the question to the first output of the generator. */
  readonly firstTokenMs: number
  /** Maximum time for a whole answer. */
  readonly answerMs: number
}
