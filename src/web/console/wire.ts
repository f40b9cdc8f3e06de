import type {
  Ending,
  FinishReason,
  Highlight,
  SequencedEvent,
  Source,
  Timings,
  Usage,
  VisitorPage,
} from '../../domain/index.ts'

/** What the staff API sends, as far as the console reads it. */

export interface Member {
  readonly name: string
  readonly role: 'admin' | 'docs' | 'support'
  readonly personId: string | null
  readonly permissions: readonly string[]
}

/** Identifies a person, or a token that several share, the same at every sign-in. */
export const whoIs = ({personId, role, name}: Member): string => personId ?? `${role}:${name}`

export const verdicts = ['good', 'incomplete', 'wrong', 'harmful', 'should_abstain', 'should_answer'] as const

export type Verdict = (typeof verdicts)[number]

export interface TranscriptItem {
  readonly answerId: string
  readonly ref: string
  readonly conversation: string
  readonly question: string
  readonly lang: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly ending: Ending | null
  readonly finishReason: FinishReason | null
  readonly partial: boolean
  readonly rating: 'up' | 'down' | null
  readonly missing: boolean
  readonly verdict: Verdict | null
  readonly build: string
  readonly generator: string
  readonly model: string | null
  /** What kind of client asked. */
  readonly channel: string
  readonly timings: Timings
  readonly excerpt: string
  readonly abstained: boolean
  /** Where the words of a search are. */
  readonly match: {readonly text: string; readonly highlights: readonly Highlight[]} | null
}

export interface TranscriptPage {
  readonly items: readonly TranscriptItem[]
  readonly nextCursor: string | null
  readonly total: {readonly answers: number; readonly isExact: boolean} | null
  /** Answers from before an upgrade that are not in the list yet, at most; null or absent where all are. */
  readonly cataloguing?: {readonly remaining: number} | null
}

export interface Review {
  readonly verdict: Verdict
  readonly note: string | null
  readonly correctedAnswer: string | null
  readonly by: string | null
  readonly at: number
}

export interface Writer {
  readonly generator: string
  readonly model: string | null
}

export interface Transcript extends Writer {
  readonly answerId: string
  readonly ref: string
  readonly conversation: string
  readonly question: string
  readonly version: string | null
  readonly lang?: string | null
  readonly page?: VisitorPage | null
  readonly build: string
  readonly embedding: string
  readonly startedAt: number
  readonly settings: Readonly<Record<string, unknown>>
  readonly channel: string
  /** The same for all answers to one address; null where it is not known. */
  readonly visitor?: string | null
  readonly ending: Ending | null
  readonly finishReason: FinishReason | null
  readonly partial: boolean
  readonly upstreamRequestId?: string | null
  /** Set where a fallback wrote the answer. */
  readonly writtenBy?: Writer
  /** Why; absent in answers of earlier versions. */
  readonly fallbackCause?: {
    readonly code: string
    readonly upstreamRequestId: string | null
    readonly detail?: string
  }
  readonly errorDetail?: string | null
  readonly firstUsefulMs?: number
  /** Milliseconds by stage. */
  readonly retrievalTimings?: Readonly<Record<string, number>>
  readonly notes?: readonly string[]
  /** The gap that its question is in; null for none, absent in a file. */
  readonly gap?: string | null
  /** When its words were removed, since a page that it rested on was withdrawn. */
  readonly emptiedAt?: number
  readonly considered?: readonly Source[]
  readonly text: string
  readonly sources: readonly Source[]
  readonly usage: Usage
  /** An estimate; null where the model has no price. */
  readonly cost?: number | null
  readonly timings: Timings
  readonly resumes: number
  /** Numbers of the sources that the visitor opened. */
  readonly opened: readonly number[]
  readonly feedback: {
    readonly rating: 'up' | 'down' | null
    readonly missing: boolean
    readonly reasons: readonly string[]
    readonly comment: string | null
    readonly at: number
  } | null
  readonly review: Review | null
  readonly events: readonly SequencedEvent[]
}

export interface NamedCount {
  readonly name: string
  readonly answers: number
}
