import {
  type AbstentionReason,
  DocentError,
  maxShownName,
  type PageLink,
  type RetrievedSource,
  type Turn,
  turnsBefore,
} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import {headOf, shortened} from '../lib/cut.ts'
import type {CurrentBuild, IndexBuild, StoredPage} from '../search-index/index.ts'
import {bestExcerptOf} from '../text/best-excerpt.ts'
import {BuildMemory} from './build-memory.ts'
import {answerabilityOf, type Calibration, parseCalibration} from './calibration.ts'
import {distinctCandidates, spreadOverPages} from './choice.ts'
import {type Evidence, evidenceDepth, evidenceOf} from './evidence.ts'
import {noTopic, type Topic, topicOf} from './follow-up.ts'
import {type FoundSection, foundTogether} from './found-together.ts'
import {isAboutSoftware} from './question-field.ts'
import {type QuestionRewriter, rewritten} from './question-rewriter.ts'
import {questionTermsOf, weightOf} from './question-terms.ts'
import {type Candidate, rankedSections, type Stage, type Wanted} from './ranking.ts'
import type {
  Abstention,
  DocsSearch,
  Retrieval,
  RetrievalQuery,
  RetrieveOptions,
  Retriever,
} from './retriever.ts'

export interface RetrieverOptions {
  readonly current: CurrentBuild
  readonly embedder: Embedder
  /** Where the docs live; null: sources link to this server's own `/docs/…`. */
  readonly siteUrl: string | null
  /** Puts follow-up questions in words of their own; default none: the topic is taken from the turns before. */
  readonly rewriter?: QuestionRewriter
  /** Longest wait for it; default 1,500. */
  readonly rewriteTimeoutMs?: number
  /** Told in one sentence why a question was searched for as it was. */
  readonly onNote?: (note: string) => void
  /** Decides abstention instead of the build's own calibration; for measuring what that is worth. */
  readonly calibration?: Calibration
  /** Stages to leave out, for measuring what each is worth; default none. */
  readonly without?: ReadonlySet<Stage>
}

const defaultLimit = 6
const maxHits = 50
/** Longest question that is looked at, in UTF-16 units; a pasted log says in its first lines what it is about. */
const maxQuestionLength = 4_000

interface Found {
  readonly query: string
  readonly wanted: Wanted
  readonly candidates: readonly Candidate[]
  readonly evidence: Evidence
  readonly answerability: number
  readonly abstention: Abstention | null
  readonly timings: Record<string, number>
}

