/** `closed`: the docs answer it now, or somebody says so. `dismissed`: nobody will write about it. */
export const gapStates = ['open', 'closed', 'dismissed'] as const
export type GapState = (typeof gapStates)[number]

export const severities = ['low', 'medium', 'high'] as const
export type Severity = (typeof severities)[number]

/** Why an answer counts, the strongest first: one that has several counts for the first of them. */
export const gapReasons = ['failedReview', 'abstained', 'disliked', 'partly', 'left'] as const
export type GapReason = (typeof gapReasons)[number]

/** `elsewhere`: most of its questions are about something else altogether. */
export const gapScopes = ['here', 'elsewhere'] as const
export type GapScope = (typeof gapScopes)[number]

/** A section of the docs, for people. */
export interface GapSection {
  readonly title: string
  /** With the fragment. */
  readonly url: string
  readonly headings: readonly string[]
}

export type ClosedBecause = 'new_section' | 'changed_section'

export interface GapClosed {
  /** Milliseconds since the epoch, as all times here. */
  readonly at: number
  /** Who closed it; null where a build did. */
  readonly by: string | null
  readonly build: string | null
  readonly how: 'build' | 'person'
  /** What answers it now; null where a person closed it. */
  readonly section: GapSection | null
  readonly because: ClosedBecause | null
}

/** Questions of one meaning that the docs did not answer well. It has no words of visitors: those are in the transcripts. */
export interface Gap {
  /** Stays while it has a question. */
  readonly id: string
  readonly state: GapState
  /** Counts up with each change by staff, and when it closes or reopens. */
  readonly revision: number
  /** `ref` of the answer to the question that is nearest to the middle. */
  readonly titleRef: string
  /** Up to 3 others that are put differently. */
  readonly exampleRefs: readonly string[]
  /** The language of most of its questions. */
  readonly lang: string | null
  readonly version: string | null
  readonly severity: Severity
  readonly size: number
  readonly conversations: number
  /** Questions of the 7 days before the last grouping, and of the 7 before those. */
  readonly trend: {readonly recent: number; readonly before: number}
  readonly reasons: Readonly<Record<GapReason, number>>
  readonly scope: GapScope
  readonly firstAskedAt: number
  readonly lastAskedAt: number
  readonly nearest: readonly GapSection[]
  readonly assignee: string | null
  readonly note: string | null
  readonly closed: GapClosed | null
  /** When it was opened again last; `by` is null where a question did that. */
  readonly reopened: {readonly at: number; readonly by: string | null} | null
}

/** A question of a gap, by its answer. */
export interface GapQuestion {
  readonly ref: string
  readonly askedAt: number
  readonly reason: GapReason
}

export const gapEvents = ['closed', 'reopened', 'dismissed', 'assigned', 'noted'] as const

export interface GapEvent {
  readonly at: number
  /** Null where nobody did it. */
  readonly by: string | null
  readonly what: (typeof gapEvents)[number]
  readonly detail: string | null
}

/** At most so many questions are grouped: the newest. */
export const maxQuestions = 100_000
/**
 * At most so many gaps are kept. Beyond them those with the fewest questions go, of these the ones asked longest ago; never one that
 * was assigned, noted, closed or dismissed.
 */
export const maxGaps = 5_000
/** In UTF-16 units. */
export const maxNote = 4_000
export const maxAssignee = 100
