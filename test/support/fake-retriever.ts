import {type AbstentionReason, DocentError, type RetrievedSource} from '../../src/domain/index.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import type {
  DocsSearch,
  Retrieval,
  RetrievalQuery,
  RetrieveOptions,
  Retriever,
} from '../../src/retrieval/retriever.ts'

/** A source that is identified by its number. */
export function sampleSource(n: number, overrides: Partial<RetrievedSource> = {}): RetrievedSource {
  const title = overrides.title ?? `Page ${n}`
  const text = `${title} says that setting ${n} is on by default.`
  return {
    n,
    id: `section-${n}`,
    group: `section-${n}`,
    title,
    headings: [`Section ${n}`],
    url: `/docs/page-${n}`,
    anchor: `section-${n}`,
    score: Math.max(0.1, 1 - n / 10),
    snippet: text,
    highlights: [[0, title.length]],
    blocks: quotableBlocksIn(text),
    text,
    path: `page-${n}.md`,
    version: null,
    lang: null,
    scores: {bm25: 10 - n, cosine: 1 - n / 20},
    ...overrides,
  }
}

export interface FakeRetrieverOptions {
  /** The sources that are found, or a function from a query to them. Default: two sources. */
  readonly sources?: readonly RetrievedSource[] | ((query: RetrievalQuery) => readonly RetrievedSource[])
  readonly build?: string | (() => string)
  /** Makes the retriever abstain; the sources are then those that were considered. */
  readonly abstain?: AbstentionReason | ((query: RetrievalQuery) => AbstentionReason | null)
  /** What is said of every question; default: the docs answer all of it. */
  readonly assessment?: Pick<Retrieval, 'answerability' | 'unknownWords'>
  /** Thrown instead of returning a result. */
  readonly error?: Error
  /** Awaited before returning; the signal ends the wait. */
  readonly until?: Promise<unknown>
  /** Delay before returning, in milliseconds; the signal ends the wait. */
  readonly delayMs?: number
}

/** Two sources of one page for every question; abstains from questions that contain "xyzzy". */
export const installSources: FakeRetrieverOptions = {
  sources: [1, 2].map((n) => ({
    n,
    id: `source-${n}`,
    group: `source-${n}`,
    title: 'Install',
    headings: ['On Linux'],
    url: '/docs/install',
    anchor: 'on-linux',
    score: 0.9,
    snippet: 'Run npm ci.',
    highlights: [[0, 3]],
    blocks: quotableBlocksIn('Run `npm ci`.'),
    text: 'Run npm ci.',
    path: 'install.md',
    version: null,
    lang: null,
    scores: {bm25: 3.2, cosine: 0.7},
  })),
  abstain: ({question}) => (question.includes('xyzzy') ? 'no_hits' : null),
}

export interface FakeRetriever extends Retriever, DocsSearch {
  /** All queries, in order. */
  readonly queries: readonly RetrievalQuery[]
  /** Number of retrievals that are waiting. */
  readonly waiting: number
}

/**
 * A retriever without an index. Like the real one, it numbers sources from `firstNumber` on and returns at most `limit`.
 * When the signal aborts it rejects with the signal's reason, and it leaves no listener behind.
 */
export function fakeRetriever(options: FakeRetrieverOptions = {}): FakeRetriever {
  const queries: RetrievalQuery[] = []
  let waiting = 0

  async function retrievalFor(query: RetrievalQuery): Promise<Retrieval> {
    if (options.error) throw options.error
    const {sources = [sampleSource(1), sampleSource(2)], build = 'build-1', abstain = null} = options
    if (query.version !== null && query.version === 'missing') {
      throw new DocentError('version_not_found', 'There is no version "missing"')
    }
    const found = typeof sources === 'function' ? sources(query) : sources
    const reason = typeof abstain === 'function' ? abstain(query) : abstain
    const first = query.firstNumber ?? 1
    return {
      build: typeof build === 'function' ? build() : build,
      query: query.question,
      ...options.assessment,
      sources: found.slice(0, query.limit ?? 6).map((source, index) => ({...source, n: first + index})),
      abstention: reason === null ? null : {reason, nearest: pagesOf(found).slice(0, 3)},
      timings: {embed: 0.2, lexical: 0.3, semantic: 0.4, fuse: 0.1, total: 1},
    }
  }

  async function retrieve(query: RetrievalQuery, {signal}: RetrieveOptions = {}): Promise<Retrieval> {
    queries.push(query)
    signal?.throwIfAborted()
    const waits = [
      ...(options.until === undefined ? [] : [options.until]),
      ...(options.delayMs ? [elapsed(options.delayMs)] : []),
    ]
    waiting += 1
    try {
      for (const wait of waits) await abortable(wait, signal)
    } finally {
      waiting -= 1
    }
    return retrievalFor(query)
  }

  return {
    queries,
    get waiting() {
      return waiting
    },
    retrieve,
    async searchAsTyped({text, limit = 10, version = null}, searching) {
      const {build, hits, timings} = await this.search({text, limit, version}, searching)
      return {build, query: text, lang: null, hits, timings}
    },
    async search({text, limit = 10, version = null, history = []}, searching) {
      const found = await retrieve({question: text, history, version, limit}, searching)
      const {query, build, sources, abstention, timings} = found
      const hits = sources.map((source) => ({
        ...source,
        text: source.snippet,
        highlights: {title: [], headings: [], text: source.highlights},
        pageUrl: source.url,
      }))
      return {
        build,
        query,
        lang: null,
        hits,
        abstention,
        unknownWords: [],
        answerability: 1,
        features: {},
        timings,
      }
    },
  }
}

/** The pages of the sources, each once. */
function pagesOf(sources: readonly RetrievedSource[]): {title: string; url: string}[] {
  return [...new Map(sources.map(({title, url}) => [url, {title, url}])).values()]
}

interface Wait extends Promise<unknown> {
  cancel?: () => void
}

function elapsed(ms: number): Wait {
  let timer: ReturnType<typeof setTimeout>
  const wait: Wait = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  wait.cancel = () => clearTimeout(timer)
  return wait
}

async function abortable(wait: Wait, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await wait
    return
  }
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, {once: true})
  })
  try {
    await Promise.race([wait, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    wait.cancel?.()
  }
}
