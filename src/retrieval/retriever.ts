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

export interface Retriever {
  /**
   * @throws DocentError `not_ready` without an index, `version_not_found` for a version that is not in it,
   * `embedding_model`.
   */
  retrieve(query: RetrievalQuery, options?: {readonly signal?: AbortSignal}): Promise<Retrieval>
}
