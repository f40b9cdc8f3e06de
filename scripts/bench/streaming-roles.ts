/**
 * The processes of `bench streaming`, one role each: the scripted upstream, Docent, a minimal relay of the same SDK,
 * and the load. Controlled over IPC; see `streaming.ts`.
 */
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {Agent, createServer, type IncomingMessage, request, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {monitorEventLoopDelay} from 'node:perf_hooks'
import {setTimeout as delay} from 'node:timers/promises'
import Anthropic from '@anthropic-ai/sdk'
import {createAnswering} from '../../src/answering/create-answering.ts'
import {createAnswerState, type Journal} from '../../src/answers/index.ts'
import {type AnswerEvent, noUsage, type RetrievedSource} from '../../src/domain/index.ts'
import {openGaps} from '../../src/gaps/index.ts'
import {createGenerator} from '../../src/generation/create-generator.ts'
import {createHttpServer} from '../../src/http/http-server.ts'
import {memoryLimits} from '../../src/http/limits/memory-limits.ts'
import {silentLog} from '../../src/http/log.ts'
import {createMetrics} from '../../src/http/metrics.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import type {IndexBuild} from '../../src/search-index/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {openStaffStore} from '../../src/staff/index.ts'
import {openTranscripts} from '../../src/transcripts/open-transcripts.ts'
import {openVerifiedAnswers} from '../../src/verified/index.ts'

export const staffToken = 'bench-token-bench-token'

export type Role = 'upstream' | 'docent' | 'relay' | 'load'

/** What the upstream sends for every request until it gets another script. */
export interface Script {
  readonly tokens: number
  readonly intervalMs: number
  /** Sends nothing more after the tokens and keeps the connection open. */
  readonly holds: boolean
  /** The text of each token; default: the time when it was written. */
  readonly texts?: readonly string[]
}

export interface LoadPlan {
  readonly url: string
  readonly kind: 'docent' | 'relay' | 'upstream'
  readonly streams: number
  /** Number of tokens after which each stream is stopped; null to read to the end. */
  readonly stopAfter: number | null
  /** Number of tokens after which each stream counts as done and is kept open; null to read to the end. */
  readonly holdAfter: number | null
}

export interface LoadResult {
  readonly tokens: number
  readonly complete: number
  readonly wallMs: number
  /** Time from the upstream's write to the load's read. */
  readonly latencyMs: {
    readonly p50: number
    readonly p99: number
    readonly p999: number
    readonly max: number
  }
  readonly firstTokenMs: {readonly p50: number; readonly p99: number}
  /** `hrtime` of each stop, in nanoseconds as text. */
  readonly stoppedAt: readonly string[]
}

export interface Usage {
  readonly cpuMicros: number
  readonly rssBytes: number
  /** Peak growth of the resident memory since the reset. */
  readonly peakGrowthBytes: number
  readonly loopDelayP99Ms: number
  readonly loopDelayMaxMs: number
}

type Handler = (argument: never) => unknown

const handlers: Record<string, Handler> = {}
const role = process.argv[2] as Role | undefined

if (process.send && role) {
  if (role === 'upstream') startUpstream()
  if (role === 'docent') startDocent()
  if (role === 'relay') startRelay()
  if (role === 'load') handlers['load'] = (plan: LoadPlan) => load(plan)
  watchUsage()
  process.on('message', async ({id, call, argument}: {id: number; call: string; argument: never}) => {
    try {
      process.send!({id, result: await handlers[call]!(argument)})
    } catch (error) {
      process.send!({id, error: (error as Error).stack})
    }
  })
  process.on('disconnect', () => process.exit())
}

function watchUsage(): void {
  const loopDelay = monitorEventLoopDelay({resolution: 5})
  loopDelay.enable()
  let cpu = process.cpuUsage()
  let rssBefore = process.memoryUsage.rss()
  let rssPeak = rssBefore
  setInterval(() => {
    rssPeak = Math.max(rssPeak, process.memoryUsage.rss())
  }, 100).unref()
  handlers['reset'] = () => {
    cpu = process.cpuUsage()
    rssBefore = process.memoryUsage.rss()
    rssPeak = rssBefore
    loopDelay.reset()
  }
  handlers['usage'] = (): Usage => {
    const {user, system} = process.cpuUsage(cpu)
    return {
      cpuMicros: user + system,
      rssBytes: process.memoryUsage.rss(),
      peakGrowthBytes: Math.max(rssPeak, process.memoryUsage.rss()) - rssBefore,
      loopDelayP99Ms: loopDelay.percentile(99) / 1e6,
      loopDelayMaxMs: loopDelay.max / 1e6,
    }
  }
}

function listenOn(server: ReturnType<typeof createServer>): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', 4096, () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    )
  })
}

