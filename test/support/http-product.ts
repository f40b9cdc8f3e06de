import {createAnswering} from '../../src/answering/create-answering.ts'
import {DocentError, type RetrievedSource} from '../../src/domain/index.ts'
import {
  createHttpServer,
  type HttpOptions,
  type HttpServer,
  type HttpServerDeps,
} from '../../src/http/http-server.ts'
import type {LimitStore} from '../../src/http/limits/limit-store.ts'
import {memoryLimits} from '../../src/http/limits/memory-limits.ts'
import {type Log, silentLog} from '../../src/http/log.ts'
import {createMetrics} from '../../src/http/metrics.ts'
import type {IngestRun} from '../../src/http/reindexing.ts'
import type {DocsSearch, Retriever} from '../../src/retrieval/retriever.ts'
import type {CurrentBuild, IndexBuild} from '../../src/search-index/build.ts'
import {type HandGenerator, handGenerator} from './hand-generator.ts'
import {memoryJournal} from './memory-journal.ts'

export const adminToken = 'admin-token-for-tests'
export const docsToken = 'docs-token-for-tests-'
export const supportToken = 'support-token-for-tests'

const defaults: HttpOptions = {
  port: 0,
  host: '127.0.0.1',
  allowedOrigins: ['https://docs.example.com'],
  trustProxy: null,
  heartbeatMs: 15_000,
  slowReaderTimeoutMs: 30_000,
  bufferMs: 0,
  imageHosts: [],
  adminToken,
  docsToken,
  supportToken,
  rateLimitPerMinute: 0,
  searchLimitPerMinute: 0,
  requestLimitPerMinute: 0,
  maxConcurrentAnswersPerVisitor: 0,
  answersPerDay: 0,
  answersPerDayPerVisitor: null,
  maxConnectionsPerAddress: 0,
}

export interface HttpProduct {
  readonly url: string
  readonly port: number
  readonly http: HttpServer
  readonly generator: HandGenerator
  readonly journal: ReturnType<typeof memoryJournal>
  readonly answering: ReturnType<typeof createAnswering>
  ask(body: object, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

export interface HttpProductOptions {
  readonly options?: Partial<HttpOptions>
  readonly resumeGraceMs?: number
  readonly hasIndex?: boolean
  readonly retriever?: Retriever
  readonly build?: IndexBuild
  readonly startIngest?: () => IngestRun
  readonly limitStore?: LimitStore
  readonly journalHealth?: HttpServerDeps['journalHealth']
  /** Folder of the built page; default: no page is served. */
  readonly webDir?: string
  readonly log?: Log
  readonly builds?: {list(): Promise<object[]>; activate(id: string): Promise<void>}
}

/** A real server on a free port with real answering, before a generator that is played by hand. */
export async function startHttpProduct(given: HttpProductOptions = {}): Promise<HttpProduct> {
  const {hasIndex = true} = given
  const generator = handGenerator()
  const journal = memoryJournal()
  const retriever = given.retriever ?? fixedRetriever()
  const current: CurrentBuild = {
    id: hasIndex ? 'build-1' : null,
    lease() {
      if (!given.build) throw new DocentError('not_ready', 'There is no index yet.')
      return {build: given.build, release() {}}
    },
  }
  const metrics = createMetrics({activeAnswers: () => answering.active, journalHealth: journal.health})
  const answering = createAnswering({
    retriever,
    generator,
    journal,
    currentBuild: () => current.id,
    hasVersion: (version) => version === '2.0',
    embedding: 'test',
    deadlines: {firstTokenMs: 60_000, answerMs: 60_000},
    resumeGraceMs: given.resumeGraceMs ?? 0,
    onEnd: metrics.answerEnded,
    ...(given.log === undefined ? {} : {log: given.log}),
  })
  const http = createHttpServer({
    options: {...defaults, ...given.options},
    answering,
    generator: 'scripted',
    transcripts: journal,
    search: searchOf(retriever),
    current,
    builds: given.builds ?? {list: async () => [], activate: async () => {}},
    startIngest:
      given.startIngest ??
      (() => {
        throw new DocentError('internal', 'This test ingests nothing.')
      }),
    limitStore: given.limitStore ?? memoryLimits(),
    journalHealth: given.journalHealth ?? journal.health,
    webDir: given.webDir ?? null,
    log: given.log ?? silentLog,
    metrics,
  })
  const {port} = await http.listen()
  const url = `http://127.0.0.1:${port}`

  return {
    url,
    port,
    http,
    generator,
    journal,
    answering,
    ask: (body, init = {}) =>
      fetch(`${url}/api/answers`, {
        method: 'POST',
        ...init,
        headers: {'content-type': 'application/json', ...init.headers},
        body: JSON.stringify(body),
      }),
    async close() {
      await answering.shutdown(0)
      await http.close()
    },
  }
}

function searchOf(retriever: Retriever): DocsSearch {
  return {
    async search({text, limit = 10, version = null}) {
      const {query, build, sources, abstention, timings} = await retriever.retrieve({
        question: text,
        history: [],
        version,
        limit,
      })
      const hits = sources.map((source) => ({...source, text: source.snippet, pageUrl: source.url}))
      return {build, query, hits, abstention, answerability: 1, evidence: {}, timings}
    },
  }
}

/** Finds the same two sources for everything; nothing for a question with "xyzzy" in it. */
export function fixedRetriever(): Retriever {
  return {
    async retrieve({question, limit = 6, firstNumber = 1}) {
      const isUnknown = question.includes('xyzzy')
      const nearest = [{title: 'Install', url: '/docs/install'}]
      return {
        build: 'build-1',
        query: question,
        sources: isUnknown ? [] : [sourceOf(firstNumber), sourceOf(firstNumber + 1)].slice(0, limit),
        abstention: isUnknown ? {reason: 'no_hits', nearest} : null,
        timings: {total: 1},
      }
    },
  }
}

function sourceOf(n: number): RetrievedSource {
  return {
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
    markdown: 'Run `npm ci`.',
    text: 'Run npm ci.',
    path: 'install.md',
    version: null,
    scores: {bm25: 3.2, cosine: 0.7},
  }
}
