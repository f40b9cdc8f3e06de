import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Answering} from '../../src/answering/answering.ts'
import type {Deadlines} from '../../src/answering/answering-limits.ts'
import {createAnswering} from '../../src/answering/create-answering.ts'
import {createGenerator} from '../../src/generation/create-generator.ts'
import {createHttpServer, type HttpServer} from '../../src/http/http-server.ts'
import {silentLog} from '../../src/http/log.ts'
import {createMetrics} from '../../src/http/metrics.ts'
import {type Settings, settingsFrom} from '../../src/settings/settings.ts'
import {
  openTranscripts,
  type Transcripts,
  type TranscriptsOptions,
} from '../../src/transcripts/open-transcripts.ts'
import {eventsOf, type ReadEvent} from './event-reader.ts'
import {type FakeClaude, startFakeClaude} from './fake-claude.ts'
import {type FakeRetriever, type FakeRetrieverOptions, fakeRetriever} from './fake-retriever.ts'

const adminToken = 'admin-token-for-tests'

export interface WireProductOptions {
  /** As in the environment. */
  readonly settings?: Readonly<Record<string, string>>
  readonly transcripts?: Partial<TranscriptsOptions>
  readonly retrieval?: FakeRetrieverOptions
  readonly deadlines?: Partial<Deadlines>
  /** The transcripts file; by default one in a folder of its own, gone at the end. */
  readonly file?: string
}

/** An answer that is being read. Its events so far are in `seen`. */
export interface Reading {
  readonly response: Response
  readonly seen: ReadEvent[]
  /** Reads on until so many events of a type have been seen. @throws Error when the stream ends before. */
  until(type: string, count?: number): Promise<ReadEvent>
  /** Reads to the end of the stream. */
  all(): Promise<readonly ReadEvent[]>
  leave(): void
}

export interface WireProduct {
  readonly url: string
  readonly port: number
  readonly file: string
  readonly upstream: FakeClaude
  readonly http: HttpServer
  readonly answering: Answering
  readonly transcripts: Transcripts
  readonly retriever: FakeRetriever
  /** Asks and begins to read. */
  ask(body?: object, headers?: Readonly<Record<string, string>>): Promise<Reading>
  /** Reads an answer that was asked before. */
  resume(answerId: string, after: number): Promise<Reading>
  stop(answerId: string): Promise<unknown>
  /** What staff sees of an answer, over HTTP. */
  transcript(answerId: string): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/**
 * The engine as it is served, over real sockets on both sides: HTTP server, run, Claude with its fallbacks, and a
 * journal in a real file. Only retrieval is played, and Claude's side of the wire, byte by byte. Close it.
 */
export async function startWireProduct(given: WireProductOptions = {}): Promise<WireProduct> {
  const folder = await mkdtemp(join(tmpdir(), 'docent-wire-'))
  const file = given.file ?? join(folder, 'transcripts.sqlite')
  const upstream = await startFakeClaude()
  const settings: Settings = settingsFrom({
    PORT: '0',
    ADMIN_TOKEN: adminToken,
    ANTHROPIC_API_KEY: 'sk-canary-key',
    ANTHROPIC_BASE_URL: upstream.url,
    RATE_LIMIT_PER_MINUTE: '0',
    REQUEST_LIMIT_PER_MINUTE: '0',
    MAX_CONCURRENT_ANSWERS_PER_VISITOR: '0',
    ...given.settings,
  })
  let transcripts: Transcripts
  try {
    transcripts = openTranscripts({file, ...given.transcripts})
  } catch (error) {
    await upstream.close()
    await rm(folder, {recursive: true, force: true})
    throw error
  }
  const retriever = fakeRetriever(given.retrieval)
  const metrics = createMetrics({
    activeAnswers: () => answering.active,
    journalHealth: () => transcripts.health(),
  })
  const answering = createAnswering({
    retriever,
    generator: createGenerator(settings, {extractPaceMs: 0}),
    journal: transcripts,
    currentBuild: () => 'build-1',
    embedding: 'test',
    deadlines: {firstTokenMs: 60_000, answerMs: 60_000, ...given.deadlines},
    resumeGraceMs: settings.resumeGraceMs,
    onEnd: metrics.answerEnded,
  })
  const http = createHttpServer({
    options: settings,
    answering,
    generator: 'anthropic',
    transcripts,
    search: {search: () => Promise.reject(new Error('not part of this'))},
    current: {
      id: 'build-1',
      lease() {
        throw new Error('not part of this')
      },
    },
    builds: {list: async () => [], activate: async () => {}},
    startIngest() {
      throw new Error('not part of this')
    },
    journalHealth: () => transcripts.health(),
    webDir: null,
    log: silentLog,
    metrics,
  })
  const {port} = await http.listen()
  const url = `http://127.0.0.1:${port}`

  return {
    url,
    port,
    file,
    upstream,
    http,
    answering,
    transcripts,
    retriever,
    ask: (body = {}, headers = {}) =>
      reading((signal) =>
        fetch(`${url}/api/answers`, {
          method: 'POST',
          signal,
          headers: {'content-type': 'application/json', ...headers},
          body: JSON.stringify({question: 'How do I set the port?', ...body}),
        }),
      ),
    resume: (answerId, after) =>
      reading((signal) => fetch(`${url}/api/answers/${answerId}/events?after=${after}`, {signal})),
    stop: async (answerId) =>
      (await fetch(`${url}/api/answers/${answerId}/stop`, {method: 'POST'})).json() as Promise<unknown>,
    async transcript(answerId) {
      const headers = {authorization: `Bearer ${adminToken}`}
      const response = await fetch(`${url}/api/admin/transcripts/${answerId}`, {headers})
      return (await response.json()) as Record<string, unknown>
    },
    async close() {
      await answering.shutdown(0)
      await http.close()
      transcripts.close()
      await upstream.close()
      await rm(folder, {recursive: true, force: true})
    },
  }
}

async function reading(begin: (signal: AbortSignal) => Promise<Response>): Promise<Reading> {
  const hangUp = new AbortController()
  const response = await begin(hangUp.signal)
  const events = eventsOf(response)
  const seen: ReadEvent[] = []
  const next = async (): Promise<boolean> => {
    const {value, done} = await events.next()
    if (!done) seen.push(value)
    return !done
  }
  return {
    response,
    seen,
    async until(type, count = 1) {
      while (true) {
        const found = seen.filter((event) => event.type === type)[count - 1]
        if (found) return found
        if (!(await next())) throw new Error(`The stream ended before ${count} × ${type}`)
      }
    },
    async all() {
      while (await next());
      return seen
    },
    leave: () => hangUp.abort(),
  }
}

/** The id of the answer that a reading is of. */
export function idOf({seen}: Pick<Reading, 'seen'>): string {
  const id = seen[0]?.data['answerId']
  if (typeof id !== 'string') throw new Error('The stream has not begun')
  return id
}
