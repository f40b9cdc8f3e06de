import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import type {Retrieval, RetrievalQuery, RetrieveOptions, Retriever} from '../retrieval/index.ts'

export interface PreparedSourcesOptions {
  /** Id of the current build; null while there is none. */
  readonly currentBuild: () => string | null
  /** Whether the retriever calls a model for a question with earlier turns: what was found without it is not kept then. */
  readonly rewritesFollowUps?: boolean
  /** For how long a search is kept, in milliseconds; default 60,000. */
  readonly keepMs?: number
  readonly now?: () => number
}

/** Of all visitors together; a search takes some 50 KB. */
const maxKept = 200

/**
 * A retriever that can search before a question is asked, as while the reader pauses in typing: the same search right
 * after takes what was found then. Only what was prepared is kept, and only while its build is the current one.
 */
export class PreparedSources implements Retriever {
  readonly #retriever: Retriever
  readonly #currentBuild: () => string | null
  readonly #rewritesFollowUps: boolean
  readonly #keepMs: number
  readonly #now: () => number
  readonly #found = new TwoGenerationCache<string, {readonly at: number; readonly retrieval: Retrieval}>(
    maxKept,
  )

  constructor(retriever: Retriever, options: PreparedSourcesOptions) {
    const {currentBuild, rewritesFollowUps = false, keepMs = 60_000, now = Date.now} = options
    this.#retriever = retriever
    this.#currentBuild = currentBuild
    this.#rewritesFollowUps = rewritesFollowUps
    this.#keepMs = keepMs
    this.#now = now
  }

  /** Searches without calling a model, and keeps what was found. @throws as `retrieve`. */
  async prepare(query: RetrievalQuery, options: Pick<RetrieveOptions, 'signal'> = {}): Promise<Retrieval> {
    const kept = this.#kept(query)
    if (kept !== null) return kept
    const retrieval = await this.#retriever.retrieve(query, {...options, mayCallModel: false})
    const isSame = !this.#rewritesFollowUps || query.history.length === 0
    if (isSame) this.#found.set(keyOf(query, retrieval.build), {at: this.#now(), retrieval})
    return retrieval
  }

  retrieve(query: RetrievalQuery, options: RetrieveOptions = {}): Promise<Retrieval> {
    const kept = this.#kept(query)
    return kept === null ? this.#retriever.retrieve(query, options) : Promise.resolve(kept)
  }

  #kept(query: RetrievalQuery): Retrieval | null {
    const build = this.#currentBuild()
    if (build === null) return null
    const found = this.#found.get(keyOf(query, build))
    return found === undefined || this.#now() - found.at > this.#keepMs ? null : found.retrieval
  }
}

function keyOf(query: RetrievalQuery, build: string): string {
  return JSON.stringify([build, query])
}
