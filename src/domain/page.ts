import type {QuotableBlock} from './quotable-block.ts'

/** One Markdown file, parsed. */
export interface Page {
  /** Below the content root, `/` on every system: `guides/auth.md`. */
  readonly path: string
  /** Its address for readers, percent-encoded: an absolute URL from front matter, or a route such as `/guides/auth`. No fragment. */
  readonly url: string
  readonly title: string
  readonly description: string | null
  /** The version of the docs the page belongs to; null when there is only one. */
  readonly version: string | null
  /** BCP 47, as `en` or `pt-BR`; null when not known. */
  readonly lang: string | null
  readonly tags: readonly string[]
  /** Where it stands among the pages of its folder, the lowest first; absent or null where its project does not say. */
  readonly position?: number | null
  /** The page as plain CommonMark with GFM: dialects resolved, hidden text removed. What `/docs` renders. */
  readonly markdown: string
  /** In reading order; never empty for a page that has text. */
  readonly sections: readonly Section[]
}

/** A heading and the text under it, up to the next heading of any level: the unit that is ranked and linked. */
export interface Section {
  /** The fragment that the docs site gives the heading, without `#`; empty for text under no heading. */
  readonly anchor: string
  /** From the outermost heading below the page's title down to this one; empty for the page's introduction. */
  readonly headings: readonly string[]
  /** 1 to 6; 0 for text before the first heading. */
  readonly depth: number
  /** Visible text only, blocks separated by a line break; code included. */
  readonly text: string
  /** One-based lines of the source file, heading included. */
  readonly startLine: number
  readonly endLine: number
  /** Split between blocks, in order; together they cover the section once. A heading without text has none. */
  readonly passages: readonly Passage[]
}

/** A window of a section, small enough to embed and to quote. */
export interface Passage {
  /** Visible text only, blocks separated by a line break; code included. What is embedded and searched. */
  readonly text: string
  /** Number of words in the text, as `countWords` counts. */
  readonly words: number
  /** What can be quoted from it, in order. */
  readonly blocks: readonly QuotableBlock[]
  readonly startLine: number
  readonly endLine: number
}

/** A link of a page to a place on its own site. */
export interface PageReference {
  /** As written: `../auth.md#tokens`. A build of an earlier version may have it decoded. */
  readonly target: string
  /** One-based line of the source file. */
  readonly line: number
}

/** A page as a link. */
export interface PageLink {
  readonly title: string
  readonly url: string
  /** The section of it that is meant; absent where it is the whole page, and in answers that were kept without it. */
  readonly section?: {
    readonly heading: string
    /** The fragment that leads to it; empty where none does. */
    readonly anchor: string
    /** Its first sentence; empty where it has no text. */
    readonly text: string
  }
}
