/** What became of a construct that is not plain Markdown. */
export type Fate =
  /** Its text is kept in plainer form. */
  | 'flattened'
  /** It shows nothing to readers, or nothing that a file can tell. */
  | 'dropped'
  /** It may show text that is not in the file or was not understood. */
  | 'not-understood'

/** The detail of a note on something that has no end, and takes the words behind it away. */
export const neverClosed = 'never closed'

export interface FidelityNote {
  /** As `jsx:Card`, `shortcode:tabs`, `include`. */
  readonly construct: string
  readonly fate: Fate
  /** One-based, in the page's own source. */
  readonly line: number
  readonly detail?: string
  /** Visible words that it took away, where there are any. */
  readonly words?: number
}

/** How often a construct occurred, by its fate, and what became of its words. What stands between a container's marks is not counted here. */
export interface ConstructCounts extends Readonly<Record<Fate, number>> {
  /** Words it shows that are kept. */
  readonly keptWords: number
  /** Words of the source that it shows to readers of the site and that are lost here. */
  readonly lostWords: number
  /** Words of the source that it shows to nobody. */
  readonly droppedWords: number
}

/** How much of a page's visible text reached its passages, and what became of the rest. */
export interface Fidelity {
  readonly path: string
  /** Words of the source that a reader of the site sees: those that were understood and those that were lost. */
  readonly visibleWords: number
  /** Those of them that stand in a heading or a passage. */
  readonly keptWords: number
  /** Every construct that is more than plain Markdown. */
  readonly constructs: Readonly<Record<string, ConstructCounts>>
  /** Everything dropped or not understood, and the first of each construct that was flattened; in line order, at most 500. */
  readonly notes: readonly FidelityNote[]
}
