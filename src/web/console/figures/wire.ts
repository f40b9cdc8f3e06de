import type {Usage} from '../../../domain/index.ts'

/** What `GET /api/admin/analytics` sends. */

export interface Quantiles {
  /** In milliseconds. */
  readonly p50: number
  readonly p95: number
  /** How many answers were measured. */
  readonly answers: number
}

export interface Tokens extends Usage {
  readonly model: string | null
  /** Null where the model has no price. */
  readonly cost: number | null
}

/** All that a model has read and written. */
export function tokensOf({inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens}: Tokens): number {
  return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens
}

export type Wait = 'sources' | 'firstToken' | 'longestStall' | 'total'

export interface Figures {
  readonly answers: number
  readonly conversations: number
  readonly endings: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  readonly abstained: number
  readonly partial: number
  readonly ratings: {readonly up: number; readonly down: number}
  readonly missing: number
  readonly left: {readonly beforeFirstToken: number; readonly beforeEnd: number}
  readonly sources: {
    readonly answers: number
    readonly opened: number
    readonly places: readonly {readonly n: number; readonly shown: number; readonly opened: number}[]
  }
  readonly resumed: {readonly answers: number; readonly times: number}
  readonly times: Readonly<Record<Wait, Quantiles | null>>
  readonly tokens: readonly Tokens[]
  readonly cost: number | null
}

export interface Period extends Figures {
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
}

export interface PatienceStep {
  readonly afterMs: number
  readonly untilMs: number | null
  /** How many still waited for the first word after `afterMs`, and how many of them left before `untilMs`. */
  readonly waiting: number
  readonly left: number
}

export interface PageFigures {
  readonly url: string
  readonly shown: number
  readonly cited: number
  readonly disliked: number
  readonly opened: number
}

export interface QuestionFigures {
  readonly question: string
  readonly ref: string
  readonly asked: number
  readonly unanswered: number
}

export interface Analytics {
  readonly from: number
  readonly to: number
  readonly total: Figures
  readonly periods: readonly Period[]
  readonly builds: readonly ({readonly build: string} & Figures)[]
  readonly patience: readonly PatienceStep[]
  readonly pages: readonly PageFigures[]
  readonly openedPages: readonly PageFigures[]
  readonly questions: readonly QuestionFigures[]
  readonly languages: readonly {readonly lang: string | null; readonly answers: number}[]
  readonly channels: readonly {readonly channel: string; readonly answers: number}[]
}

/** What the transcripts take, in bytes. */
export interface Storage {
  readonly transcripts: {
    readonly bytes: number
    readonly maxBytes: number | null
    readonly besideBytes: number
    readonly oldestAt: number | null
    /** 0 for ever; null where that is not known. */
    readonly retentionDays: number | null
    readonly isErased: boolean
    /** Why nothing can be written; else null. */
    readonly problem: string | null
  }
}
