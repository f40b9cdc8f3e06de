import type {
  AbstentionReason,
  Answerability,
  Highlight,
  PageLink,
  PageNames,
  RetrievedSource,
  Turn,
  VisitorPage,
} from '../domain/index.ts'

export interface RetrievalQuery {
  readonly question: string
  /** Earlier turns, oldest first: they complete a follow-up question. */
  readonly history: readonly Turn[]
  /** Only this version of the docs; null for the one that the question names, or the current one. */
  readonly version: string | null
  /** The language of who asks, BCP 47; null or absent for that of the question. */
  readonly lang?: string | null
  /** Where the visitor is; null or absent where that is not known. Its sections are preferred a little. */
  readonly page?: VisitorPage | null
  /** Only pages in `lang`, which is one that an earlier retrieval answered in. Default false. */
  readonly onlyLang?: boolean
  /** Maximum number of groups of sources; default 6. */
  readonly limit?: number
  /** Number of the first source; default 1. Later rounds continue the numbering. */
  readonly firstNumber?: number
}

export interface Retrieval {
  /** Id of the build that was searched. */
  readonly build: string
  /** What was searched for: the question, completed where it is a follow-up. */
  readonly query: string
  /** The language of the pages that answer, BCP 47; null or absent where the build does not know languages. */
  readonly lang?: string | null
  /** Where the visitor is, by the names that the docs have for it; null or absent where it is no page of theirs. */
  readonly visitorPage?: PageNames | null
  /** Best first. Also set on abstention, for the log; readers are not shown them then. */
  readonly sources: readonly RetrievedSource[]
  /** Null when the docs answer the question. */
  readonly abstention: Abstention | null
  /**
   * How much of the question the docs may answer, decided before words; `partly` where part of what it asks is not in
   * the best sections. Absent counts as `yes`; says nothing on abstention.
   */
  readonly answerability?: Answerability
  /** Words of the question that the docs never use, as the asker wrote them, at most five. Absent for none. */
  readonly unknownWords?: readonly string[]
  /** Milliseconds by stage, as `embed`, `lexical`, `semantic`, `fuse`, `snippets`, `total`. */
  readonly timings: Readonly<Record<string, number>>
}

export interface Abstention {
  readonly reason: AbstentionReason
  /** The nearest pages, at most three. */
  readonly nearest: readonly PageLink[]
}

export interface RetrieveOptions {
  readonly signal?: AbortSignal
  /** Whether a model may be called. Default true. */
  readonly mayCallModel?: boolean
  /** Called when the search calls a model, as to rewrite a follow-up question. */
  readonly onModelCall?: () => void
}

export interface Retriever {
  /**
   * @throws DocentError `not_ready` without an index, `version_not_found` for a version that is not in it,
   * `embedding_model` for an index of another model.
   */
  retrieve(query: RetrievalQuery, options?: RetrieveOptions): Promise<Retrieval>
}

export interface SearchQuery {
  readonly text: string
  /** Maximum number of results, 1 to 50; default 10. */
  readonly limit?: number
  /** As a `RetrievalQuery` has it. Default null. */
  readonly version?: string | null
  /** As a `RetrievalQuery` has it. Default null. */
  readonly lang?: string | null
  readonly history?: readonly Turn[]
}

/** A section as a search result, with what `GET /api/search` returns. */
export interface SearchHit {
  /** Its address without the fragment: absolute, or a path on this server. */
  readonly url: string
  readonly title: string
  readonly headings: readonly string[]
  readonly anchor: string
  /** The sentence or lines that match best. */
  readonly text: string
  /** The words of the query in `title`, in each of `headings` and in `text`. */
  readonly highlights: HitHighlights
  /** Between 0 and 1, comparable within one search only. */
  readonly score: number
  /** The features behind `score`, by name. */
  readonly scores: Readonly<Record<string, number>>
  /** The page's address in the build, before it was made a link. */
  readonly pageUrl: string
  /** Below the content root. */
  readonly path: string
  readonly version: string | null
}

/** `[start, end)` in UTF-16 units. */
export interface HitHighlights {
  readonly title: readonly Highlight[]
  readonly headings: readonly (readonly Highlight[])[]
  readonly text: readonly Highlight[]
}

/** A query of which the last word is still being typed. */
export type TypedQuery = Omit<SearchQuery, 'history'>

