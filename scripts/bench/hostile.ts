import {type ChildProcess, fork, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {packageRoot} from '../../src/package/index.ts'
import {buildProgram} from '../build/build-program.mjs'
import {type FloodPlan, type FloodResult, floods} from './hostile-floods.ts'
import type {BenchOptions, BenchReport} from './report.ts'
import {pageOf, questionOf, wordsFrom} from './synthetic-docs.ts'

/** Interval between two searches of the other clients; each search comes from the next of their addresses. */
const searchEveryMs = 40
const bystanderCount = 100
/** Maximum time for the server to recover after a flood. */
const maxRecoveryMs = 120_000

interface Product {
  readonly child: ChildProcess
  readonly port: number
}

interface Measurements {
  /** Duration of each search; one without a response counts with the time until it was given up. */
  readonly searchMs: readonly number[]
  readonly peakMegabytes: number
  readonly peakDescriptors: number
}

/**
 * Measures a server as `npm start` runs it, with default settings, while one client floods it: its memory, its
 * descriptors, and how long searches of other clients take compared with just before.
 */
export async function runHostileBench({quick, sizes, seed, log}: BenchOptions): Promise<BenchReport> {
  if (!existsSync('/proc/self/fd')) {
    throw new Error('The hostile benchmark reads memory and descriptors from /proc: run it on Linux.')
  }
  const seconds = quick ? 2 : 10
  const folder = await mkdtemp(join(tmpdir(), 'docent-hostile-'))
  const writing = wordsFrom(seed)
  const pages = Array.from({length: sizes?.[0] ?? (quick ? 50 : 600)}, (_, at) => pageOf(at, writing))
  const questions = Array.from({length: 400}, () => questionOf(pages, writing))
  const attacker = fork(await buildProgram('scripts/bench/hostile-floods.ts'), ['attacker'])
  let product: Product | null = null
  try {
    log(`hostile: a server of ${pages.length} pages`)
    await mkdir(join(folder, 'content'))
    for (const [at, {title, sections}] of pages.entries()) {
      const body = sections.map(({headings, text}) => `## ${headings.join(' ')}\n\n${text}\n`).join('\n')
      await writeFile(join(folder, 'content', `page-${at}.md`), `# ${title}\n\n${body}`)
    }
    product = await startProduct(folder)
    // A warm-up, because the first searches are slower.
    await measureSearches(product, questions, delay(3_000))

    const rows: Record<string, string | number | null>[] = []
    for (const [at, name] of Object.keys(floods).entries()) {
      log(`hostile: ${name}`)
      const before = await measureSearches(product, questions, delay(seconds * 500))
      const descriptorsBefore = descriptorsOf(product)
      const plan: FloodPlan = {
        name,
        port: product.port,
        // A new address for each flood, with the full allowance of all limits.
        address: `127.0.2.${1 + at}`,
        seconds,
        pages: pages.map((_, at) => `/docs/page-${at}`),
      }
      const flood = runFlood(attacker, plan)
      const during = await measureSearches(product, questions, flood)
      const {bytesSent, bytesRead} = await flood
      const recoveredAfterMs = await recoveryTime(product, descriptorsBefore)
      rows.push({
        flood: name,
        'KB sent': Math.round(bytesSent / 1024),
        'KB read': Math.round(bytesRead / 1024),
        'memory before MB': before.peakMegabytes,
        'peak MB': during.peakMegabytes,
        'descriptors before': descriptorsBefore,
        'peak descriptors': during.peakDescriptors,
        'recovered after s': recoveredAfterMs === null ? 'NEVER' : recoveredAfterMs / 1_000,
        'search p50 before ms': medianOf(before.searchMs),
        'search p50 ms': medianOf(during.searchMs),
        slowdown: medianOf(during.searchMs) / medianOf(before.searchMs),
        'search max ms': Math.max(...during.searchMs),
      })
      if (product.child.exitCode !== null || product.child.signalCode !== null) {
        throw new Error(`The server did not survive: ${name}`)
      }
    }
    return {
      name: 'hostile',
      about: `One client floods a server as \`npm start\` runs it, ${seconds} seconds for each flood. Searches of other clients are compared with those just before.`,
      tables: [{title: `${pages.length} pages, default settings`, rows}],
      notes: [
        'Attacker, server and searches share this machine, so the work of the attacker itself also slows the searches.',
        'Recovered means at most five descriptors more than before; NEVER means not within two minutes.',
      ],
    }
  } finally {
    attacker.kill('SIGKILL')
    product?.child.kill('SIGKILL')
    await rm(folder, {recursive: true, force: true})
  }
}

async function startProduct(folder: string): Promise<Product> {
  const child = spawn(process.execPath, [join(packageRoot, 'bin/docent.mjs'), 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: 'data',
      CONTENT_DIR: 'content',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  // Always read, because a server blocks when nobody reads its output.
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  while (child.exitCode === null && child.signalCode === null) {
    const port = /Docent is ready: http:\/\/localhost:(\d+)\//.exec(output)?.[1]
    if (port !== undefined) return {child, port: Number(port)}
    await delay(50)
  }
  throw new Error(`The server did not start:\n${output}`)
}

/** Searches as other clients do until `meanwhile` settles, and watches the server's memory and descriptors. */
async function measureSearches(
  product: Product,
  questions: readonly string[],
  meanwhile: Promise<unknown>,
): Promise<Measurements> {
  let isOver = false
  const over = meanwhile.finally(() => {
    isOver = true
  })
  const searchMs: number[] = []
  let peakMegabytes = 0
  let peakDescriptors = 0
  const watch = () => {
    peakMegabytes = Math.max(peakMegabytes, megabytesOf(product))
    peakDescriptors = Math.max(peakDescriptors, descriptorsOf(product))
  }
  const watching = setInterval(watch, 50)
  for (let n = 0; !isOver; n++) {
    const question = questions[n % questions.length]!
    searchMs.push(await searchTime(product.port, `127.0.1.${1 + (n % bystanderCount)}`, question))
    await delay(searchEveryMs)
  }
  watch()
  clearInterval(watching)
  await over
  return {searchMs, peakMegabytes, peakDescriptors}
}

function searchTime(port: number, localAddress: string, question: string): Promise<number> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const done = () => resolve(performance.now() - startedAt)
    const path = `/api/search?q=${encodeURIComponent(question)}`
    const searching = request({host: '127.0.0.1', port, localAddress, path, agent: false}, (response) =>
      response.resume().on('close', done),
    )
    searching.setTimeout(30_000, () => searching.destroy())
    searching.on('error', done)
    searching.end()
  })
}

async function runFlood(attacker: ChildProcess, plan: FloodPlan): Promise<FloodResult> {
  attacker.send(plan)
  const [result] = (await once(attacker, 'message')) as [FloodResult]
  return result
}

/** Time until the server has released the descriptors that the flood opened, in milliseconds; null if it does not. */
async function recoveryTime(product: Product, before: number): Promise<number | null> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < maxRecoveryMs) {
    if (descriptorsOf(product) <= before + 5) return performance.now() - startedAt
    await delay(100)
  }
  return null
}

function descriptorsOf({child}: Product): number {
  try {
    return readdirSync(`/proc/${child.pid}/fd`).length
  } catch {
    // The process has ended.
    return 0
  }
}

function megabytesOf({child}: Product): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
    return Math.round(Number(kilobytes ?? 0) / 1024)
  } catch {
    return 0
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
