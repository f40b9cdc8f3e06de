/**
 * What transcripts cost where there are many: lists, searches and single transcripts, as the console asks for them; and
 * the time that writing new answers takes from the thread that streams, beside the same on an empty file.
 *
 * Run with: npm run bench -- transcripts [--sizes 1000000] [--quick] [--json]
 */
import {randomUUID} from 'node:crypto'
import {mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {monitorEventLoopDelay} from 'node:perf_hooks'
import {setTimeout as delay} from 'node:timers/promises'
import {createAnswerState} from '../../src/answers/answer-state.ts'
import {refOf} from '../../src/answers/ids.ts'
import {type AnswerEvent, noUsage} from '../../src/domain/index.ts'
import {catalogFileOf} from '../../src/transcripts/catalog/catalog-file.ts'
import {
  type ListOrder,
  openTranscripts,
  readTranscripts,
  type TranscriptFilter,
  type Transcripts,
} from '../../src/transcripts/index.ts'
import {at} from './quantile.ts'
import type {BenchOptions, BenchReport} from './report.ts'
import {fillTranscripts, skewed, type TranscriptWorld, transcriptWorld} from './synthetic-transcripts.ts'

/** The benchmark as `npm run bench` shows it. `--sizes` are numbers of answers in the transcripts. */
export async function runTranscriptsBench({quick, sizes, seed, log}: BenchOptions): Promise<BenchReport> {
  const reads: Record<string, string | number | null>[] = []
  const writes: Record<string, string | number | null>[] = []
  const notes: string[] = []
  for (const answers of sizes ?? [quick ? 20_000 : 1_000_000]) {
    const folder = mkdtempSync(join(tmpdir(), 'docent-bench-transcripts-'))
    const file = join(folder, 'transcripts.sqlite')
    try {
      const world = transcriptWorld(seed)
      const filledAt = performance.now()
      fillTranscripts(file, answers, world, log)
      const filledMs = performance.now() - filledAt
      const cataloguedMs = await catalogued(file, log)
      notes.push(
        `${answers.toLocaleString('en')} answers: ${megabytes(file)} MB, its catalog ${megabytes(catalogFileOf(file))} MB; ` +
          `written in ${seconds(filledMs)} s, the catalog made in ${seconds(cataloguedMs)} s.`,
      )
      const transcripts = openTranscripts({file})
      try {
        for (const row of await measureReads(transcripts, world, quick ? 20 : 100, log))
          reads.push({answers, ...row})
      } finally {
        await transcripts.close()
      }
      // By turns, since the machine may be shared.
      for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
        const empty = join(folder, `empty-${turn}.sqlite`)
        for (const [into, target] of [
          ['an empty file', empty],
          [`${answers} answers`, file],
        ] as const) {
          log(`writing into ${into}`)
          writes.push({into, turn: turn + 1, ...(await measureWrites(target, quick ? 100 : 1_000))})
        }
      }
    } finally {
      rmSync(folder, {recursive: true, force: true})
    }
  }
  return {
    name: 'transcripts',
    about:
      'Reads of transcripts as the console does them, through the reader processes; and what writing takes from the thread that streams, into a filled file beside an empty one.',
    tables: [
      {title: 'Reads', rows: reads},
      {title: 'Writes', rows: writes},
    ],
    notes,
  }
}

async function catalogued(file: string, log: (line: string) => void): Promise<number> {
  const startedAt = performance.now()
  let said = 0
  const reader = readTranscripts(file, {
    onWait: (left) => {
      if (performance.now() - said < 15_000) return
      said = performance.now()
      log(`making the catalog: ${left} answers left`)
    },
  })
  await reader.list({}, {limit: 1})
  reader.close()
  return performance.now() - startedAt
}

interface Read {
  readonly filter: TranscriptFilter
  readonly sort?: ListOrder
  /** Pages read before the one that is measured. */
  readonly pagesBefore?: number
}

/** What staff look for, by name. */
export function readsOf(world: TranscriptWorld): Readonly<Record<string, () => Read>> {
  const {random, word, pages, builds, models, versions, errors, from, to} = world
  const day = 24 * 60 * 60 * 1000
  const someDay = () => Math.floor(from + random() * (to - from - 30 * day))
  const one = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  return {
    'the newest': () => ({filter: {}}),
    'a later page': () => ({filter: {}, pagesBefore: 3}),
    'the oldest': () => ({filter: {}, sort: 'oldest'}),
    'one word': () => ({filter: {q: word()}}),
    'three words': () => ({filter: {q: `${word()} ${word()} ${word()}`}}),
    'a word being typed': () => ({filter: {q: word().slice(0, 1 + Math.floor(random() * 4))}}),
    'an option': () => ({filter: {q: `--${word()}`}}),
    Japanese: () => ({filter: {q: one(['変更', '再開', '変', '検索起動', '文書検索起'])}}),
    'symbols alone': () => ({filter: {q: '()'}}),
    'an ending': () => ({filter: {ending: one(['complete', 'stopped', 'error', 'interrupted'])}}),
    'a rating': () => ({filter: {rating: one(['up', 'down', 'none'])}}),
    'a model, a version, a build': () => ({
      filter: {model: one(models), version: one(versions), build: one(builds)},
    }),
    'an error of a model': () => ({filter: {error: one(errors), model: one(models)}}),
    'rare: disliked, missing, reviewed': () => ({filter: {rating: 'down', missing: true, verdict: 'wrong'}}),
    'a page cited': () => ({filter: {page: skewed(pages, random)}}),
    'a page cited, disliked': () => ({filter: {page: skewed(pages, random), rating: 'down'}}),
    'a day': () => {
      const first = someDay()
      return {filter: {from: first, to: first + day}}
    },
    'a month, abstained': () => {
      const first = someDay()
      return {filter: {from: first, to: first + 30 * day, abstained: true}}
    },
    'a word, disliked': () => ({filter: {q: word(), rating: 'down'}}),
    'a word, an error': () => ({filter: {q: word(), error: one(errors)}}),
    'a word in a month': () => {
      const first = someDay()
      return {filter: {q: word(), from: first, to: first + 30 * day}}
    },
    'a conversation': () => ({filter: {conversation: refOf(`conversation ${Math.floor(random() * 1_000)}`)}}),
    'the longest stalls': () => ({filter: {}, sort: 'stall'}),
    'the longest waits of a model': () => ({filter: {model: one(models)}, sort: 'first_token'}),
    'the longest, with a word': () => ({filter: {q: word()}, sort: 'total'}),
  }
}

