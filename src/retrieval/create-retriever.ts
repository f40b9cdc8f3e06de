import type {SiteUrl, VisitorPage} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import type {CurrentBuild, IndexBuild} from '../search-index/index.ts'
import type {Calibration} from './calibration.ts'
import {explanationOf} from './explanation.ts'
import {
  type FindDeps,
  type FindQuery,
  type FoundSections,
  findSections,
  standaloneQuestion,
} from './find-sections.ts'
import {dependenceOnPage} from './page-preference.ts'
import {askedLanguage} from './question-language.ts'
import type {QuestionRewriter} from './question-rewriter.ts'
import type {
  DocsSearch,
  ExplainedSearch,
  Retrieval,
  RetrievalQuery,
  RetrieveOptions,
  Retriever,
  SearchQuery,
  SearchResult,
  TypedQuery,
  TypedResult,
} from './retriever.ts'
import {partsToSearch} from './search-parts.ts'
import {groupSections} from './section-groups.ts'
import {rounded} from './shown-scores.ts'
import {hitOf, type ShownContext, sourcesOf} from './shown-sections.ts'
import type {Stage} from './stages.ts'
import {sectionNamesIn} from './typing/section-names.ts'
import {typedHitsOf} from './typing/typed-hits.ts'
import {typedSections} from './typing/typed-sections.ts'
import {namesOf, placeOfVisitor, type VisitorPlace} from './visitor-place.ts'

export interface RetrieverOptions {
  readonly current: CurrentBuild
  readonly embedder: Embedder
  /** Where the docs live; null: sources link to this server's own `/docs/…`. */
  readonly siteUrl: SiteUrl
  /** Rewrites follow-up questions to stand alone; default none: the topic comes from earlier turns. */
  readonly rewriter?: QuestionRewriter
  /** Longest wait for the rewriter; default 1,500. */
  readonly rewriteTimeoutMs?: number
  /** Called with one sentence when a question could not be rewritten. */
  readonly onNote?: (note: string) => void
  /** Replaces the build's own calibration; for measuring what that is worth. */
  readonly calibration?: Calibration
  /** Stages to leave out, for measuring what each is worth; default none. */
  readonly without?: ReadonlySet<Stage>
}

const defaultLimit = 6
const defaultHits = 10
const maxHits = 50

/** Hybrid retrieval over the current build, by words and by vectors; each call takes one lease and releases it. */
export function createRetriever(options: RetrieverOptions): Retriever & DocsSearch & ExplainedSearch {
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

  /** Finds sections in the current build, in the first of its parts that answers, and converts them while its lease is held. */
  async function findAndConvert<T>(
    query: AskedQuery,
    callOptions: RetrieveOptions,
    convert: (found: FoundAt, build: IndexBuild, context: ShownContext) => T,
  ): Promise<{readonly build: string; readonly query: string; readonly timings: Record<string, number>} & T> {
    const started = performance.now()
    const lease = current.lease()
    try {
      const {build, found, timings: asked} = await findFirst(lease.build, query, callOptions, deps)
      const convertStarted = performance.now()
      const converted = convert(found, build, {build, siteUrl, terms: found.rankingQuery.terms})
      const ended = performance.now()
      const timings = {...asked, ...found.timings, snippets: ended - convertStarted, total: ended - started}
      return {build: build.manifest.id, query: found.query, ...converted, timings: rounded(timings)}
    } finally {
      lease.release()
    }
  }

  return {
    retrieve(query: RetrievalQuery, callOptions: RetrieveOptions = {}): Promise<Retrieval> {
      const {question, history, version, lang, page, onlyLang, limit = defaultLimit, firstNumber = 1} = query
      return findAndConvert(
        {question, history, version, lang, page, onlyLang, depth: limit * 3},
        callOptions,
        (found, build, context) => {
          const joinsNeighbours = !deps.without.has('duplicates')
          const sources = groupSections(build, found.candidates, {limit, joinsNeighbours})
            .flatMap((group) => sourcesOf(group, context))
            .map((source, index) => ({...source, n: firstNumber + index}))
          const noHits = sources.length === 0 ? {reason: 'no_hits' as const, nearest: []} : null
          return {
            lang: build.language,
            visitorPage: namesOf(found.place),
            sources,
            abstention: found.abstention ?? noHits,
            answerability: found.shade,
            unknownWords: found.unknownWords,
          }
        },
      )
    },

    search(query: SearchQuery, callOptions = {}): Promise<SearchResult> {
      const {text, history = [], version = null, lang = null} = query
      const limit = hitLimit(query)
      return findAndConvert(
        {question: text, history, version, lang, depth: limit},
        callOptions,
        (found, build, context) => ({
          lang: build.language,
          hits: found.candidates.slice(0, limit).map((candidate) => hitOf(candidate, context)),
          abstention: found.abstention,
          answerability: found.answerability,
          unknownWords: found.unknownWords,
          features: {...found.features},
        }),
      )
    },

    explain({text, version = null, lang = null, limit = defaultLimit}, callOptions = {}) {
      return findAndConvert(
        {question: text, history: [], version, lang, depth: limit * 3},
        callOptions,
        (found, build, context) => {
          const joinsNeighbours = !deps.without.has('duplicates')
          const groups = groupSections(build, found.candidates, {limit, joinsNeighbours})
          return {lang: build.language, ...explanationOf(found, groups, context)}
        },
      )
    },

    async searchAsTyped(
      {text, version = null, lang = null, ...query}: TypedQuery,
      {signal} = {},
    ): Promise<TypedResult> {
      const started = performance.now()
      const lease = current.lease()
      try {
        const langs = langsOf(lang, await askedLanguage(lease.build, text, []))
        const {build, found, searchStarted} = await typedFirst(
          partsToSearch(lease.build, {question: text, version, langs}),
          {text, limit: hitLimit(query)},
          signal,
        )
        const convertStarted = performance.now()
        const hits = typedHitsOf(found, {build, siteUrl})
        const ended = performance.now()
        const timings = {
          names: searchStarted - started,
          lexical: convertStarted - searchStarted,
          snippets: ended - convertStarted,
          total: ended - started,
        }
        return {build: build.manifest.id, query: text, lang: build.language, hits, timings: rounded(timings)}
      } finally {
        lease.release()
      }
    },
  }
}

