import type {Diagnostic} from '../domain/index.ts'

export const stages = ['scan', 'pages', 'finish', 'verify', 'gates', 'calibrate', 'publish'] as const

/** A step of an ingest; pages are parsed, embedded and stored at the same time, so that is one stage. */
export type Stage = (typeof stages)[number]

/** Told now and then while an ingest runs. */
export interface IngestProgress {
  readonly stage: Stage
  /** Pages done and to do in the stage `pages`; 0 and 0 where there is nothing to count. */
  readonly done: number
  readonly total: number
  /** Passages stored and embedded so far. */
  readonly passages: number
  readonly embedded: number
}

export interface PageChange {
  readonly path: string
  readonly kind: 'new' | 'changed' | 'moved' | 'removed'
  /** Where a moved page was before. */
  readonly from?: string
  /** Passages by their text: new ones, ones that stay, ones that go. */
  readonly passages: {readonly added: number; readonly kept: number; readonly removed: number}
}

export interface GateResult {
  readonly name: 'shrink' | 'empty' | 'golden'
  readonly passed: boolean
  /** One sentence. */
  readonly detail: string
}

/** One construct over all pages, as `jsx:Tabs` or `shortcode:note`. */
export interface ConstructShare {
  readonly flattened: number
  readonly dropped: number
  readonly notUnderstood: number
  readonly keptWords: number
  /** Words that readers of the site see and that reach no passage. */
  readonly lostWords: number
  /** Words that readers of the site do not see either. */
  readonly droppedWords: number
}

/** What an ingest did or, after `dry-run` and `check`, would do. */
export interface IngestReport {
  readonly outcome: 'published' | 'unchanged' | 'refused' | 'dry-run'
  /** The build made, or the current one when none was. */
  readonly build: string | null
  readonly previous: string | null
  /** The content folder, absolute. */
  readonly content: string
  readonly site: string
  readonly embedding: {readonly id: string; readonly name: string; readonly dimensions: number}
  /** Null for an edit of the build before; else why everything was made anew. */
  readonly fullBecause: string | null
  readonly pages: {
    readonly total: number
    readonly new: number
    readonly changed: number
    readonly moved: number
    readonly removed: number
    readonly unchanged: number
    /** Files that gave no page. */
    readonly setAside: number
    /** Pages that could not be read and keep the text of the build before; they count in `total` too. */
    readonly stale: number
  }
  readonly passages: {
    readonly total: number
    readonly added: number
    readonly removed: number
    /** Sent through the model; the rest had a vector. */
    readonly embedded: number
  }
  readonly changes: readonly PageChange[]
  /** Of all files, also those that did not change; sorted. */
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
    /** Of every construct that is more than plain Markdown: how often, and what became of the words it shows or hides. */
    readonly constructs: Readonly<Record<string, ConstructShare>>
  }
  readonly gates: readonly GateResult[]
  /** Hit rate of the golden questions at 5; null without any. */
  readonly golden: {readonly questions: number; readonly hitAt5: number} | null
  /** Ids of older builds that were removed. */
  readonly pruned: readonly string[]
  /** Milliseconds by stage. */
  readonly stages: Readonly<Partial<Record<Stage, number>>>
  readonly tookMs: number
}
