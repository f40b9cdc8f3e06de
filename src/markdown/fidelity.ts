/** What became of a construct that is not plain Markdown. */
export type Fate =
  /** Its text is kept in plainer form. */
  | 'flattened'
  /** It shows nothing to readers, or nothing that a file can tell. */
  | 'dropped'
  /** It may show text that is not in the file or was not understood. */
  | 'not-understood'

export interface FidelityNote {
  /** As `jsx:Card`, `shortcode:tabs`, `include`. */
  readonly construct: string
  readonly fate: Fate
  /** One-based, in the page's own source. */
  readonly line: number
  readonly detail?: string
}

/** How much of a page's visible text reached its passages, and what became of the rest. */
export interface Fidelity {
  readonly path: string
  /** Words a reader of the site sees, as far as the file tells. */
  readonly visibleWords: number
  /** Those of them that stand in a heading or a passage. */
  readonly keptWords: number
  /** How often each construct occurred, and what became of it. */
  readonly constructs: Readonly<Record<string, Readonly<Record<Fate, number>>>>
  /** Everything dropped or not understood, and the first of each construct that was flattened; in line order, at most 500. */
  readonly notes: readonly FidelityNote[]
}
