/**
 * What streaming through Docent costs, compared with a minimal relay of the same SDK and with no relay at all. The
 * upstream, each server and the load run in separate processes. The journal is always on.
 *
 * Run with: npm run bench -- streaming [--sizes 1,100,1000] [--quick] [--json]
 */
import {type ChildProcess, fork} from 'node:child_process'
import {cpus} from 'node:os'
import {buildProgram} from '../build/build-program.mjs'
import type {BenchOptions, BenchReport} from './report.ts'
import type {LoadPlan, LoadResult, Role, Script, Usage} from './streaming-roles.ts'

export interface StreamingBenchOptions {
  /** Numbers of concurrent streams; each is a row. */
  readonly streams: readonly number[]
  /** Duration of each stream, in seconds. */
  readonly secondsEach: number
  /** Number of streams that are held open and silent to measure memory. */
  readonly idle: number
}

const defaultStreamingBench: StreamingBenchOptions = {streams: [1, 100, 1_000], secondsEach: 5, idle: 2_000}

/** Interval between tokens: in total as many tokens per second as two cores can write, relay and read. */
const tokenIntervalMs = (streams: number): number => Math.max(10, streams / 10)

export interface StreamingRow {
  readonly target: 'direct' | 'relay' | 'docent'
  readonly streams: number
  readonly intervalMs: number
  readonly tokens: number
  /** Whether every stream ended with its terminal event and had every token. */
  readonly isComplete: boolean
  readonly latencyMs: LoadResult['latencyMs']
  readonly firstTokenMs: LoadResult['firstTokenMs']
  /** CPU time of the server's process; null without a server. */
  readonly cpuMicrosPerToken: number | null
  readonly loopDelayP99Ms: number | null
  /** Peak growth of the server's memory, divided by the number of streams; null without a server. */
  readonly kilobytesPerStream: number | null
}

export interface StreamingReport {
  readonly cores: number
  readonly node: string
  readonly options: StreamingBenchOptions
  readonly rows: readonly StreamingRow[]
  /** One stream with 10,000 tokens as fast as possible. */
  readonly blast: readonly {
    readonly target: string
    readonly tokensPerSecond: number
    readonly isWhole: boolean
  }[]
  /** Time from sending the stop to the close of the upstream connection. */
  readonly stopMs: {readonly p50: number; readonly max: number}
  readonly idle: {readonly streams: number; readonly kilobytesPerStream: number}
}

export interface RoleProcess {
  call<T>(name: string, argument?: unknown): Promise<T>
  end(): void
}

/** Runs all measurements; takes a minute or two with the defaults. `onStep` is called with the name of each. */
export async function benchStreaming(
  options: StreamingBenchOptions = defaultStreamingBench,
  onStep: (step: string) => void = () => {},
): Promise<StreamingReport> {
  const upstream = startRole('upstream')
  const relay = startRole('relay')
  const docent = startRole('docent')
  const load = startRole('load')
  try {
    const upstreamUrl = await upstream.call<string>('start')
    const urls = {
      upstream: upstreamUrl,
      relay: await relay.call<string>('start', upstreamUrl),
      docent: await docent.call<string>('start', upstreamUrl),
    }
    const play = async (
      kind: LoadPlan['kind'],
      streams: number,
      script: Script,
      rest: Partial<LoadPlan> = {},
    ) => {
      await upstream.call('script', script)
      const plan: LoadPlan = {url: urls[kind], kind, streams, stopAfter: null, holdAfter: null, ...rest}
      return load.call<LoadResult>('load', plan)
    }

    onStep('warming up')
    for (const kind of ['upstream', 'relay', 'docent'] as const) {
      await play(kind, 10, {tokens: 100, intervalMs: 2, holds: false})
    }

    const rows: StreamingRow[] = []
    for (const streams of options.streams) {
      const intervalMs = tokenIntervalMs(streams)
      const tokens = Math.round((options.secondsEach * 1_000) / intervalMs)
      for (const kind of ['upstream', 'relay', 'docent'] as const) {
        onStep(`${streams} streams, ${kind === 'upstream' ? 'direct' : kind}`)
        const server = kind === 'upstream' ? null : kind === 'relay' ? relay : docent
        await server?.call('reset')
        const result = await play(kind, streams, {
          tokens,
          intervalMs,
          holds: false,
        })
        const usage = server === null ? null : await server.call<Usage>('usage')
        rows.push({
          target: kind === 'upstream' ? 'direct' : kind,
          streams,
          intervalMs,
          tokens: result.tokens,
          isComplete: result.tokens === streams * tokens && result.complete === streams,
          latencyMs: result.latencyMs,
          firstTokenMs: result.firstTokenMs,
          cpuMicrosPerToken: usage && usage.cpuMicros / result.tokens,
          loopDelayP99Ms: usage?.loopDelayP99Ms ?? null,
          kilobytesPerStream: usage && usage.peakGrowthBytes / 1024 / streams,
        })
      }
    }

    const blast: StreamingReport['blast'][number][] = []
    for (const kind of ['relay', 'docent'] as const) {
      onStep(`a burst of 10,000 tokens, ${kind}`)
      const result = await play(kind, 1, {tokens: 10_000, intervalMs: 0, holds: false})
      blast.push({
        target: kind,
        tokensPerSecond: (result.tokens / result.wallMs) * 1000,
        isWhole: result.tokens === 10_000 && result.complete === 1,
      })
    }

    onStep('stopping')
    const stops: number[] = []
    for (let i = 0; i < 20; i++) {
      const result = await play('docent', 1, {tokens: 5, intervalMs: 2, holds: true}, {stopAfter: 5})
      const closedAt = await upstream.call<string[]>('closedAt')
      stops.push(Number(BigInt(closedAt[0] ?? '0') - BigInt(result.stoppedAt[0] ?? '0')) / 1e6)
    }
    stops.sort((a, b) => a - b)

    onStep(`${options.idle} idle streams`)
    const before = await docent.call<Usage>('usage')
    await play('docent', options.idle, {tokens: 1, intervalMs: 1, holds: true}, {holdAfter: 1})
    const during = await docent.call<Usage>('usage')
    await load.call('release')

    return {
      cores: cpus().length,
      node: process.version,
      options,
      rows,
      blast,
      stopMs: {p50: stops[stops.length >> 1] ?? 0, max: stops.at(-1) ?? 0},
      idle: {
        streams: options.idle,
        kilobytesPerStream: (during.rssBytes - before.rssBytes) / 1024 / options.idle,
      },
    }
  } finally {
    for (const each of [load, docent, relay, upstream]) each.end()
  }
}

