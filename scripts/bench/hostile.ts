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
import {pageOf, questionOf, wordsFrom} from './made-docs.ts'
import type {BenchOptions, BenchReport} from './report.ts'

/** Between two searches of everybody else, each from the next of so many addresses. */
const searchEveryMs = 40
const bystanders = 100
/** So long the server has, at most, to be as it was before. */
const longestReturnMs = 120_000

interface Product {
  readonly child: ChildProcess
  readonly port: number
}

interface Measured {
  /** Milliseconds of each search; one without an answer took as long as it was waited for. */
  readonly searchMs: readonly number[]
  readonly peakMegabytes: number
  readonly mostDescriptors: number
}

/**
 * A server as `npm start` runs it, with its defaults, while one client floods it: its memory, its descriptors, and
 * how long everybody else's search takes beside what it took just before.
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
    // The first of everything costs more: it is not what is measured.
    await measured(product, questions, delay(3_000))

    const rows: Record<string, string | number | null>[] = []
    for (const [at, name] of Object.keys(floods).entries()) {
      log(`hostile: ${name}`)
      const before = await measured(product, questions, delay(seconds * 500))
      const descriptorsBefore = descriptorsOf(product)
      const plan: FloodPlan = {
        name,
        port: product.port,
        // Each begins with all that the limits allow.
        address: `127.0.2.${1 + at}`,
        seconds,
        pages: pages.map((_, at) => `/docs/page-${at}`),
      }
      const flood = flooded(attacker, plan)
      const during = await measured(product, questions, flood)
      const {bytesSent, bytesRead} = await flood
      const returnedAfterMs = await untilReturned(product, descriptorsBefore)
      rows.push({
        flood: name,
        'KB sent': Math.round(bytesSent / 1024),
        'KB read': Math.round(bytesRead / 1024),
        'memory before MB': before.peakMegabytes,
        'peak MB': during.peakMegabytes,
        'descriptors before': descriptorsBefore,
        most: during.mostDescriptors,
        'back after s': returnedAfterMs === null ? 'NEVER' : returnedAfterMs / 1_000,
        'search idle p50 ms': medianOf(before.searchMs),
        'search p50 ms': medianOf(during.searchMs),
        times: medianOf(during.searchMs) / medianOf(before.searchMs),
        'longest ms': Math.max(...during.searchMs),
      })
      if (product.child.exitCode !== null || product.child.signalCode !== null) {
        throw new Error(`The server did not survive: ${name}`)
      }
    }
    return {
      name: 'hostile',
      about: `One client floods a server as \`npm start\` runs it, ${seconds} seconds each, beside everybody else's searches just before.`,
      tables: [{title: `${pages.length} pages, default settings`, rows}],
      notes: [
        'Attacker, server and searches share this machine: what the attacker costs itself slows the others too.',
        'Descriptors are back when there are no more than five above what there were; NEVER after two minutes.',
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
  let said = ''
  // Read to its end: a server whose output nobody takes would stop.
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  while (child.exitCode === null && child.signalCode === null) {
    const port = /Docent is ready: http:\/\/localhost:(\d+)\//.exec(said)?.[1]
    if (port !== undefined) return {child, port: Number(port)}
    await delay(50)
  }
  throw new Error(`The server did not start:\n${said}`)
}

/** Searches as everybody else does while something goes on, and watches the server's memory and descriptors. */
async function measured(
  product: Product,
  questions: readonly string[],
  meanwhile: Promise<unknown>,
): Promise<Measured> {
  let isOver = false
  const over = meanwhile.finally(() => {
    isOver = true
  })
  const searchMs: number[] = []
  let peakMegabytes = 0
  let mostDescriptors = 0
  const watch = () => {
    peakMegabytes = Math.max(peakMegabytes, megabytesOf(product))
    mostDescriptors = Math.max(mostDescriptors, descriptorsOf(product))
  }
  const watching = setInterval(watch, 50)
  for (let n = 0; !isOver; n++) {
    const question = questions[n % questions.length]!
    searchMs.push(await searchTime(product.port, `127.0.1.${1 + (n % bystanders)}`, question))
    await delay(searchEveryMs)
  }
  watch()
  clearInterval(watching)
  await over
  return {searchMs, peakMegabytes, mostDescriptors}
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

async function flooded(attacker: ChildProcess, plan: FloodPlan): Promise<FloodResult> {
  attacker.send(plan)
  const [result] = (await once(attacker, 'message')) as [FloodResult]
  return result
}

/** How long it took until the server had let go of what the flood had opened; null when it does not. */
async function untilReturned(product: Product, before: number): Promise<number | null> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < longestReturnMs) {
    if (descriptorsOf(product) <= before + 5) return performance.now() - startedAt
    await delay(100)
  }
  return null
}

function descriptorsOf({child}: Product): number {
  try {
    return readdirSync(`/proc/${child.pid}/fd`).length
  } catch {
    // It has ended.
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
