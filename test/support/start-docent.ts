import {cpSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Answering} from '../../src/answering/answering.ts'
import {DocentError, type Page} from '../../src/domain/index.ts'
import type {Generator} from '../../src/generation/generator.ts'
import type {HttpServer} from '../../src/http/http-server.ts'
import type {LimitStore} from '../../src/http/limits/limit-store.ts'
import {type Log, silentLog} from '../../src/http/log.ts'
import {
  type BuildStore,
  type IndexBuild,
  type OpenCurrentBuild,
  writeBuild,
} from '../../src/search-index/index.ts'
import {openServer, type Parts} from '../../src/server/index.ts'
import {type Settings, settingsFrom} from '../../src/settings/settings.ts'
import {openTranscripts, type Transcripts} from '../../src/transcripts/open-transcripts.ts'
import {type FakeClaude, startFakeClaude} from './fake-claude.ts'
import {
  type FakeRetriever,
  type FakeRetrieverOptions,
  fakeRetriever,
  installSources,
} from './fake-retriever.ts'
import {type HandGenerator, handGenerator} from './hand-generator.ts'
import {hashingEmbedder} from './hashing-embedder.ts'
import {checkedByOpenApi, type OpenApiCheck} from './openapi-check.ts'
import {type Reading, readingOf} from './reading.ts'

export const adminToken = 'admin-token-for-tests'
export const docsToken = 'docs-token-for-tests-'
export const supportToken = 'support-token-for-tests'

export interface DocentOptions {
  /** Override the defaults of tests: no limits, staff tokens, a free port on this machine. */
  readonly settings?: Partial<Settings>
  /** Default: one that the test controls. Null: the one in the settings. */
  readonly generator?: Generator | null
  /** What the fake retriever finds. Default: two sources of one page, and nothing for a question with "xyzzy" in it. */
  readonly retrieval?: FakeRetrieverOptions
  /** Default: the fake one. Null: a real search of the index. */
  readonly retriever?: Parts['retriever'] | null
  /** Pages of the index; null for no index. Default: an empty index, which opens instantly. */
  readonly pages?: readonly Page[] | null
  /** Where builds are, in place of the data folder. */
  readonly builds?: BuildStore
  readonly transcripts?: Transcripts
  /** Null: the model of the settings. Default: one without a model. */
  readonly embedder?: null
  /** Default: one that fails. */
  readonly ingest?: Parts['ingest']
  /** Default: the memory of this process. */
  readonly limitStore?: LimitStore
  readonly log?: Log
  /** Folder of the built page; default: no page is served. */
  readonly webDir?: string
  /** A data folder that is kept at the end. Default: a new folder that is removed at the end. */
  readonly dataDir?: string
}

/** A real server on a free port of this machine. */
export interface TestDocent {
  readonly url: string
  readonly port: number
  /** Id of the current build. */
  readonly build: string | null
  readonly dataDir: string
  /** The log of answers in the data folder. */
  readonly file: string
  readonly http: HttpServer
  readonly answering: Answering
  readonly transcripts: Transcripts
  /** The generator that the test controls, unless another one was given. */
  readonly generator: HandGenerator
  /** The fake retriever, unless another one was given. */
  readonly retriever: FakeRetriever
  /** What it has sent so far, compared with its OpenAPI document. */
  readonly api: OpenApiCheck
  ask(body: object, init?: RequestInit): Promise<Response>
  /** Asks a question and begins to read the answer. */
  read(body?: object, headers?: Readonly<Record<string, string>>): Promise<Reading>
  /** Reads an answer that was begun before. */
  resume(answerId: string, after: number): Promise<Reading>
  stop(answerId: string): Promise<unknown>
  /** The transcript of an answer as staff see it, over HTTP. */
  transcript(answerId: string): Promise<Record<string, unknown>>
  /** Ends all answers and closes everything. Idempotent. Rejects where what was sent differs from `/openapi.json`. */
  close(): Promise<void>
}

const transcriptsFile = 'transcripts.sqlite'
const embedder = hashingEmbedder({dimensions: 8})

function noIngest(): never {
  throw new DocentError('internal', 'This test ingests nothing.')
}

/** An empty index, for tests that do not search. */
function emptyIndex(): OpenCurrentBuild {
  const build = {
    manifest: {id: 'build-1', embedding: {id: embedder.id, name: embedder.name}},
    versions: () => [],
    languages: () => [],
    pages: () => [],
    outline: () => [],
    pageByUrl: () => null,
    pageByPath: () => null,
    sectionCounts: () => new Map(),
  }
  return {
    id: 'build-1',
    problem: null,
    // Everything that the server itself reads from a build.
    lease: () => ({build: build as unknown as IndexBuild, release() {}}),
    refresh: async () => {},
    onChange: () => () => {},
    close: async () => {},
  }
}

/**
 * Starts Docent as `npm start` does, with its own data folder: real HTTP, answering, SQLite and index. Only the model
 * and, unless a test searches, retrieval are fakes.
 */
