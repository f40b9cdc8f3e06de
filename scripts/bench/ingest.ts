import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import hnswlib from 'hnswlib-node'
import {toString as textOf} from 'mdast-util-to-string'
import {remark} from 'remark'
import remarkGfm from 'remark-gfm'
import {openEmbedder} from '../../src/embedding/transformers-embedder.ts'
import {type IngestReport, spawnIngest} from '../../src/ingestion/index.ts'
import {seededRandom} from '../../src/lib/random.ts'
import {openSqlite} from '../../src/native/index.ts'
import type {BenchOptions, BenchReport} from './report.ts'

/** Number of passages that each page yields. */
const passagesPerPage = 10

type Row = Record<string, string | number | null>

/**
 * Ingests synthetic documentation of several sizes: from scratch, unchanged, and after one edit. The baseline is a plain
 * pipeline of the same parts: remark, the same model, hnswlib and FTS5 in one process, one after the other.
 */
export async function runIngestBench({quick, sizes, seed, log}: BenchOptions): Promise<BenchReport> {
  const rows: Row[] = []
  for (const size of sizes ?? (quick ? [200] : [1_000, 10_000, 100_000])) {
    const root = mkdtempSync(join(tmpdir(), 'docent-bench-'))
    try {
      const content = join(root, 'content')
      const pages = Math.max(1, Math.round(size / passagesPerPage))
      log(`ingest: ${size} passages on ${pages} pages`)
      writeDocs(content, pages, seed)

      rows.push(await measureIngest('from scratch', size, root, content))
      rows.push(await measureIngest('unchanged', size, root, content))
      const edited = join(content, 'part-0', 'page-0.md')
      writeFileSync(
        edited,
        `${readFileSync(edited, 'utf8')}\n## Added later\n\nOne more paragraph about snapshots.\n`,
      )
      rows.push(await measureIngest('one page edited', size, root, content))
      rows.push(await plainPipeline(size, root, content))
    } finally {
      rmSync(root, {recursive: true, force: true})
    }
  }
  return {
    name: 'ingest',
    about:
      'Seconds from a folder of Markdown to a published build, by stage, with the total peak memory of all processes and the size of the build, compared with a plain pipeline of the same parts that verifies and caches nothing.',
    tables: [{title: 'Ingest', rows}],
    notes: [
      `Synthetic pages of ${passagesPerPage} passages of about 100 words, seed ${seed}.`,
      '"total" is wall-clock time including the start of all processes; "pages" is parsing, embedding and storing together.',
    ],
  }
}

async function measureIngest(run: string, size: number, root: string, content: string): Promise<Row> {
  const memory = watchMemory()
  const started = performance.now()
  let report: IngestReport
  try {
    report = await spawnIngest({
      content,
      dataDir: join(root, 'data'),
      embeddingModel: null,
      modelCacheDir: join(root, 'models'),
    }).report
  } finally {
    memory.stop()
  }
  const total = (performance.now() - started) / 1_000
  const {stages} = report
  const of = (stage: keyof typeof stages): number => (stages[stage] ?? 0) / 1_000
  return {
    passages: size,
    run,
    'total s': total,
    'scan s': of('scan'),
    'pages s': of('pages'),
    'finish s': of('finish'),
    'verify s': of('verify'),
    'tune s': of('tune'),
    'calibrate s': of('calibrate'),
    embedded: report.passages.embedded,
    'peak MB': memory.peakMb(),
    'build MB': bytesIn(join(root, 'data', 'builds', report.build!)) / 1e6,
  }
}

