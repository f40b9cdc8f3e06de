import {mkdtemp, rm} from 'node:fs/promises'
import {loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {monitorEventLoopDelay} from 'node:perf_hooks'
import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import type {Page} from '../../src/domain/index.ts'
import type {Embedder} from '../../src/embedding/embedder.ts'
import {openEmbedder} from '../../src/embedding/transformers-embedder.ts'
import {neighbourQuestionsOf} from '../../src/ingestion/neighbour-questions.ts'
import {
  tuneVectorSearch,
  type VectorSearchTuning,
  withTuning,
} from '../../src/ingestion/tune-vector-search.ts'
import {openSqlite} from '../../src/native/index.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import {questionTermsOf} from '../../src/retrieval/question-terms.ts'
import {buildFolder, type IndexBuild, openBuild, writeBuild} from '../../src/search-index/index.ts'
import {timeTyping} from './as-typed.ts'
import {at} from './quantile.ts'
import type {BenchOptions, BenchReport} from './report.ts'
import {pageOf, passagesPerPage, questionOf, wordsFrom} from './synthetic-docs.ts'

const questionCount = 400

/**
 * From question to sources over synthetic documentation, by stage, compared with the two searches it consists of.
 * Every question is new; they are asked one after another on one thread, as by a server with a queue.
 */
export async function runRetrievalBench({quick, sizes, seed, log}: BenchOptions): Promise<BenchReport> {
  const counts = sizes ?? (quick ? [500, 2_000] : [1_000, 10_000, 100_000])
  const embedder = await openEmbedder({model: null})
  const totals: Record<string, string | number | null>[] = []
  const byStage: Record<string, string | number | null>[] = []
  const asTyped: Record<string, string | number | null>[] = []
  try {
    for (const passages of counts) {
      log(`retrieval: making ${passages} passages`)
      const dataDir = await mkdtemp(join(tmpdir(), 'docent-bench-'))
      try {
        const writing = wordsFrom(seed)
        const pages = Array.from({length: Math.ceil(passages / passagesPerPage)}, (_, at) =>
          pageOf(at, writing),
        )
        const manifest = await writeBuild(dataDir, pages, {
          embedding: {id: embedder.id, name: embedder.name, dimensions: embedder.dimensions},
          embed: (texts) => embedder.embedPassages(texts),
        })
        const opened = await openBuild(buildFolder(dataDir, manifest.id))
        try {
          log('retrieval: measuring vector search')
          const {build, tuning, tuneMs} = await tuned(opened, embedder)
          log(`retrieval: asking ${questionCount} questions`)
          const questions = Array.from({length: questionCount + 50}, () => questionOf(pages, writing))
          const {total, stages, stallMs, cpuMs} = await timeQuestions(build, embedder, questions)
          const plain = await timeBaselines(build, embedder, pages, questions.slice(50))
          totals.push({
            passages,
            'p50 ms': at(total, 0.5),
            'p99 ms': at(total, 0.99),
            'questions/s': Math.round((1000 * total.length) / total.reduce((sum, ms) => sum + ms, 0)),
            'CPU ms/question': cpuMs,
            'max event loop delay ms': stallMs,
            'load average': loadavg()[0]!,
            'plain FTS5 BM25 p50 ms': at(plain.lexical, 0.5),
            'plain FTS5 BM25 p99 ms': at(plain.lexical, 0.99),
            'plain vectors p50 ms': at(plain.semantic, 0.5),
            'plain vectors p99 ms': at(plain.semantic, 0.99),
            'exact search p50 ms': at(plain.exact, 0.5),
            'vector recall@10': plain.recall,
            'HNSW ef': tuning.ef ?? null,
            'sketch shortlist': tuning.shortlist ?? null,
            'tuned in s': tuneMs / 1_000,
          })
          asTyped.push({passages, ...(await timeTyping(build, embedder, questions.slice(50)))})
          for (const [stage, times] of Object.entries(stages)) {
            byStage.push({passages, stage, 'p50 ms': at(times, 0.5), 'p99 ms': at(times, 0.99)})
          }
        } finally {
          opened.close()
        }
      } finally {
        await rm(dataDir, {recursive: true, force: true})
      }
    }
  } finally {
    await embedder.close()
  }
  return {
    name: 'retrieval',
    about: `From a question to sources with snippets: ${questionCount} new questions one after another on one thread, compared with plain BM25 (FTS5, top ten) and the search by vectors alone (top ten, with embedding). Its recall is against exact search.`,
    tables: [
      {title: 'Question to sources', rows: totals},
      {title: 'By stage', rows: byStage},
      {title: 'Search as one types', rows: asTyped},
    ],
  }
}

/** The build as an ingest leaves it: with a way to search by vectors that was measured. */
async function tuned(
  opened: IndexBuild,
  embedder: Embedder,
): Promise<{build: IndexBuild; tuning: VectorSearchTuning; tuneMs: number}> {
  const started = performance.now()
  const tuning = await tuneVectorSearch(opened, await neighbourQuestionsOf(opened, embedder, 200))
  return {build: withTuning(opened, tuning), tuning, tuneMs: performance.now() - started}
}

async function timeQuestions(
  build: IndexBuild,
  embedder: Embedder,
  questions: readonly string[],
): Promise<{total: number[]; stages: Record<string, number[]>; stallMs: number; cpuMs: number}> {
  const current = {id: build.manifest.id, lease: () => ({build, release() {}})}
  const retriever = createRetriever({current, embedder, siteUrl: null})
  const total: number[] = []
  const stages: Record<string, number[]> = {}
  // The first questions warm up the JIT compiler and are not counted.
  for (const question of questions.slice(0, 50)) {
    await retriever.retrieve({question, history: [], version: null})
  }
  const delay = monitorEventLoopDelay({resolution: 1})
  delay.enable()
  const before = process.cpuUsage()
  for (const question of questions.slice(50)) {
    const started = performance.now()
    const {timings} = await retriever.retrieve({question, history: [], version: null})
    total.push(performance.now() - started)
    for (const [stage, ms] of Object.entries(timings)) {
      stages[stage] ??= []
      stages[stage].push(ms)
    }
    await yieldToEventLoop()
  }
  delay.disable()
  const {user, system} = process.cpuUsage(before)
  return {total, stages, stallMs: delay.max / 1e6, cpuMs: (user + system) / 1000 / total.length}
}

async function timeBaselines(
  build: IndexBuild,
  embedder: Embedder,
  pages: readonly Page[],
  questions: readonly string[],
): Promise<{lexical: number[]; semantic: number[]; exact: number[]; recall: number}> {
  const db = openSqlite(':memory:')
  const lexical: number[] = []
  const semantic: number[] = []
  const exactTimes: number[] = []
  let shared = 0
  let expected = 0
  try {
    db.exec("CREATE VIRTUAL TABLE plain USING fts5 (title, headings, text, tokenize = 'porter unicode61')")
    const insert = db.prepare('INSERT INTO plain VALUES (?, ?, ?)')
    db.transaction(() => {
      for (const page of pages) {
        for (const section of page.sections) insert.run(page.title, section.headings.join(' '), section.text)
      }
    })()
    const search = db.prepare(
      'SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY bm25(plain, 2, 3, 1) LIMIT 10',
    )
    for (const [index, question] of questions.entries()) {
      const words = questionTermsOf(build, question, {spelling: false}).map(({word}) => `"${word}"`)
      let started = performance.now()
      search.all(words.join(' OR '))
      lexical.push(performance.now() - started)

      started = performance.now()
      const vector = await embedder.embedQuery(question)
      const hits = build.nearest(vector, 10)
      semantic.push(performance.now() - started)
      if (index >= 100) continue
      started = performance.now()
      const exact = new Set(build.nearestExact(vector, 10).map(({passageId}) => passageId))
      exactTimes.push(performance.now() - started)
      shared += hits.filter(({passageId}) => exact.has(passageId)).length
      expected += exact.size
    }
  } finally {
    db.close()
  }
  return {lexical, semantic, exact: exactTimes, recall: expected === 0 ? 1 : shared / expected}
}
