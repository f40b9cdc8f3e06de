/** What the staff API sends of reindexes, builds, searches and coverage, as far as the console reads it. */

export interface Job {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly by: 'staff' | 'webhook' | 'timer'
  readonly name: string | null
  readonly full: boolean
  readonly force: boolean
  /** Milliseconds since the epoch. */
  readonly requestedAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly progress: Progress | null
  readonly outcome: Report['outcome'] | null
  readonly build: string | null
  readonly problem: JobProblem | null
  readonly canCancel: boolean
}

export interface JobProblem {
  readonly code: string
  readonly message: string
}

export interface Progress {
  readonly stage: string
  readonly done: number
  readonly total: number
  readonly passages: number
  readonly embedded: number
}

export interface Diagnostic {
  readonly path: string
  readonly line: number | null
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly reason: string
  readonly hint?: string
}

export interface Gate {
  readonly name: string
  readonly passed: boolean
  readonly detail: string
}

/** The lists of one that is kept with a build have their first items; the numbers count all. */
export interface Report {
  readonly outcome: 'published' | 'unchanged' | 'refused' | 'dry-run'
  readonly build: string | null
  readonly previous: string | null
  readonly site: string
  readonly sources: readonly {
    readonly name: string | null
    readonly place: string
    readonly site: string
    readonly commit: string | null
    readonly problem: string | null
  }[]
  readonly embedding: {readonly name: string}
  readonly fullBecause: string | null
  readonly renewedBecause: string | null
  readonly pages: Readonly<
    Record<
      'total' | 'new' | 'changed' | 'moved' | 'removed' | 'unchanged' | 'setAside' | 'unread' | 'stale',
      number
    >
  >
  readonly passages: Readonly<Record<'total' | 'added' | 'removed' | 'embedded', number>>
  readonly setAsideBecause: Readonly<Record<string, number>>
  readonly otherFormats: Readonly<Record<string, number>>
  readonly changes: readonly {
    readonly path: string
    readonly kind: 'new' | 'changed' | 'moved' | 'removed'
    readonly from?: string
    readonly passages: Readonly<Record<'added' | 'kept' | 'removed', number>>
  }[]
  readonly diagnostics: readonly Diagnostic[]
  readonly byRule: Readonly<Record<string, number>>
  readonly fidelity: {
    readonly visibleWords: number
    readonly keptWords: number
    readonly losing: readonly {
      readonly path: string
      readonly visibleWords: number
      readonly keptWords: number
    }[]
    readonly constructs: Readonly<
      Record<
        string,
        {
          readonly notUnderstood: number
          readonly lostWords: number
          readonly most: {readonly path: string; readonly count: number} | null
        }
      >
    >
  }
  readonly gates: readonly Gate[]
  readonly golden: {readonly questions: number; readonly hitAt5: number} | null
  /** Absent in reports of earlier versions. */
  readonly staffQuestions?: StaffQuestions | null
  readonly stages: Readonly<Record<string, number>>
  readonly tookMs: number
}

/** How the golden questions of the staff did when a build was made. */
export interface StaffQuestions {
  readonly questions: number
  readonly asked: number
  readonly found: number
  /** Ids, at most a hundred. */
  readonly missed: readonly string[]
  readonly problem: string | null
  /** Lines of their file that were left out, the first fifty; absent in reports of earlier versions, as their number. */
  readonly problems?: readonly {readonly line: number; readonly problem: string}[]
  readonly problemCount?: number
}

/** A group of questions that a build answers now. */
export interface ClosedGap {
  readonly id: string
  readonly title: string
  /** Answers in it. */
  readonly size: number
}

export interface Build {
  readonly id: string
  readonly isCurrent: boolean
  readonly problem: string | null
  readonly manifest: {
    readonly createdAt: string
    readonly embedding: {readonly name: string; readonly dimensions: number}
    readonly languages?: {readonly default: string | null}
    readonly counts: Readonly<Record<'pages' | 'sections' | 'passages', number>>
    readonly files: Readonly<Record<string, {readonly bytes: number}>>
    readonly summary: {
      readonly content: string
      readonly warnings: number
      readonly tookMs: number
      readonly pages: Readonly<Record<'new' | 'changed' | 'removed', number>>
    } | null
  } | null
}

export type ChangeKind = 'added' | 'changed' | 'moved' | 'removed'

/** What one of several servers serves. */
export interface Server {
  readonly server: string
  readonly build: string | null
  readonly problem: string | null
  readonly since: number
}

export interface ChangedPage {
  readonly path: string
  readonly url: string
  readonly title: string
  readonly kind: ChangeKind
  readonly from?: string
  readonly titleBefore?: string
  readonly sections: readonly {
    readonly anchor: string
    readonly headings: readonly string[]
    readonly kind: 'added' | 'changed' | 'removed'
  }[]
}

export interface Changes {
  readonly totals: {
    readonly pages: Readonly<Record<ChangeKind | 'unchanged', number>>
    readonly sections: Readonly<Record<'added' | 'changed' | 'removed', number>>
  }
  readonly pages: readonly ChangedPage[]
  readonly matches: number
  readonly nextCursor: string | null
}

export interface SectionTexts {
  readonly before: string | null
  readonly after: string | null
}

interface StageRank {
  readonly rank: number
  readonly score: number
}

export interface ExplainedSection {
  readonly title: string
  readonly headings: readonly string[]
  readonly url: string
  readonly anchor: string
  readonly path: string
  readonly version: string | null
  readonly text: string
  readonly words: StageRank | null
  readonly vectors: StageRank | null
  readonly first: StageRank | null
  readonly ranked: (StageRank & {readonly features: Readonly<Record<string, number>>}) | null
  readonly chosen: number | null
  readonly source: number | null
}

export interface Explanation {
  readonly build: string
  readonly query: string
  readonly lang: string | null
  readonly terms: readonly {
    readonly word: string
    readonly weight: number
    readonly known: boolean
    readonly corrections: readonly string[] | null
  }[]
  readonly sections: readonly ExplainedSection[]
  readonly abstention: {readonly reason: string} | null
  readonly answerability: number
  readonly threshold: number
  readonly shade: 'yes' | 'partly'
  readonly unknownWords: readonly string[]
  readonly features: Readonly<Record<string, number>>
  readonly sources: readonly {readonly n: number; readonly words: number; readonly sentWords: number}[]
  readonly timings: Readonly<Record<string, number>>
}

export interface CoveredPage {
  readonly path: string
  readonly title: string
  readonly url: string
  readonly version: string | null
  readonly sections: number
  readonly shown: number
  readonly cited: number
  readonly disliked: number
  readonly unanswered: number
}

export interface Coverage {
  readonly build: string
  readonly from: number
  readonly to: number
  readonly totals: Readonly<
    Record<'pages' | 'shown' | 'never' | 'uncited' | 'disliked' | 'unanswered', number>
  >
  readonly gone: number
  readonly matches: number
  readonly pages: readonly CoveredPage[]
  readonly nextCursor: string | null
}