export async function measureReads(
  transcripts: Transcripts,
  world: TranscriptWorld,
  times: number,
  log: (line: string) => void,
): Promise<Record<string, string | number | null>[]> {
  const rows: Record<string, string | number | null>[] = []
  const ids: string[] = []
  // The processes are started.
  await transcripts.list({}, {limit: 1})
  for (const [name, next] of Object.entries(readsOf(world))) {
    const durations: number[] = []
    let found = 0
    for (let time = 0; time < times; time++) {
      const {filter, sort, pagesBefore = 0} = next()
      let cursor: string | null = null
      for (let before = 0; before < pagesBefore; before++) {
        cursor = (await transcripts.list(filter, {sort, ...(cursor === null ? {} : {cursor})} as never))
          .nextCursor
      }
      const startedAt = performance.now()
      const page = await transcripts.list(filter, {
        ...(sort === undefined ? {} : {sort}),
        ...(cursor === null ? {} : {cursor}),
      })
      durations.push(performance.now() - startedAt)
      found += page.items.length
      if (ids.length < 2_000) ids.push(...page.items.map(({answerId}) => answerId))
    }
    rows.push(rowOf(name, durations, found / times))
    log(`${name}: p95 ${at(durations, 0.95).toFixed(1)} ms`)
  }
  const durations: number[] = []
  for (let time = 0; time < times; time++) {
    const id = ids[Math.floor(world.random() * ids.length)]!
    const startedAt = performance.now()
    await transcripts.get(id)
    durations.push(performance.now() - startedAt)
  }
  rows.push(rowOf('one transcript', durations, 1))
  return rows
}

function rowOf(read: string, durations: readonly number[], found: number): Record<string, string | number> {
  return {
    read,
    'found, mean': found,
    'p50 ms': at(durations, 0.5),
    'p95 ms': at(durations, 0.95),
    'max ms': Math.max(...durations),
  }
}

/** Journals answers, ten at a time, as their runs do, and measures the thread that does it. */
async function measureWrites(file: string, answers: number): Promise<Record<string, number>> {
  const transcripts = openTranscripts({file})
  const loop = monitorEventLoopDelay({resolution: 1})
  try {
    await delay(500)
    loop.enable()
    const cpu = process.cpuUsage()
    for (let done = 0; done < answers; done += 10) {
      await Promise.all(Array.from({length: 10}, () => journalOne(transcripts)))
    }
    const {user, system} = process.cpuUsage(cpu)
    loop.disable()
    return {
      'CPU µs per answer': (user + system) / answers,
      'event loop delay p50 ms': loop.percentile(50) / 1e6,
      'event loop delay p99 ms': loop.percentile(99) / 1e6,
      'event loop delay p99.9 ms': loop.percentile(99.9) / 1e6,
      'event loop delay max ms': loop.max / 1e6,
    }
  } finally {
    await transcripts.close()
  }
}

async function journalOne(transcripts: Transcripts): Promise<void> {
  const answerId = randomUUID()
  const startedAt = Date.now()
  const state = createAnswerState(startedAt)
  await transcripts.begin(
    {
      answerId,
      conversation: refOf(answerId),
      question: 'How do I set the port of the server behind a proxy?',
      version: null,
      lang: 'en',
      page: null,
      build: 'build-1',
      generator: 'scripted',
      model: 'bench',
      embedding: 'bench',
      startedAt,
      settings: {},
      channel: 'bench',
      idempotencyKey: null,
    },
    state,
  )
  const timings = {sourcesMs: 5, firstTokenMs: 10, longestStallMs: 5, totalMs: 100}
  const events: AnswerEvent[] = [
    ...Array.from({length: 60}, (_, index): AnswerEvent => ({type: 'delta', text: `Word ${index} of it. `})),
    {type: 'done', ending: 'complete', abstained: false, usage: noUsage, timings},
  ]
  let seq = 0
  for (const event of events) {
    const sequenced = {seq: ++seq, at: Date.now(), event}
    state.add(sequenced)
    transcripts.append(answerId, sequenced)
    if (seq % 6 === 0) await delay(5)
  }
}

function megabytes(file: string): string {
  return (statSync(file).size / 1e6).toFixed(0)
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(0)
}