/** Claude's wire format. Each token carries the time when it was written, and has no trailing space, which may be held back. */
function startUpstream(): void {
  let script: Script = {tokens: 100, intervalMs: 10, holds: false}
  let closedAt: string[] = []
  const frame = (event: {type: string}) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
  const head =
    frame({
      type: 'message_start',
      message: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'bench',
        content: [],
        usage: {input_tokens: 1, output_tokens: 1},
      },
    } as never) +
    frame({type: 'content_block_start', index: 0, content_block: {type: 'text', text: ''}} as never)
  const tail =
    frame({type: 'content_block_stop', index: 0} as never) +
    frame({type: 'message_delta', delta: {stop_reason: 'end_turn'}, usage: {output_tokens: 1}} as never) +
    frame({type: 'message_stop'})
  const tokenFrame = (n: number) => {
    const text = JSON.stringify(script.texts?.[n] ?? ` @${process.hrtime.bigint()};`)
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${text}}}\n\n`
  }

  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      const {tokens, intervalMs, holds} = script
      response.writeHead(200, {'content-type': 'text/event-stream', 'request-id': 'bench'})
      response.write(head)
      let sent = 0
      let timer: ReturnType<typeof setInterval> | null = null
      const finish = () => {
        if (timer) clearInterval(timer)
        if (!holds) response.end(tail)
      }
      if (intervalMs === 0) {
        const more = () => {
          while (sent < tokens) {
            if (!response.write(tokenFrame(sent++))) {
              response.once('drain', more)
              return
            }
          }
          finish()
        }
        more()
      } else {
        timer = setInterval(() => {
          response.write(tokenFrame(sent))
          if (++sent >= tokens) finish()
        }, intervalMs)
      }
      response.on('close', () => {
        if (timer) clearInterval(timer)
        if (!response.writableFinished) closedAt.push(String(process.hrtime.bigint()))
      })
    })
  })
  handlers['start'] = () => listenOn(server)
  handlers['script'] = (next: Script) => {
    script = next
    closedAt = []
  }
  handlers['closedAt'] = () => closedAt
}

/** All that the page reads from an index. */
const emptyBuild = {
  manifest: {id: 'bench'},
  languages: () => [],
  versions: () => [],
  pages: () => [],
  sectionCounts: () => new Map(),
} as unknown as IndexBuild

/** Docent as in production, with its journal on disk; only retrieval is faked, because it is not measured. */
function startDocent(): void {
  /** Folder of the built page; null serves none. */
  let webDir: string | null = null
  handlers['webDir'] = (folder: string) => {
    webDir = folder
  }
  handlers['start'] = async (upstream: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'docent-bench-'))
    process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
    const settings = settingsFrom({
      PORT: '0',
      RATE_LIMIT_PER_MINUTE: '0',
      REQUEST_LIMIT_PER_MINUTE: '0',
      MAX_CONNECTIONS_PER_ADDRESS: '0',
      MAX_CONCURRENT_ANSWERS: '10000',
      MAX_CONCURRENT_ANSWERS_PER_VISITOR: '0',
      ADMIN_TOKEN: staffToken,
      ANTHROPIC_API_KEY: 'bench',
      ANTHROPIC_BASE_URL: upstream,
      ANTHROPIC_MODEL: 'bench',
      STALL_TIMEOUT_MS: '600000',
    })
    const transcripts = openTranscripts({file: join(folder, 'transcripts.sqlite')})
    /** The number of the next question, of a hundred: visitors repeat questions, but not always the same one. */
    let questionNumber = 0
    const answering = createAnswering({
      retriever: {
        retrieve: async ({question}) => {
          questionNumber = (questionNumber + 1) % 100
          const sources = Array.from({length: 6}, (_, i) => sectionOf(i + 1, questionNumber))
          return {build: 'bench', query: question, sources, abstention: null, timings: {}}
        },
      },
      generator: await createGenerator(settings),
      journal: transcripts,
      currentBuild: () => 'bench',
      embedding: 'bench',
      deadlines: {firstTokenMs: 600_000, answerMs: 600_000},
      resumeGraceMs: 0,
      limits: {maxConcurrent: 10_000},
    })
    const http = createHttpServer({
      options: settings,
      answering,
      generator: 'anthropic',
      transcripts,
      verified: openVerifiedAnswers({file: ':memory:'}),
      golden: {
        file: '',
        list: async () => [],
        problems: async () => [],
        add: () => Promise.reject(new Error('not measured')),
        delete: () => Promise.reject(new Error('not measured')),
      },
      gaps: {store: openGaps({file: ':memory:'}), isPending: false, reason: null, group() {}},
      staffStore: openStaffStore({file: ':memory:'}),
      search: {
        search: () => Promise.reject(new Error('not measured')),
        searchAsTyped: () => Promise.reject(new Error('not measured')),
      },
      current: {
        id: 'bench',
        lease: () => ({build: emptyBuild, release() {}}),
      },
      builds: {
        list: async () => [],
        servers: async () => [],
        activate: async () => {},
        report: async () => null,
        folder: async () => '',
      },
      explain: async () => ({}),
      startIngest: () => {
        throw new Error('not measured')
      },
      limitStore: memoryLimits(),
      journalHealth: () => transcripts.health(),
      webDir,
      log: silentLog,
      metrics: createMetrics({activeAnswers: () => answering.active}),
    })
    handlers['fill'] = (count: number) => fill(transcripts, count)
    const {port} = await http.listen()
    return `http://127.0.0.1:${port}`
  }
}