export interface TypedResult {
  readonly build: string
  readonly query: string
  /** The language of the pages that answer, BCP 47; null where the build does not know languages. */
  readonly lang: string | null
  /** Best first; none when no word of the docs begins with what was typed. */
  readonly hits: readonly SearchHit[]
  readonly timings: Readonly<Record<string, number>>
}

export interface SearchResult {
  readonly build: string
  /** What was searched for. */
  readonly query: string
  /** The language of the pages that answer, BCP 47; null where the build does not know languages. */
  readonly lang: string | null
  /** Best first. */
  readonly hits: readonly SearchHit[]
  /** Null when Docent would answer this as a question. */
  readonly abstention: Abstention | null
  /** How likely it is that the docs have the answer, from 0 to 1. Abstention is decided by it. */
  readonly answerability: number
  /** Words of the question that the docs never use. */
  readonly unknownWords: readonly string[]
  /** The features it was computed from, by name. */
  readonly features: Readonly<Record<string, number>>
  readonly timings: Readonly<Record<string, number>>
}

/** Search without an answer: the same sections in the same order that answers use, before they are grouped. */
export interface DocsSearch {
  /** @throws DocentError as `Retriever.retrieve` does. */
  search(query: SearchQuery, options?: {readonly signal?: AbortSignal}): Promise<SearchResult>

  /**
   * Search as one types: the last word is a beginning. By words alone, so that no keystroke waits for a model.
   * @throws DocentError `not_ready`, `version_not_found`.
   */
  searchAsTyped(query: TypedQuery, options?: {readonly signal?: AbortSignal}): Promise<TypedResult>
}

/** How one search came to its result, stage by stage. */
export interface Explanation {
  readonly build: string
  readonly query: string
  /** The language of the pages that answer, BCP 47; null where the build does not know languages. */
  readonly lang: string | null
  /** The words that were searched for. */
  readonly terms: readonly {
    /** As it was typed. */
    readonly word: string
    readonly weight: number
    /** Whether the docs have it. */
    readonly known: boolean
    /** The words that were searched for in its place, where it counts as misspelt; else null. */
    readonly corrections: readonly string[] | null
  }[]
  /** Every section that a stage put among its first, the best of the last stage first. */
  readonly sections: readonly ExplainedSection[]
  readonly abstention: Abstention | null
  readonly answerability: number
  /** Docent abstains below it. */
  readonly threshold: number
  /** How much of the question the docs may answer. Says nothing on abstention. */
  readonly shade: Answerability
  readonly unknownWords: readonly string[]
  /** The features that `answerability` was computed from, by name. */
  readonly features: Readonly<Record<string, number>>
  /** What an answer would be written from, were it not for an abstention. */
  readonly sources: readonly RetrievedSource[]
  readonly timings: Readonly<Record<string, number>>
}

/** The rank of a section in a stage, from 1, and its score there. */
export interface StageRank {
  readonly rank: number
  readonly score: number
}

export interface ExplainedSection {
  readonly title: string
  readonly headings: readonly string[]
  /** Without the fragment: absolute, or a path on this server. */
  readonly url: string
  readonly anchor: string
  readonly path: string
  readonly version: string | null
  /** Its first 4,000 characters. */
  readonly text: string
  /** The search by words (BM25), and by vectors (cosine of its nearest passage). Null where it is not among the first 20. */
  readonly words: StageRank | null
  readonly vectors: StageRank | null
  /** The first sort, by the scores of the searches. Null where it was not compared further. */
  readonly first: StageRank | null
  /** The second, with all features, and these by name. */
  readonly ranked: (StageRank & {readonly features: Readonly<Record<string, number>>}) | null
  /** Its place once pages take turns and duplicates are gone; null where it was left out. */
  readonly chosen: number | null
  /** The number of the source that it becomes; null for none. */
  readonly source: number | null
}

export interface ExplainedSearch {
  /**
   * The search of a question without a conversation, as an answer does it, with what each stage made of it.
   * `limit` is the greatest number of groups of sources; default 6.
   * @throws DocentError as `Retriever.retrieve` does.
   */
  explain(
    query: Omit<SearchQuery, 'history'>,
    options?: {readonly signal?: AbortSignal},
  ): Promise<Explanation>
}
