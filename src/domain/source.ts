import type {QuotableBlock} from './quotable-block.ts'

/** A section that an answer is based on, as shown to readers: one section, its own text. */
export interface Source {
  /** One-based and stable within an answer; later rounds continue the numbering. What `[n]` in the text refers to. */
  readonly n: number
  /** Stable across builds while the section keeps its page and anchor. */
  readonly id: string
  readonly title: string
  readonly headings: readonly string[]
  /** Its address without the fragment: absolute, or a path on this server. */
  readonly url: string
  /** Fragment without `#`; may be empty. */
  readonly anchor: string
  /** Between 0 and 1, comparable within one answer only. */
  readonly score: number
  /** The sentence or lines that match best, plain text. */
  readonly snippet: string
  /** `[start, end)` offsets into `snippet` in UTF-16 units. */
  readonly highlights: readonly Highlight[]
  /** Set on an answer to this question that staff wrote and stand for; title, headings and address are of the section that it rests on. */
  readonly verified?: true
}

/** Longest title or heading that is shown, in UTF-16 units; a longer one is cut. */
export const maxShownName = 200

export type Highlight = readonly [start: number, end: number]

/** A source with the fields that generation needs and readers do not get. */
export interface RetrievedSource extends Source {
  /**
   * The `id` of the first source of its group, its own where it is alone. Short neighbouring sections, and those under a
   * heading with little text, share a group: one rank, each its own source.
   */
  readonly group: string
  /** The section as what a generator may quote: whole, or the best part within the retriever's budget. */
  readonly blocks: readonly QuotableBlock[]
  /** Set where `blocks` are a part of the section. */
  readonly isPart?: true
  /** The same as plain text. */
  readonly text: string
  /** Below the content root. */
  readonly path: string
  readonly version: string | null
  /** That of its page, BCP 47; null when not known. */
  readonly lang: string | null
  /** The features behind `score` by name, as `bm25`, `cosine`. */
  readonly scores: Readonly<Record<string, number>>
}

/** `Install › Linux`: a source in one line, without a heading that repeats the title. */
export function sourcePath({title, headings}: Pick<Source, 'title' | 'headings'>): string {
  return [title, ...headings.filter((heading, i) => i > 0 || heading !== title)].join(' › ')
}

/** The part of a retrieved source that readers get. */
export function shownSource(source: RetrievedSource): Source {
  const {n, id, title, headings, url, anchor, score, snippet, highlights, verified} = source
  const shown = {n, id, title, headings, url, anchor, score, snippet, highlights}
  return verified === undefined ? shown : {...shown, verified}
}

/** What is said in place of an answer that lost its words with a page. @param at milliseconds since the epoch */
export function emptiedWords(at: number): string {
  const day = new Date(at).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return `The words of this answer were removed on ${day}: a page that it rested on was withdrawn.`
}

/** What is kept of a source whose page was withdrawn: its number and its score. */
export function withdrawnSource({n, score}: Source): Source {
  return {
    n,
    id: '',
    title: 'Withdrawn page',
    headings: [],
    url: '',
    anchor: '',
    score,
    snippet: '',
    highlights: [],
  }
}
