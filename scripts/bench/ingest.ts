import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import hnswlib from 'hnswlib-node'
import {toString as textOf} from 'mdast-util-to-string'
import {remark} from 'remark'
import remarkGfm from 'remark-gfm'
import {openEmbedder} from '../../src/embedding/transformers-embedder.ts'
import {stages} from '../../src/ingestion/ingest-report.ts'
import {openSqlite} from '../../src/native/index.ts'
import {type Checkout, checkoutAt, type MeasuredIngest, measureIngest, thisCheckout} from './checkouts.ts'
import {passagesPerPage, writeDocs} from './ingest-docs.ts'
import type {BenchOptions, BenchReport, BenchTable} from './report.ts'

type Row = Record<string, string | number | null>

/** Runs that take seconds are repeated, and the one that took least processor time counts: it was disturbed least. */
const repetitions = 3

const runs = ['from nothing', 'unchanged', 'one page edited', 'one page added', 'one page removed'] as const
type Run = (typeof runs)[number]

/**
 * Ingests documentation: from nothing, unchanged, and after small changes. Beside each is a plain pipeline of the same
 * parts, remark, the same model, hnswlib and FTS5 in one process, one after the other; or Docent at another commit, run by
 * turns on the same files.
 */
export async function runIngestBench(options: BenchOptions): Promise<BenchReport> {
  const {quick, sizes, seed, content, beside, log} = options
  const tables: BenchTable[] = []
  const root = mkdtempSync(join(tmpdir(), 'docent-bench-'))
  try {
    const other = beside === null ? null : checkoutAt(beside, root)
    const inputs: readonly (number | string)[] =
      content === null ? (sizes ?? (quick ? [200] : [1_000, 10_000, 100_000])) : [content]
    for (const input of inputs) {
      const folder = mkdtempSync(join(root, 'input-'))
      const docs = join(folder, 'content')
      if (typeof input === 'string') cpSync(input, docs, {recursive: true})
      else writeDocs(docs, Math.max(1, Math.round(input / passagesPerPage)), seed)
      log(`ingest: ${input}`)
      tables.push(...(await tablesOf(folder, docs, other)))
      rmSync(folder, {recursive: true})
    }
  } finally {
    rmSync(root, {recursive: true, force: true})
  }
  return {
    name: 'ingest',
    about: `Seconds from a folder of Markdown to a published build, by stage, with the processor time and the total peak memory of all processes and the size of the build, compared with ${beside === null ? 'a plain pipeline of the same parts that verifies and caches nothing' : `Docent at ${beside}`}.`,
    tables,
    notes: [
      content === null
        ? `Synthetic pages of ${passagesPerPage} passages of about 100 words, seed ${seed}.`
        : `Markdown of ${content}.`,
      '"total" is wall-clock time including the start of all processes; "pages" is parsing, embedding and storing together.',
      `All but "from nothing" ran ${repetitions} times; shown is the one that took least processor time.`,
    ],
  }
}

async function tablesOf(folder: string, docs: string, other: Checkout | null): Promise<BenchTable[]> {
  const rows: Row[] = []
  const ratios: Row[] = []
  for (const run of runs) {
    const [mine, theirs] = await measuredBySide(run, folder, docs, other)
    rows.push(rowOf(run, thisCheckout, mine!, folder))
    if (other === null || theirs === undefined) continue
    rows.push(rowOf(run, other, theirs, folder))
    ratios.push(ratioOf(run, mine!, theirs))
  }
  if (other === null) rows.push(await plainPipeline(folder, docs, rows[0]!))
  const tables: BenchTable[] = [{title: 'Ingest', rows}]
  return other === null ? tables : [...tables, {title: `This as a share of ${other.name}`, rows: ratios}]
}

/** This checkout and the other one take turns, so that what else the machine does meets both. */
async function measuredBySide(
  run: Run,
  folder: string,
  docs: string,
  other: Checkout | null,
): Promise<MeasuredIngest[]> {
  const checkouts = other === null ? [thisCheckout] : [thisCheckout, other]
  const best: MeasuredIngest[] = []
  for (let repetition = 0; repetition < (run === 'from nothing' ? 1 : repetitions); repetition++) {
    change(run, docs, repetition)
    for (const [side, checkout] of checkouts.entries()) {
      const measured = await measureIngest(checkout, docs, dataDirOf(folder, checkout))
      if (costOf(measured) < (best[side] ? costOf(best[side]) : Number.POSITIVE_INFINITY))
        best[side] = measured
    }
  }
  return best
}

const costOf = ({cpuSeconds, seconds}: MeasuredIngest): number => cpuSeconds ?? seconds

const dataDirOf = (folder: string, {name}: Checkout): string => join(folder, `data-${name}`)

function change(run: Run, docs: string, repetition: number): void {
  const added = join(docs, `added-later-${repetition}.md`)
  const section = `## Added in turn ${repetition}\n\nOne more paragraph about snapshots.\n`
  if (run === 'one page edited') appendFileSync(join(docs, markdownIn(docs)[0]!), `\n${section}`)
  else if (run === 'one page added') appendFileSync(added, `# Added later ${repetition}\n\n${section}`)
  else if (run === 'one page removed') rmSync(added)
}

/** Paths of Markdown files, sorted. */
function markdownIn(docs: string): string[] {
  return readdirSync(docs, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.md'))
    .sort()
}

function rowOf(run: Run, {name}: Checkout, measured: MeasuredIngest, folder: string): Row {
  const {report, seconds, cpuSeconds, peakMb} = measured
  const build = join(folder, `data-${name}`, 'builds', report.build!)
  return {
    passages: report.passages.total,
    run,
    version: name,
    'total s': seconds,
    'cpu s': cpuSeconds,
    ...Object.fromEntries(
      stages.map((stage) => [
        `${stage} s`,
        report.stages[stage] === undefined ? null : report.stages[stage] / 1_000,
      ]),
    ),
    embedded: report.passages.embedded,
    'peak MB': peakMb,
    'build MB': bytesIn(build) / 1e6,
  }
}

function ratioOf(run: Run, mine: MeasuredIngest, theirs: MeasuredIngest): Row {
  const share = (one: number | null, other: number | null): number | null =>
    one === null || other === null || other === 0 ? null : one / other
  return {
    passages: mine.report.passages.total,
    run,
    total: share(mine.seconds, theirs.seconds),
    cpu: share(mine.cpuSeconds, theirs.cpuSeconds),
    'peak memory': share(mine.peakMb, theirs.peakMb),
  }
}

/** The simplest pipeline: everything is held in memory, nothing is verified, and nothing is kept for the next run. */
async function plainPipeline(folder: string, content: string, like: Row): Promise<Row> {
  const out = join(folder, 'plain')
  mkdirSync(out)
  const usedBefore = process.cpuUsage()
  const started = performance.now()
  const parser = remark().use(remarkGfm)
  const passages: string[] = []
  for (const name of markdownIn(content)) {
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
  const {user, system} = process.cpuUsage(usedBefore)
  return {
    // No stages: those of Docent's rows stay empty.
    ...Object.fromEntries(Object.keys(like).map((key) => [key, null])),
    passages: passages.length,
    run: 'from nothing',
    version: 'plain pipeline',
    'total s': (ended - started) / 1_000,
    'cpu s': (user + system) / 1e6,
    'pages s': (embedded - started) / 1_000,
    'finish s': (ended - embedded) / 1_000,
    embedded: passages.length,
    'peak MB': process.memoryUsage().rss / 1e6,
    'build MB': bytesIn(out) / 1e6,
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
