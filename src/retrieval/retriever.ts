import type {AbstentionReason, PageLink, RetrievedSource, Turn} from '../domain/index.ts'

export interface RetrievalQuery {
  readonly question: string
  /** Earlier turns, oldest first: a follow-up question is completed from them. */
  readonly history: readonly Turn[]
  /** Only this version of the docs; null for all. */
  readonly version: string | null
  /** Sources wanted; default 6. */
  readonly limit?: number
  /** Number of the first source; default 1. A later round goes on counting. */
  readonly firstNumber?: number
}

export interface Retrieval {
  /** Id of the build that was searched. */
  readonly build: string
  /** What was searched for: the question, or what it was completed to. */
  readonly query: string
  /** Best first. Also given when abstaining, for the log; a reader is shown none then. */
  readonly sources: readonly RetrievedSource[]
  /** Set when the docs do not answer this. */
  readonly abstention: Abstention | null
  /** Milliseconds by stage, as `embed`, `lexical`, `semantic`, `fuse`, `snippets`, `total`. */
  readonly timings: Readonly<Record<string, number>>
}

export interface Abstention {
  readonly reason: AbstentionReason
  /** The pages that come nearest, at most three. */
  readonly nearest: readonly PageLink[]
}

export interface RetrieveOptions {
  readonly signal?: AbortSignal
  /** Told when a model is called for the search, as to put a follow-up in words of its own. */
  readonly onModelCall?: () => void
}

export interface Retriever {
  /**
   * @throws DocentError `not_ready` without an index, `version_not_found` for a version that is not in it,
   * `embedding_model`.
   */
  retrieve(query: RetrievalQuery, options?: RetrieveOptions): Promise<Retrieval>
}

export interface SearchQuery {
  readonly text: string
  /** Results wanted, 1 to 50; default 10. */
  readonly limit?: number
  /** Only this version of the docs; null for all. */
  readonly version?: string | null
  readonly history?: readonly Turn[]
}

/** A section found, with what `GET /api/search` shows. */
export interface SearchHit {
  /** Where it opens, without the fragment: absolute, or a path on this server. */
  readonly url: string
  readonly title: string
  readonly headings: readonly string[]
  readonly anchor: string
  /** The sentence or lines that answer best. */
  readonly text: string
  /** Between 0 and 1, comparable within one search only. */
  readonly score: number
  /** Each signal by its name: explains `score`. */
  readonly scores: Readonly<Record<string, number>>
  /** The page as the build knows it, before it was made a link. */
  readonly pageUrl: string
  /** Below the content root. */
  readonly path: string
  readonly version: string | null
}

export interface SearchResult {
  readonly build: string
  /** What was searched for. */
  readonly query: string
  /** Best first. */
  readonly hits: readonly SearchHit[]
  /** Set when an answer to this would abstain. */
  readonly abstention: Abstention | null
  /** From 0, surely not in the docs, to 1. What the abstention was decided on. */
  readonly answerability: number
  /** The signals behind it by name. */
  readonly evidence: Readonly<Record<string, number>>
  readonly timings: Readonly<Record<string, number>>
}

/** Retrieval alone: the same sections in the same order that answers use, before they are made sources. */
export interface DocsSearch {
  /** @throws DocentError as `Retriever.retrieve` does. */
  search(query: SearchQuery, options?: {readonly signal?: AbortSignal}): Promise<SearchResult>
}