function langsOf(...tags: readonly (string | null)[]): readonly string[] {
  return tags.filter((tag) => tag !== null)
}

/** What was found for a visitor who is there; null where that is not known. */
interface FoundAt extends FoundSections {
  readonly place: VisitorPlace | null
}

interface AskedQuery extends Omit<FindQuery, 'standalone' | 'language' | 'place'> {
  readonly page?: VisitorPage | null | undefined
  readonly lang?: string | null | undefined
  readonly onlyLang?: boolean | undefined
}

/** What the first part of a build that answers has; where none does, what the first part has. */
async function findFirst(whole: IndexBuild, query: AskedQuery, options: RetrieveOptions, deps: FindDeps) {
  const {question, history, version, lang = null, onlyLang = false} = query
  const started = performance.now()
  const standalone = await standaloneQuestion(query, options, deps)
  const timings =
    deps.rewriter === undefined || history.length === 0 ? {} : {rewrite: performance.now() - started}
  const asked = await askedLanguage(whole, standalone ?? question, history)
  const place = query.page == null ? null : placeOfVisitor(whole, query.page, deps.siteUrl)
  const ofPage = place?.page.lang ?? null
  const language = asked ?? lang ?? ofPage
  const isAboutPage =
    place !== null && standalone === null && dependenceOnPage(question, history, language) > 0
  const parts = partsToSearch(whole, {
    question: standalone ?? question,
    version,
    visitorVersion: place?.page.version ?? null,
    langs: isAboutPage ? langsOf(ofPage, lang, asked) : langsOf(lang, asked, ofPage),
  })
  let first: {readonly build: IndexBuild; readonly found: FoundAt} | null = null
  for (const build of onlyLang ? parts.slice(0, 1) : parts) {
    const found = {
      ...(await findSections(build, {...query, standalone, language, place}, options, deps)),
      place,
    }
    if (found.abstention === null) return {build, found, timings}
    first ??= {build, found}
  }
  return {...first!, timings}
}

/** What the first part of a build has in which something begins with what was typed. */
async function typedFirst(
  parts: readonly IndexBuild[],
  query: {readonly text: string; readonly limit: number},
  signal: AbortSignal | undefined,
) {
  for (const [at, build] of parts.entries()) {
    const names = await sectionNamesIn(build)
    signal?.throwIfAborted()
    const searchStarted = performance.now()
    const found = typedSections(build, names, query)
    if (found.sections.length > 0 || at === parts.length - 1) return {build, found, searchStarted}
  }
  throw new RangeError('no part to search')
}

function hitLimit({limit = defaultHits}: Pick<SearchQuery, 'limit'>): number {
  return Math.max(1, Math.min(maxHits, limit))
}
