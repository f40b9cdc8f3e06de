import type {Embedder} from '../embedding/index.ts'
import type {CurrentBuild, IndexBuild} from '../search-index/index.ts'
import type {Calibration} from './calibration.ts'
import {type FindDeps, type FindQuery, type FoundSections, findSections} from './find-sections.ts'
import {foundTogether} from './found-together.ts'
import type {QuestionRewriter} from './question-rewriter.ts'
import type {
  DocsSearch,
  Retrieval,
  RetrievalQuery,
  RetrieveOptions,
  Retriever,
  SearchQuery,
  SearchResult,
} from './retriever.ts'
import {rounded} from './shown-scores.ts'
import {hitOf, type ShownContext, sourcesOf} from './shown-sections.ts'
import type {Stage} from './stages.ts'

export interface RetrieverOptions {
  readonly current: CurrentBuild
  readonly embedder: Embedder
  /** Where the docs live; null: sources link to this server's own `/docs/…`. */
  readonly siteUrl: string | null
  /** Puts follow-up questions in words of their own; default none: the topic is taken from the turns before. */
  readonly rewriter?: QuestionRewriter
  /** Longest wait for it; default 1,500. */
  readonly rewriteTimeoutMs?: number
  /** Called with one sentence on why a question was searched for as it was. */
  readonly onNote?: (note: string) => void
  /** Decides abstention instead of the build's own calibration; for measuring what that is worth. */
  readonly calibration?: Calibration
  /** Stages to leave out, for measuring what each is worth; default none. */
  readonly without?: ReadonlySet<Stage>
}

const defaultLimit = 6
const defaultHits = 10
const maxHits = 50

/** Retrieval over the current build: words and meaning, fused; each call holds one lease and gives it back. */
export function createRetriever(options: RetrieverOptions): Retriever & DocsSearch {
  const {current, siteUrl} = options
  const deps: FindDeps = {
    embedder: options.embedder,
    siteUrl,
    rewriter: options.rewriter,
    rewriteTimeoutMs: options.rewriteTimeoutMs ?? 1_500,
    onNote: options.onNote ?? (() => {}),
    calibration: options.calibration,
    without: options.without ?? new Set(),
  }

  /** Finds sections in the current build and shows them while it is held. */
  async function findAndShow<T>(
    query: FindQuery,
    given: RetrieveOptions,
    show: (found: FoundSections, build: IndexBuild, context: ShownContext) => T,
  ): Promise<{readonly build: string; readonly query: string; readonly timings: Record<string, number>} & T> {
    const started = performance.now()
    const lease = current.lease()
    try {
      const {build} = lease
      const found = await findSections(build, query, given, deps)
      const showStarted = performance.now()
      const shown = show(found, build, {build, siteUrl, terms: found.wanted.terms})
      const ended = performance.now()
      const timings = {...found.timings, snippets: ended - showStarted, total: ended - started}
      return {build: build.manifest.id, query: found.query, ...shown, timings: rounded(timings)}
    } finally {
      lease.release()
    }
  }

  return {
    retrieve(query: RetrievalQuery, given: RetrieveOptions = {}): Promise<Retrieval> {
      const {question, history, version, limit = defaultLimit, firstNumber = 1} = query
      return findAndShow({question, history, version, depth: limit * 3}, given, (found, build, context) => {
        const joinsNeighbours = !deps.without.has('duplicates')
        const sources = foundTogether(build, found.candidates, {limit, joinsNeighbours})
          .flatMap((group) => sourcesOf(group, context))
          .map((source, at) => ({...source, n: firstNumber + at}))
        const nothing = sources.length === 0 ? {reason: 'no_hits' as const, nearest: []} : null
        return {sources, abstention: found.abstention ?? nothing}
      })
    },

    search(query: SearchQuery, given = {}): Promise<SearchResult> {
      const {text, history = [], version = null} = query
      const limit = Math.max(1, Math.min(maxHits, query.limit ?? defaultHits))
      return findAndShow(
        {question: text, history, version, depth: limit},
        given,
        (found, _build, context) => ({
          hits: found.candidates.slice(0, limit).map((candidate) => hitOf(candidate, context)),
          abstention: found.abstention,
          answerability: found.answerability,
          evidence: {...found.evidence},
        }),
      )
    },
  }
}
