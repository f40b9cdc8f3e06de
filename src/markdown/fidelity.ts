/** What became of a construct that is not plain Markdown. */
export type Fate =
  /** Its text is kept in a plainer form. */
  | 'flattened'
  /** It shows nothing to readers, or nothing that the file contains. */
  | 'dropped'
  /** It may show text that is not in the file, or that was not understood. */
  | 'not-understood'

/** The detail of a note on a construct that never ends and hides the words after it. */
export const neverClosed = 'never closed'

export interface FidelityNote {
  /** Such as `jsx:Card`, `shortcode:tabs` or `include`. */
  readonly construct: string
  readonly fate: Fate
  /** One-based, in the page's own source. */
  readonly line: number
  readonly detail?: string
  /** Number of visible words that it hides, if any. */
  readonly words?: number
}

/** How often a construct occurred, by its fate, and what became of its words. The content of a container is not counted here. */
export interface ConstructCounts extends Readonly<Record<Fate, number>> {
  /** Words that it shows and that are kept. */
  readonly keptWords: number
  /** Words of the source that it shows on the site and that are lost here. */
  readonly lostWords: number
  /** Words of the source that it does not show. */
  readonly droppedWords: number
}

/** How much of a page's visible text reached its passages, and what became of the rest. */
export interface Fidelity {
  readonly path: string
  /** Words of the source that a reader of the site sees: those that were understood and those that were lost. */
  readonly visibleWords: number
  /** Those of them that are in a heading or a passage. */
  readonly keptWords: number
  /** Every construct beyond plain Markdown. */
  readonly constructs: Readonly<Record<string, ConstructCounts>>
  /** Everything dropped or not understood, and the first of each construct that was flattened; in line order, at most 500. */
  readonly notes: readonly FidelityNote[]
}
