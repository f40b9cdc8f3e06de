import type {Ending} from '../../../domain/index.ts'

/** What the staff API sends of gaps, as far as the console reads it. */

export type GapState = 'open' | 'closed' | 'dismissed'
export type Severity = 'high' | 'medium' | 'low'
export type GapReason = 'abstained' | 'partly' | 'disliked' | 'left' | 'failedReview'

/** Permission of those who assign, close and dismiss. */
export const changesGaps = 'change_gaps'

export interface SectionLink {
  readonly title: string
  /** With the fragment. */
  readonly url: string
  readonly headings: readonly string[]
}

export interface Gap {
  readonly id: string
  readonly title: string
  readonly lang: string | null
  readonly version: string | null
  readonly state: GapState
  readonly severity: Severity
  /** Answers. */
  readonly size: number
  readonly conversations: number
  /** Answers of the last seven days, and of the seven before. */
  readonly trend: {readonly recent: number; readonly before: number}
  /** Answers by their strongest reason. */
  readonly reasons: Readonly<Record<GapReason, number>>
  readonly scope: 'here' | 'elsewhere'
  /** Milliseconds since the epoch. */
  readonly firstAskedAt: number
  readonly lastAskedAt: number
  readonly nearest: readonly SectionLink[]
  readonly examples: readonly string[]
  /** Ids of verified answers that are given to its questions. */
  readonly verified: readonly string[]
  readonly assignee: string | null
  readonly note: string | null
  readonly revision: number
  readonly closed: {
    readonly at: number
    readonly by: string | null
    readonly build: string | null
    readonly how: 'build' | 'person'
    /** Of one gap alone, whether the build that is served has it. */
    readonly section: (SectionLink & {readonly isInDocs?: boolean}) | null
    readonly because: 'new_section' | 'changed_section' | null
  } | null
  readonly reopened: {readonly at: number; readonly by: string | null} | null
}

export interface GapPage {
  readonly items: readonly Gap[]
  readonly nextCursor: string | null
  /** Of the last grouping; null before the first. */
  readonly asOf: number | null
  readonly counts: Readonly<Record<GapState, number>>
  /** Gaps that would be in the list were they not about something else; null where they are in it. */
  readonly elsewhere: number | null
  /** Whether a grouping runs or is due. */
  readonly pending: boolean
  /** Why this server groups no questions; null where it does. */
  readonly reason: string | null
}

export interface GapQuestion {
  /** Null for those who may not read transcripts. */
  readonly answerId: string | null
  readonly question: string
  /** What was searched for: the same, or what it was completed to where it followed another. */
  readonly searched: string
  readonly askedAt: number
  readonly reason: GapReason
  readonly ending: Ending | null
  readonly rating: 'up' | 'down' | null
  /** Id of the verified answer that is given to it now. */
  readonly verified: string | null
}

export interface GapEvent {
  readonly at: number
  readonly by: string | null
  readonly what: string
  readonly detail: string | null
}

export interface GapDetail extends Gap {
  /** Newest first, and not more than are sent. */
  readonly questions: readonly GapQuestion[]
  /** Newest first. */
  readonly history: readonly GapEvent[]
  /** Golden questions that were made of it; absent where none can be. */
  readonly goldens?: number
}