export async function startDocent(given: DocentOptions = {}): Promise<TestDocent> {
  const {generator = handGenerator(), log = silentLog} = given
  const dataDir = await prepareData(given)
  const removeFolder = () => {
    if (given.dataDir === undefined) rmSync(dataDir, {recursive: true, force: true})
  }
  const build = (): string => server.current.id ?? 'none'
  const retriever: Parts['retriever'] =
    given.retriever ?? fakeRetriever({build, ...(given.retrieval ?? installSources)})
  const server = await openServer({
    settings: {
      ...settingsFrom({PORT: '0', DATA_DIR: dataDir, ADMIN_TOKEN: adminToken, RETENTION_DAYS: '0'}),
      docsToken,
      supportToken,
      allowedOrigins: ['https://docs.example.com'],
      firstTokenTimeoutMs: 60_000,
      answerTimeoutMs: 60_000,
      resumeGraceMs: 0,
      rateLimitPerMinute: 0,
      searchLimitPerMinute: 0,
      requestLimitPerMinute: 0,
      maxConcurrentAnswersPerVisitor: 0,
      maxConnectionsPerAddress: 0,
      ...given.settings,
    },
    log,
    webDir: given.webDir ?? null,
    extractPaceMs: 0,
    parts: {
      ...(given.embedder === null ? {} : {embedder}),
      ...(given.pages === undefined && given.builds === undefined ? {current: emptyIndex()} : {}),
      ...(given.builds === undefined ? {} : {builds: given.builds}),
      ...(generator === null ? {} : {generator: {...generator, describe: () => 'Answers come from a test.'}}),
      ...(given.retriever === null ? {} : {retriever: retriever as FakeRetriever}),
      ...(given.transcripts === undefined ? {} : {transcripts: given.transcripts}),
      ingest: given.ingest ?? noIngest,
      ...(given.limitStore === undefined ? {} : {limitStore: given.limitStore}),
    },
  }).catch((error: unknown) => {
    removeFolder()
    throw error
  })
  const {http, answering, transcripts} = server
  const {port} = await http.listen()
  const api = checkedByOpenApi(http.server)
  const url = `http://127.0.0.1:${port}`
  const ask = (body: object, init: RequestInit = {}) =>
    fetch(`${url}/api/answers`, {
      method: 'POST',
      ...init,
      headers: {'content-type': 'application/json', ...init.headers},
      body: JSON.stringify(body),
    })
  let closed: Promise<void> | undefined

  return {
    url,
    port,
    build: server.current.id,
    dataDir,
    file: join(dataDir, transcriptsFile),
    http,
    answering,
    transcripts,
    // Used only by tests that did not replace them.
    generator: generator as HandGenerator,
    retriever: retriever as FakeRetriever,
    api,
    ask,
    read: (body = {}, headers = {}) =>
      readingOf((signal) => ask({question: 'How do I set the port?', ...body}, {signal, headers})),
    resume: (answerId, after) =>
      readingOf((signal) => fetch(`${url}/api/answers/${answerId}/events?after=${after}`, {signal})),
    stop: async (answerId) =>
      (await fetch(`${url}/api/answers/${answerId}/stop`, {method: 'POST'})).json() as Promise<unknown>,
    async transcript(answerId) {
      const headers = {authorization: `Bearer ${adminToken}`}
      const response = await fetch(`${url}/api/admin/transcripts/${answerId}`, {headers})
      return (await response.json()) as Record<string, unknown>
    },
    close() {
      closed ??= server
        .close(0)
        .then(removeFolder)
        .then(() => api.assertNoDifference())
      return closed
    },
  }
}

export interface DocentWithClaude extends TestDocent {
  readonly upstream: FakeClaude
}

/** Starts Docent with Claude as its generator, connected to a fake of Claude's API that is scripted byte by byte. */
export async function startDocentWithClaude(options: DocentOptions = {}): Promise<DocentWithClaude> {
  const upstream = await startFakeClaude()
  const docent = await startDocent({
    ...options,
    generator: null,
    settings: {
      anthropicApiKey: 'sk-canary-key',
      anthropicBaseUrl: upstream.url,
      resumeGraceMs: 30_000,
      ...options.settings,
    },
  }).catch(async (error: unknown) => {
    await upstream.close()
    throw error
  })
  return {
    ...docent,
    upstream,
    async close() {
      await docent.close()
      await upstream.close()
    },
  }
}

/** Template data folders by the pages in their index; copying one is faster than making it. */
const templates = new Map<DocentOptions['pages'], string>()

process.once('exit', () => {
  for (const folder of templates.values()) rmSync(folder, {recursive: true, force: true})
})

/** Prepares the data folder that the options describe. A given folder keeps its content. */
async function prepareData({dataDir, pages}: DocentOptions): Promise<string> {
  if (dataDir !== undefined) {
    if (pages) await writeIndex(dataDir, pages)
    return dataDir
  }
  let template = templates.get(pages)
  if (template === undefined) {
    template = newFolder()
    templates.set(pages, template)
    openTranscripts({file: join(template, transcriptsFile)}).close()
    if (pages) await writeIndex(template, pages)
  }
  const folder = newFolder()
  cpSync(template, folder, {recursive: true})
  return folder
}

/** Makes a build of pages the current one. Their language is that of the site, where they share one. */
export async function writeIndex(dataDir: string, pages: readonly Page[]): Promise<{readonly id: string}> {
  const [lang = null, ...others] = new Set(pages.map((page) => page.lang))
  return writeBuild(dataDir, pages, {
    embedding: embedder,
    embed: (texts) => embedder.embedPassages(texts),
    defaultLanguage: others.length === 0 ? lang : null,
  })
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'docent-test-'))