const rolesProgram = await buildProgram('scripts/bench/streaming-roles.ts')

/** Starts a process with one role. */
export function startRole(role: Role): RoleProcess {
  const child: ChildProcess = fork(rolesProgram, [role], {execArgv: []})
  const waiting = new Map<number, {resolve: (value: never) => void; reject: (error: Error) => void}>()
  let nextId = 0
  child.on('message', ({id, result, error}: {id: number; result: never; error?: string}) => {
    const {resolve, reject} = waiting.get(id)!
    waiting.delete(id)
    if (error === undefined) resolve(result)
    else reject(new Error(`${role}: ${error}`))
  })
  child.on('exit', (code, signal) => {
    for (const {reject} of waiting.values()) reject(new Error(`${role} ended with ${signal ?? code}`))
  })
  return {
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        waiting.set(id, {resolve, reject})
        child.send({id, call: name, argument})
      }),
    end: () => child.kill('SIGKILL'),
  }
}

/** The benchmark as `npm run bench` shows it. `--sizes` are numbers of streams. */
export async function runStreamingBench({quick, sizes, log}: BenchOptions): Promise<BenchReport> {
  const report = await benchStreaming(
    {
      streams: sizes ?? (quick ? [1, 20] : defaultStreamingBench.streams),
      secondsEach: quick ? 0.5 : defaultStreamingBench.secondsEach,
      idle: quick ? 50 : defaultStreamingBench.idle,
    },
    log,
  )
  return {
    name: 'streaming',
    about:
      'What Docent adds to a stream of tokens, with the journal on, compared with a minimal relay of the same SDK and with a direct connection; upstream, server and load run in separate processes.',
    tables: [
      {
        title: `${report.options.secondsEach} seconds of tokens, all streams started within one second`,
        rows: report.rows.map((row) => ({
          streams: row.streams,
          'token interval ms': row.intervalMs,
          via: row.target,
          'p50 ms': row.latencyMs.p50,
          'p99 ms': row.latencyMs.p99,
          'p99.9 ms': row.latencyMs.p999,
          'first token p50 ms': row.firstTokenMs.p50,
          'CPU µs/token': row.cpuMicrosPerToken,
          'event loop delay p99 ms': row.loopDelayP99Ms,
          // A few streams need less memory than the garbage between two collections.
          'KB/stream': row.streams < 100 ? null : row.kilobytesPerStream,
          complete: row.isComplete ? 'yes' : 'NO',
        })),
      },
      {
        title: 'A burst of 10,000 tokens',
        rows: report.blast.map(({target, tokensPerSecond, isWhole}) => ({
          via: target,
          'tokens/s': tokensPerSecond,
          whole: isWhole ? 'yes' : 'NO',
        })),
      },
      {
        title: 'Stop and idle',
        rows: [
          {
            'stop to upstream close, p50 ms': report.stopMs.p50,
            'max ms': report.stopMs.max,
            'idle streams': report.idle.streams,
            'KB/stream': report.idle.kilobytesPerStream,
          },
        ],
      },
    ],
    notes: [
      'Latency is the time from the upstream writing a token to the reader receiving it, through three processes on the same cores. Retrieval is not included; the prompt has six sections of usual length.',
    ],
  }
}
