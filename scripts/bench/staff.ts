/**
 * What reading transcripts costs visitors: the same streams while nobody reads transcripts, while staff search all of
 * them, and while staff export them. Upstream, server and load run in separate processes.
 *
 * Run with: npm run bench -- staff [--sizes 20000] [--quick] [--json]
 */
import type {BenchOptions, BenchReport} from './report.ts'
import {startRole} from './streaming.ts'
import {type LoadPlan, type LoadResult, type Script, staffToken, type Usage} from './streaming-roles.ts'

/** The search finds nothing, so it reads every answer: for a script without spaces no index can be used. */
const reads = {
  nothing: null,
  'searching all': '/api/admin/transcripts?q=%E5%A4%89%E6%9B%B4',
  'exporting all': '/api/admin/transcripts/export',
} as const

/** The benchmark as `npm run bench` shows it. `--sizes` are numbers of answers in the transcripts. */
export async function runStaffBench({quick, sizes, log}: BenchOptions): Promise<BenchReport> {
  const streams = quick ? 5 : 50
  const tokens = quick ? 50 : 500
  const rows: BenchReport['tables'][number]['rows'][number][] = []
  for (const answers of sizes ?? [quick ? 1_000 : 20_000]) {
    const [upstream, docent, load] = [startRole('upstream'), startRole('docent'), startRole('load')]
    try {
      const url = await docent.call<string>('start', await upstream.call<string>('start'))
      log(`journalling ${answers} answers`)
      await docent.call('fill', answers)
      const play = async (script: Script): Promise<LoadResult> => {
        await upstream.call('script', script)
        const plan: LoadPlan = {url, kind: 'docent', streams, stopAfter: null, holdAfter: null}
        return load.call<LoadResult>('load', plan)
      }
      await play({tokens: 50, intervalMs: 2, holds: false})
      for (const [name, path] of Object.entries(reads)) {
        log(`${streams} streams; staff: ${name}`)
        if (path !== null) await readOnce(url + path)
        await docent.call('reset')
        const streaming = play({tokens, intervalMs: 10, holds: false})
        const readMs = path === null ? [] : await readUntil(streaming, url + path)
        const {latencyMs, tokens: received, complete} = await streaming
        const usage = await docent.call<Usage>('usage')
        rows.push({
          answers,
          streams,
          staff: name,
          reads: readMs.length,
          'read p50 ms': readMs.length === 0 ? null : readMs.sort((a, b) => a - b)[readMs.length >> 1]!,
          'token p50 ms': latencyMs.p50,
          'token p99 ms': latencyMs.p99,
          'token p99.9 ms': latencyMs.p999,
          'token max ms': latencyMs.max,
          'event loop delay p99 ms': usage.loopDelayP99Ms,
          complete: received === streams * tokens && complete === streams ? 'yes' : 'NO',
        })
      }
    } finally {
      for (const each of [load, docent, upstream]) each.end()
    }
  }
  return {
    name: 'staff',
    about: 'What searching and exporting transcripts costs the streams that visitors read at the same time.',
    tables: [{title: 'Tokens from the upstream to the reader, one every 10 ms for each stream', rows}],
  }
}

/** Repeats a read until `done` settles. Returns the duration of each read, in milliseconds. */
async function readUntil(done: Promise<unknown>, url: string): Promise<number[]> {
  const durations: number[] = []
  let isDone = false
  void done.then(
    () => {
      isDone = true
    },
    () => {
      isDone = true
    },
  )
  while (!isDone) durations.push(await readOnce(url))
  return durations
}

async function readOnce(url: string): Promise<number> {
  const startedAt = performance.now()
  const response = await fetch(url, {headers: {authorization: `Bearer ${staffToken}`}})
  // The body is read and discarded.
  for await (const _ of response.body ?? []);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return performance.now() - startedAt
}