/** Writes answers of usual length to the journal, as if they had been asked before. */
async function fill(journal: Journal, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const answerId = `before-${n}`
    const state = createAnswerState(n)
    const entry = {
      answerId,
      conversation: answerId,
      question: `How do I set the ${n}th of the settings?`,
      version: null,
      lang: null,
      build: 'bench',
      generator: 'anthropic' as const,
      model: 'bench',
      embedding: 'bench',
      startedAt: n,
      settings: {},
      channel: 'http',
      idempotencyKey: null,
    }
    await journal.begin(entry, state)
    const timings = {sourcesMs: 1, firstTokenMs: 2, longestStallMs: 0, totalMs: 3}
    const events: AnswerEvent[] = [
      {type: 'delta', text: sectionOf(1, n).text},
      {type: 'done', ending: 'complete', abstained: false, usage: noUsage, timings},
    ]
    for (const [index, event] of events.entries()) {
      const sequenced = {seq: index + 1, at: n + index, event}
      state.add(sequenced)
      journal.append(answerId, sequenced)
    }
    if (n % 200 === 199) await journal.flush()
  }
  await journal.flush()
}

/** A section of usual length, in newly made strings, as a real retrieval reads them from the index. */
function sectionOf(n: number, question: number): RetrievedSource {
  const sentences = Array.from(
    {length: 12},
    (_, i) => `Sentence ${i} of section ${n} for ${question} says what the ${i * n} settings do, one by one.`,
  )
  const text = Buffer.from(sentences.join(' ')).toString()
  return {
    n,
    id: `s${question}-${n}`,
    group: `s${question}-${n}`,
    title: 'Bench',
    headings: ['Bench', `Section ${n}`],
    url: '/docs/bench',
    anchor: `section-${n}`,
    score: 1,
    snippet: text.slice(0, 200),
    highlights: [],
    blocks: quotableBlocksIn(text),
    text,
    path: 'bench.md',
    version: null,
    lang: null,
    scores: {},
  }
}