/** Retrieval over the current build: words and meaning, fused; each call holds one lease and gives it back. */
export function createRetriever(options: RetrieverOptions): Retriever & DocsSearch {
  const {current, embedder, siteUrl, without = new Set<Stage>()} = options
  const {rewriter, rewriteTimeoutMs = 1_500, onNote} = options

  async function find(
    build: IndexBuild,
    query: RetrievalQuery,
    depth: number,
    given: RetrieveOptions,
  ): Promise<Found> {
    const {signal} = given
    signal?.throwIfAborted()
    const asked = headOf(query.question, maxQuestionLength)
    const history = turnsBefore(asked, query.history)
    const {version} = query
    if (version !== null && !build.versions().includes(version)) {
      throw new DocentError('version_not_found', `The index has no pages of version ${version}.`)
    }

    const {embedding} = build.manifest
    if (embedding.id !== embedder.id || embedding.dimensions !== embedder.dimensions) {
      throw new DocentError(
        'embedding_model',
        `The index was made with the embedding model ${embedding.name}, but ${embedder.name} is loaded, or another version of it; ingest again.`,
      )
    }

    const rewriteStarted = performance.now()
    const alone = await standingAlone(asked, history, given)
    const rewriteMs = performance.now() - rewriteStarted
    const question = alone ?? asked
    const topic =
      without.has('follow-up') || alone !== null
        ? noTopic
        : topicOf(question, history, (term) =>
            BuildMemory.of(build).frequencyOf(term) === 0 ? 0 : weightOf(build, term),
          )
    const embedStarted = performance.now()
    const vector = await vectorFor(question, topic)
    signal?.throwIfAborted()
    const embedMs = performance.now() - embedStarted

    const termsStarted = performance.now()
    const wanted: Wanted = {
      terms: questionTermsOf(build, question, {spelling: !without.has('spelling')}),
      vector,
      contextTerms: topic.terms,
      contextWeight: topic.weight,
      version,
    }
    const termsMs = performance.now() - termsStarted
    const ranked = rankedSections(build, wanted, Math.max(depth * 2, evidenceDepth), without)
    const chooseStarted = performance.now()
    const evidence = evidenceOf(wanted, ranked)
    const calibration = options.calibration ?? parseCalibration(build.manifest.calibration)
    const answerability = answerabilityOf(evidence, calibration)
    const spread = without.has('diversity') ? ranked.candidates : spreadOverPages(ranked.candidates)
    const candidates = without.has('duplicates') ? spread : distinctCandidates(build, spread, depth)
    // A follow-up's own words say little; the more it leans on what was said, the less they may decide.
    const threshold = calibration.threshold * (1 - topic.weight) ** 2
    const isRefused = ranked.candidates.length > 0 && answerability < threshold
    const reason =
      ranked.candidates.length === 0
        ? version === null
          ? 'no_hits'
          : 'version_empty'
        : isRefused
          ? await refusalOf(evidence, vector)
          : null
    const abstention = reason === null ? null : {reason, nearest: nearestPages(build, candidates)}
    return {
      query: topic.words.length === 0 ? question : `${question} (${topic.words.slice(0, 4).join(', ')})`,
      wanted,
      candidates,
      evidence,
      answerability,
      abstention,
      timings: {
        ...(rewriter === undefined || history.length === 0 ? {} : {rewrite: rewriteMs}),
        embed: embedMs,
        terms: termsMs,
        ...ranked.timings,
        choose: performance.now() - chooseStarted,
      },
    }
  }

  /** The follow-up in words of its own; null when it is none, or nobody could or would put it so. */
  async function standingAlone(
    question: string,
    history: readonly Turn[],
    {signal, onModelCall}: RetrieveOptions,
  ): Promise<string | null> {
    if (rewriter === undefined || history.length === 0) return null
    onModelCall?.()
    const result = await rewritten(question, history, {rewriter, timeoutMs: rewriteTimeoutMs, signal})
    if ('question' in result) return result.question
    onNote?.(`A follow-up question was searched for without being rewritten: ${result.problem}.`)
    return null
  }

  async function refusalOf(evidence: Evidence, vector: Float32Array): Promise<AbstentionReason> {
    // All its words stand together somewhere: the docs are about this, and say too little.
    if (evidence.known > 0.95 && evidence.coverage >= 0.6) return 'low_score'
    return (await isAboutSoftware(embedder, vector)) ? 'other_product' : 'off_topic'
  }

  /** The question's vector, drawn towards its topic as far as it leans on it. */
  async function vectorFor(question: string, topic: Topic): Promise<Float32Array> {
    if (without.has('semantic')) return new Float32Array(embedder.dimensions)
    const own = await embedder.embedQuery(question)
    if (topic.weight === 0 || topic.words.length === 0) return own
    const context = await embedder.embedQuery(topic.words.join(' '))
    const mixed = own.map((value, index) => value + topic.weight * context[index]!)
    const norm = Math.sqrt(mixed.reduce((sum, value) => sum + value * value, 0))
    return norm === 0 ? own : mixed.map((value) => value / norm)
  }

  function urlOf(build: IndexBuild, page: StoredPage): string {
    if (/^[a-z][a-z0-9+.-]*:/i.test(page.url)) return page.url
    if (siteUrl !== null) return siteUrl.replace(/\/+$/, '') + routed(page.url)
    // Where two pages claim one address, this server shows the first there, and the other by its file.
    const isThere = BuildMemory.of(build).ownsUrl(page)
    return `/docs${routed(isThere ? page.url : page.path.replace(/\.mdx?$/, ''))}`
  }

  function nearestPages(build: IndexBuild, candidates: readonly Candidate[]): PageLink[] {
    const links = new Map<number, PageLink>()
    for (const {section} of candidates) {
      if (links.size === 3) break
      if (!links.has(section.page.id)) {
        links.set(section.page.id, {title: shownName(section.page.title), url: urlOf(build, section.page)})
      }
    }
    return [...links.values()]
  }

  function snippetOf(text: string, wanted: Wanted): ReturnType<typeof bestExcerptOf> {
    const weights = new Map<string, number>()
    for (const term of wanted.terms) {
      for (const [index, form] of term.terms.entries()) {
        weights.set(form, Math.max(weights.get(form) ?? 0, index === 0 ? term.weight : term.weight / 2))
      }
    }
    return bestExcerptOf(text, weights)
  }

  /** Numbered by who knows where it stands. */
  function sourceOf(
    build: IndexBuild,
    {section, candidate, text: {markdown, text}}: FoundSection,
    first: FoundSection,
    wanted: Wanted,
  ): Omit<RetrievedSource, 'n'> {
    const memory = BuildMemory.of(build)
    const {anchor, sourceId} = memory.addressOf(section)
    const excerpt = snippetOf(text, wanted)
    return {
      id: sourceId,
      group: memory.addressOf(first.section).sourceId,
      title: shownName(section.page.title),
      headings: section.headings.map(shownName),
      url: urlOf(build, section.page),
      anchor,
      score: shownScore(candidate.score),
      snippet: excerpt.text,
      highlights: excerpt.highlights,
      markdown,
      text,
      path: section.page.path,
      version: section.page.version,
      scores: scoresOf(candidate),
    }
  }

  return {
    async retrieve(query, given = {}): Promise<Retrieval> {
      const started = performance.now()
      const lease = current.lease()
      try {
        const {build} = lease
        const limit = query.limit ?? defaultLimit
        const found = await find(build, query, limit * 3, given)
        const snippetsStarted = performance.now()
        const groups = foundTogether(build, found.candidates, {
          limit,
          joinsNeighbours: !without.has('duplicates'),
        })
        const sources = groups
          .flatMap((group) => group.map((section) => sourceOf(build, section, group[0]!, found.wanted)))
          .map((source, at) => ({...source, n: (query.firstNumber ?? 1) + at}))
        return {
          build: build.manifest.id,
          query: found.query,
          sources,
          abstention: found.abstention ?? (sources.length === 0 ? {reason: 'no_hits', nearest: []} : null),
          timings: rounded({
            ...found.timings,
            snippets: performance.now() - snippetsStarted,
            total: performance.now() - started,
          }),
        }
      } finally {
        lease.release()
      }
    },

    async search(query, given = {}) {
      const started = performance.now()
      const lease = current.lease()
      try {
        const {build} = lease
        const limit = Math.max(1, Math.min(maxHits, query.limit ?? 10))
        const found = await find(
          build,
          {question: query.text, history: query.history ?? [], version: query.version ?? null},
          limit,
          given,
        )
        const snippetsStarted = performance.now()
        const hits = found.candidates.slice(0, limit).map((candidate) => {
          const {section} = candidate
          const passages = build.passagesOf(section.id)
          const best = passages.find((passage) => passage.id === candidate.bestPassageId) ?? passages[0]
          return {
            url: urlOf(build, section.page),
            title: shownName(section.page.title),
            headings: section.headings.map(shownName),
            anchor: BuildMemory.of(build).addressOf(section).anchor,
            text: snippetOf(best?.text ?? '', found.wanted).text,
            score: shownScore(candidate.score),
            scores: scoresOf(candidate),
            pageUrl: section.page.url,
            path: section.page.path,
            version: section.page.version,
          }
        })
        return {
          build: build.manifest.id,
          query: found.query,
          hits,
          abstention: found.abstention,
          answerability: found.answerability,
          evidence: {...found.evidence},
          timings: rounded({
            ...found.timings,
            snippets: performance.now() - snippetsStarted,
            total: performance.now() - started,
          }),
        }
      } finally {
        lease.release()
      }
    },
  }
}

function routed(url: string): string {
  return url.startsWith('/') ? url : `/${url}`
}

function shownName(name: string): string {
  return shortened(name, maxShownName)
}

function shownScore(score: number): number {
  return Math.round((1 / (1 + Math.exp(-(score - 8) / 3))) * 1e4) / 1e4
}

function scoresOf({signals, score}: Candidate): Record<string, number> {
  return rounded({fused: score, ...signals})
}

function rounded(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Math.round(value * 1e3) / 1e3]),
  )
}