/** The simplest pipeline: everything is held in memory, nothing is verified, and nothing is kept for the next run. */
async function plainPipeline(size: number, root: string, content: string): Promise<Row> {
  const out = join(root, 'plain')
  mkdirSync(out)
  const started = performance.now()
  const parser = remark().use(remarkGfm)
  const passages: string[] = []
  for (const name of readdirSync(content, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.md'))
    .sort()) {
    let heading = ''
    for (const node of parser.parse(readFileSync(join(content, name), 'utf8')).children) {
      if (node.type === 'heading') heading = textOf(node)
      else passages.push(`${heading}\n${textOf(node)}`)
    }
  }
  const embedder = await openEmbedder({model: null})
  const vectors = await embedder.embedPassages(passages)
  const embedded = performance.now()
  const index = new hnswlib.HierarchicalNSW('ip', embedder.dimensions)
  index.initIndex(passages.length, 16, passages.length < 20_000 ? 200 : 100)
  vectors.forEach((vector, i) => {
    index.addPoint(Array.from(vector), i)
  })
  index.writeIndexSync(join(out, 'plain.hnsw'))
  const db = openSqlite(join(out, 'plain.sqlite'))
  db.exec('CREATE VIRTUAL TABLE passages USING fts5 (text)')
  const insert = db.prepare('INSERT INTO passages (rowid, text) VALUES (?, ?)')
  db.transaction(() => {
    passages.forEach((text, i) => {
      insert.run(i + 1, text)
    })
  })()
  db.close()
  const ended = performance.now()
  await embedder.close()
  return {
    passages: size,
    run: 'plain pipeline',
    'total s': (ended - started) / 1_000,
    'scan s': null,
    'pages s': (embedded - started) / 1_000,
    'finish s': (ended - embedded) / 1_000,
    'verify s': null,
    'tune s': null,
    'calibrate s': null,
    embedded: passages.length,
    'peak MB': process.memoryUsage().rss / 1e6,
    'build MB': bytesIn(out) / 1e6,
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

/** Peak memory of all child processes together, sampled five times a second; Linux only. */
function watchMemory(): {stop: () => void; peakMb: () => number | null} {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, descendantBytes())
  }, 200)
  return {stop: () => clearInterval(timer), peakMb: () => (peak === 0 ? null : peak / 1e6)}
}

function descendantBytes(): number {
  if (process.platform !== 'linux') return 0
  const parents = new Map<number, number>()
  const sizes = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      parents.set(Number(name), Number(fields[1]))
      sizes.set(Number(name), Number(fields[21]) * 4096)
    } catch {
      // The process ended in the meantime.
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at))
      if (at === process.pid) return true
    return false
  }
  return [...sizes].reduce((sum, [pid, bytes]) => sum + (isBelow(pid) ? bytes : 0), 0)
}

/** Writes pages of made-up words with the frequencies of a language (Zipf); the same seed makes the same pages. */
function writeDocs(content: string, pages: number, seed: number): void {
  const random = seededRandom(seed)
  const syllables = [
    'ka',
    'to',
    'mi',
    'ra',
    'ne',
    'so',
    'lu',
    'pi',
    'do',
    'ze',
    'va',
    'qui',
    'ber',
    'stor',
    'net',
    'pod',
  ]
  const words = Array.from({length: 20_000}, (_, i) => {
    let word = ''
    for (let rest = i + 16; rest > 0; rest = Math.floor(rest / 16)) word += syllables[rest % 16]
    return word
  })
  const word = (): string => words[Math.floor(words.length ** random() - 1)] ?? 'the'
  const many = (count: number): string => Array.from({length: count}, word).join(' ')
  for (let i = 0; i < pages; i++) {
    const folder = join(content, `part-${Math.floor(i / 100)}`)
    if (i % 100 === 0) mkdirSync(folder, {recursive: true})
    const lines = [`# ${many(3)} ${i}`]
    for (let passage = 0; passage < passagesPerPage; passage++) {
      if (passage % 2 === 0) lines.push(`## ${many(2)}`)
      lines.push(`${many(50)}. **${many(2)}** \`--${word()}\` ${many(45)}.`)
    }
    writeFileSync(join(folder, `page-${i}.md`), `${lines.join('\n\n')}\n`)
  }
}
