import type {QuotableBlock} from './quotable-block.ts'

/** A section shown to a reader as the ground of an answer: one section, its own text. These fields go on the wire. */
export interface Source {
  /** One-based and stable within an answer; later rounds go on counting. What `[n]` in the text refers to. */
  readonly n: number
  /** Stable across builds while the section keeps its page and anchor. */
  readonly id: string
  readonly title: string
  readonly headings: readonly string[]
  /** Where it opens, without the fragment: absolute, or a path on this server. */
  readonly url: string
  /** Fragment without `#`; may be empty. */
  readonly anchor: string
  /** Between 0 and 1, comparable within one answer only. */
  readonly score: number
  /** The sentence or lines that answer best, plain text. */
  readonly snippet: string
  /** `[start, end)` offsets into `snippet` in UTF-16 units. */
  readonly highlights: readonly Highlight[]
}

/** Longest title and heading that are shown, in UTF-16 units; what is longer is no name but a text. */
export const maxShownName = 200

export type Highlight = readonly [start: number, end: number]

/** A source with what generation needs and readers are not sent. */
export interface RetrievedSource extends Source {
  /**
   * The `id` of the source it was found with, its own where it was found by itself. Sections that are short neighbours,
   * or stand under a heading with little text, share a group: one place in the ranking, each its own source.
   */
  readonly group: string
  /** The best part of the section, bounded by the retriever's budget, as what a generator may quote. */
  readonly blocks: readonly QuotableBlock[]
  /** The same as visible words. */
  readonly text: string
  /** Below the content root. */
  readonly path: string
  readonly version: string | null
  /** Each signal by its name, as `bm25`, `cosine`: explains `score`. */
  readonly scores: Readonly<Record<string, number>>
}

/** The part of a retrieved source that is sent. */
export function shownSource(source: RetrievedSource): Source {
  const {n, id, title, headings, url, anchor, score, snippet, highlights} = source
  return {n, id, title, headings, url, anchor, score, snippet, highlights}
}
