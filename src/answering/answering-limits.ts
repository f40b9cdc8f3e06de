/** Bounds of one answer. */
export interface RunLimits {
  readonly sourcesPerAnswer: number
  /** Retrievals in all, the first one included. */
  readonly maxRounds: number
  /** UTF-16 units of an answer; a longer one ends as `upstream_invalid`. */
  readonly maxTextChars: number
  readonly maxEvents: number
  /** The generator is not pulled further while every reader is so many events behind. */
  readonly pauseLagEvents: number
  /** A reader that reads nothing while so many events come is ended. */
  readonly maxReaderLagEvents: number
}

export interface AnsweringLimits extends RunLimits {
  /** Answers at the same time; more are refused as `rate_limited`. */
  readonly maxConcurrent: number
  /** Turns of a conversation that a question is understood from: the latest, and those that opened it. */
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
  /** Longest wait, from the question on, for the first sign of life of the generator. */
  readonly firstTokenMs: number
  /** Longest time for a whole answer. */
  readonly answerMs: number
}
