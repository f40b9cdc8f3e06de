import type {Diagnostic} from '../domain/index.ts'
import type {LineProblem} from '../question-sets/index.ts'
import type {VectorSearchTuning} from './tune-vector-search.ts'

/** In the order they run. */
export const stages = [
  'base',
  'fetch',
  'scan',
  'site',
  'model',
  'plan',
  'begin',
  'pages',
  'finish',
  'report',
  'open',
  'tune',
  'verify',
  'gates',
  'calibrate',
  'publish',
] as const

/**
 * A step of an ingest; together they are all it does:
 *
 * - `base` takes the lock and checks the current build; `fetch` brings repositories up to date; `scan` reads the
 *   folders; `site` finds their generators; `plan`
 *   compares build and folder
 * - `model` waits for the embedding model, where it is not known to be that of the current build
 * - `begin` copies the current build, or starts an empty one
 * - `pages` parses, embeds and stores pages, all at the same time
 * - `finish` completes the files and flushes them; `report` collects what is known of all pages, and checks their links
 * - `open` opens the new build as a server does; `tune`, `verify`, `gates` and `calibrate` try it
 * - `publish` makes it current, and removes old ones
 */
export type Stage = (typeof stages)[number]

/** Reported at intervals while an ingest runs. */
export interface IngestProgress {
  readonly stage: Stage
  /** Pages processed and pages in all, in the stage `pages`; both 0 in the other stages. */
  readonly done: number
  readonly total: number
  /** Passages stored and embedded so far. */
  readonly passages: number
  readonly embedded: number
}

/** A source of an ingest. */
export interface SourceReport {
  /** Null for a single source without a name. */
  readonly name: string | null
  /** The folder, or the address of the repository with its branch and folder. */
  readonly place: string
  readonly site: string
  /** The commit that was ingested; null for a folder. */
  readonly commit: string | null
  /** Why it could not be brought up to date, so that its last state was ingested; null if it could. */
  readonly problem: string | null
  /** A sentence about other sites found in it whose pages are not read as theirs, and how to take them; null if there are none. */
  readonly otherSites: string | null
}

export interface PageChange {
  readonly path: string
  readonly kind: 'new' | 'changed' | 'moved' | 'removed'
  /** The previous path of a moved page. */
  readonly from?: string
  /** Number of passages that are new, unchanged and gone, compared by their text. */
  readonly passages: {readonly added: number; readonly kept: number; readonly removed: number}
}

export interface GateResult {
  readonly name: 'shrink' | 'empty' | 'golden'
  readonly passed: boolean
  /** One sentence. */
  readonly detail: string
}

/** Counts for one construct, such as `jsx:Tabs` or `shortcode:note`, over all pages. */
export interface ConstructShare {
  readonly flattened: number
  readonly dropped: number
  readonly notUnderstood: number
  /** The page where it is not understood most often, and how often there; null where it is understood. */
  readonly most: {readonly path: string; readonly count: number} | null
  readonly keptWords: number
  /** Words that readers of the site see and that are in no passage. */
  readonly lostWords: number
  /** Words that readers of the site do not see either. */
  readonly droppedWords: number
}

/** How the golden questions that staff made in the console did. Without their words, which staff may delete. */
export interface StaffQuestionsReport {
  /** How many there are. */
  readonly questions: number
  /** How many of them were asked, the ones added last. */
  readonly asked: number
  /** How many of those find a right section among the first five. */
  readonly found: number
  /** Ids of those that do not, at most a hundred. */
  readonly missed: readonly string[]
  /** Why they could not be asked, for people; else null. */
  readonly problem: string | null
  /** Lines of their file that cannot be read and were left out, the first fifty. */
  readonly problems: readonly LineProblem[]
  /** How many lines that are. */
  readonly problemCount: number
}

/** What an ingest did or, after `dry-run` and `check`, would do. */
export interface IngestReport {
  readonly outcome: 'published' | 'unchanged' | 'refused' | 'dry-run'
  /** The new build, or the current one if none was published. */
  readonly build: string | null
  readonly previous: string | null
  /** What the docs failed to answer and do now, where a server or a command has looked: null while that is not known. */
  readonly gapsClosed?: readonly {readonly id: string; readonly title: string; readonly size: number}[] | null
  /** The content folder, absolute; for several sources, or a repository, as in `CONTENT_DIR`. */
  readonly content: string
  /** The generators of their sites. */
  readonly site: string
  readonly sources: readonly SourceReport[]
  readonly embedding: {readonly id: string; readonly name: string; readonly dimensions: number}
  /** Why everything was rebuilt; null when the previous build was edited. */
  readonly fullBecause: string | null
  /** Why the previous build would be edited even if no page had changed; null where there is no such reason. */
  readonly renewedBecause: string | null
  readonly pages: {
    readonly total: number
    readonly new: number
    readonly changed: number
    readonly moved: number
    readonly removed: number
    readonly unchanged: number
    /** Files without a page. */
    readonly setAside: number
    /** Those of them, and folders, that could not be read. */
    readonly unread: number
    /** Pages that could not be read and keep the text of the previous build; they count in `total` too. */
    readonly stale: number
  }
  readonly passages: {
    readonly total: number
    readonly added: number
    readonly removed: number
    /** Passages that the model embedded; all others had a vector. */
    readonly embedded: number
  }
  /** Why files are set aside that could be read, and how many for each reason, the most frequent first. */
  readonly setAsideBecause: Readonly<Record<string, number>>
  /** Number of files that look like documentation but are not Markdown, by their ending, as `.rst`. */
  readonly otherFormats: Readonly<Record<string, number>>
  readonly changes: readonly PageChange[]
  /** Diagnostics of all files, unchanged ones included; sorted. */
  readonly diagnostics: readonly Diagnostic[]
  readonly byRule: Readonly<Record<string, number>>
  readonly fidelity: {
    readonly visibleWords: number
    readonly keptWords: number
    /** Pages that lose text, the worst first. */
    readonly losing: readonly {
      readonly path: string
      readonly visibleWords: number
      readonly keptWords: number
    }[]
    /** For every construct beyond plain Markdown: how often it occurs, and what became of the words it shows or hides. */
    readonly constructs: Readonly<Record<string, ConstructShare>>
  }
  readonly gates: readonly GateResult[]
  /** Hit rate at 5 of the golden questions; null without a question file. */
  readonly golden: {readonly questions: number; readonly hitAt5: number} | null
  /** Null without any, and where no build was made. They refuse no build. */
  readonly staffQuestions: StaffQuestionsReport | null
  /** How the vector index is searched, and what it finds; null where no build was made. */
  readonly graph: VectorSearchTuning | null
  /** Ids of older builds that were removed. */
  readonly pruned: readonly string[]
  /** Duration of each stage that ran, in milliseconds. They add up to `tookMs`, but for some milliseconds. */
  readonly stages: Readonly<Partial<Record<Stage, number>>>
  readonly tookMs: number
}