/** The smallest relay that can be written with the SDK: no journal, resume, sources or backpressure. */
function startRelay(): void {
  handlers['start'] = (upstream: string) => {
    const client = new Anthropic({apiKey: 'bench', baseURL: upstream, maxRetries: 0})
    const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
      incoming.resume().on('end', async () => {
        const leaving = new AbortController()
        response.on('close', () => leaving.abort())
        response.writeHead(200, {'content-type': 'text/event-stream'})
        try {
          const stream = await client.messages.create(
            {model: 'bench', max_tokens: 1000, stream: true, messages: [{role: 'user', content: 'bench'}]},
            {signal: leaving.signal},
          )
          for await (const event of stream) {
            if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
              response.write(`event: delta\ndata: ${JSON.stringify({text: event.delta.text})}\n\n`)
            }
          }
          response.end('event: done\ndata: {}\n\n')
        } catch (error) {
          if (!leaving.signal.aborted) throw error
        }
      })
    })
    return listenOn(server)
  }
}

/** Time within which all streams are started. */
const rampMs = 1_000

async function load({url, kind, streams, stopAfter, holdAfter}: LoadPlan): Promise<LoadResult> {
  const agent = new Agent({keepAlive: false, maxSockets: Number.POSITIVE_INFINITY})
  const latencies: number[] = []
  const firsts: number[] = []
  const stoppedAt: string[] = []
  const stops: Promise<unknown>[] = []
  let complete = 0
  const startedAt = process.hrtime.bigint()

  const readStream = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const askedAt = process.hrtime.bigint()
      const path = kind === 'docent' ? '/api/answers' : kind === 'relay' ? '/' : '/v1/messages'
      const body = JSON.stringify({question: 'bench'})
      const sent = request(url + path, {
        method: 'POST',
        agent,
        headers: {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)},
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        let tokens = 0
        let rest = ''
        let answerId = ''
        let isStopped = false
        response.setEncoding('utf8').on('data', (text: string) => {
          const now = process.hrtime.bigint()
          const all = rest + text
          const cut = all.lastIndexOf('\n\n')
          if (cut < 0) {
            rest = all
            return
          }
          rest = all.slice(cut + 2)
          const whole = all.slice(0, cut)
          if (answerId === '') answerId = /"answerId":"([^"]+)"/.exec(whole)?.[1] ?? ''
          for (const match of whole.matchAll(/@(\d+);/g)) {
            if (tokens++ === 0) firsts.push(Number(now - askedAt) / 1e6)
            latencies.push(Number(now - BigInt(match[1]!)) / 1e6)
          }
          if (whole.includes('event: done') || whole.includes('event: message_stop')) complete++
          if (holdAfter !== null && tokens >= holdAfter) resolve()
          if (stopAfter !== null && tokens >= stopAfter && !isStopped) {
            isStopped = true
            stoppedAt.push(String(process.hrtime.bigint()))
            if (kind === 'docent') {
              const stop = request(`${url}/api/answers/${answerId}/stop`, {method: 'POST', agent}).end()
              stops.push(once(stop, 'response').then(([answered]) => answered.resume()))
            } else sent.destroy()
          }
        })
        response.on('end', resolve)
        response.on('close', resolve)
      })
      sent.end(body)
    })

  await Promise.all(
    Array.from({length: streams}, async (_, i) => {
      await delay((i * rampMs) / streams)
      return readStream()
    }),
  )
  // A stream may end before the response to the stop request arrives.
  await Promise.all(stops)
  const wallMs = Number(process.hrtime.bigint() - startedAt) / 1e6
  if (holdAfter === null) agent.destroy()
  else handlers['release'] = () => agent.destroy()
  latencies.sort((a, b) => a - b)
  firsts.sort((a, b) => a - b)
  const at = (values: readonly number[], share: number) =>
    values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
  return {
    tokens: latencies.length,
    complete,
    wallMs,
    latencyMs: {
      p50: at(latencies, 0.5),
      p99: at(latencies, 0.99),
      p999: at(latencies, 0.999),
      max: latencies.at(-1) ?? 0,
    },
    firstTokenMs: {p50: at(firsts, 0.5), p99: at(firsts, 0.99)},
    stoppedAt,
  }
}
