import type {Diagnostic} from '../domain/index.ts'
import type {SiteRules} from '../markdown/index.ts'
import {
  type BaseBuild,
  type BuildRecords,
  type BuildWriter,
  embeddingHashOf,
  embeddingTextOf,
} from '../search-index/index.ts'
import type {IngestContext} from './ingest-context.ts'
import type {Plan} from './ingest-plan.ts'
import type {PageChange} from './ingest-report.ts'
import {withLastGood} from './last-good-page.ts'
import {changesOf, passagesIn, removalsOf} from './page-changes.ts'
import type {ParseSetup} from './parse-task.ts'
import type {ParsedFile} from './parsed-file.ts'
import {openParserPool, type PageParser} from './parser-pool.ts'
import {readPage, unreadPage} from './read-page.ts'
import type {Scan, ScannedFile} from './scan-folder.ts'

/**
 * Storing pages takes this process about as long as two need to read them, while a third embeds: more would wait
 * for this one. On two cores the second still saves a tenth of the time, for 160 MB.
 */
const maxParsers = 2
/** What a process reads in about the time that it takes to start one. */
const bytesPerParser = 400_000
/** Pages parsed ahead of the one being stored. */
const pagesAhead = 32
/** Texts embedded at a time. */
const textsPerBatch = 256
const pagesPerBatch = 64

export interface PageStage {
  readonly scan: Scan
  readonly site: SiteRules
  readonly plan: Plan
  /** What changes are told against. */
  readonly before: BaseBuild | null
  /** Where vectors are that need not be made again. */
  readonly vectors: BuildRecords | null
  /** Null in a dry run. */
  readonly writer: BuildWriter | null
}

export interface PageStageResult {
  /** By path. */
  readonly changes: readonly PageChange[]
  /** Pages that could not be read before, nor now. */
  readonly failedAgain: number
  /** Files that could not be read and have no text of before; `lost` are those of them that had one. */
  readonly failed: number
  readonly lost: number
  /** What a dry run has parsed; empty otherwise. */
  readonly tried: readonly ParsedFile[]
}

/** Reads what the plan names, embeds what has no vector yet, and stores it: the next pages are read meanwhile. */
export async function runPageStage(context: IngestContext, stage: PageStage): Promise<PageStageResult> {
  const {scan, site, plan, before, vectors, writer} = stage
  const {signal} = context
  const total = plan.toParse.length
  const changes: PageChange[] = []
  const tried: ParsedFile[] = []
  const removedByHash = new Map(plan.removed.filter(({hash}) => hash !== '').map((file) => [file.hash, file]))
  const asBefore = failuresOf(before, plan)
  /** Whether a page failed as it did before, so that there is nothing to store. */
  const isAsBefore = ({state, source}: ParsedFile): boolean =>
    state !== 'read' &&
    plan.retried.has(source.path) &&
    asBefore.get(source.path) === failureOf(source.hash, source.diagnostics, source.fidelity !== null)
  let done = 0
  let failedAgain = 0
  let failed = 0
  let lost = 0
  const kept = new Set(plan.unread.map(({path}) => path))
  /** Files that could not be read and were not there before. */
  let strangers = scan.unread.filter(
    ({path, isFolder}) => !isFolder && !kept.has(path) && !plan.before.has(path),
  ).length
  let batch: ParsedFile[] = []
  let textsInBatch = 0
  /** Being embedded while the next batch is parsed. */
  let waiting: Promise<EmbeddedFile[]> | null = null

  const store = async (): Promise<void> => {
    if (!waiting) return
    const ready = await waiting
    waiting = null
    for (const {parsed, vectors: pageVectors} of ready) {
      signal?.throwIfAborted()
      writer?.put(
        parsed.source,
        parsed.page
          ? {page: parsed.page, links: parsed.links, anchors: parsed.anchors, vectors: pageVectors}
          : null,
      )
      context.passages += pageVectors.length
      done++
    }
    context.tell('pages', done, total)
    // Children answer and timers fire only when this process gets to its event loop.
    await new Promise(setImmediate)
  }
  const flush = async (): Promise<void> => {
    const files = batch
    batch = []
    textsInBatch = 0
    const next = writer ? embedded(context, files, vectors, writer) : Promise.resolve([])
    // Awaited by the next `store`; until then a failure must not count as nobody's.
    next.catch(() => undefined)
    await store()
    waiting = next
  }

  const parser = openParser(context, scan, site, plan)
  const onAbort = (): void => parser.close()
  signal?.addEventListener('abort', onAbort, {once: true})
  try {
    context.tell('pages', 0, total)
    for await (const read of readInOrder(context, stage, parser)) {
      const {path, hash} = read.source
      const own = plan.before.get(path)
      // What cannot be read was kept for these bytes before, wherever they stood then.
      const known = own?.hash === hash ? own : (plan.pagesByHash.get(hash) ?? own)
      const parsed = withLastGood(read, {before: before?.records ?? null, known, content: scan, site})
      if (isAsBefore(parsed)) failedAgain++
      if (parsed.state === 'failed') failed++
      if (parsed.state === 'failed' && !own) strangers++
      if (parsed.state === 'failed' && known?.isPage) lost++
      changes.push(...changesOf(parsed, plan.before, before?.records ?? null, removedByHash))
      if (!writer) {
        tried.push(parsed)
        done++
        context.passages += passagesIn(parsed.page)
        context.tell('pages', done, total)
        continue
      }
      batch.push(parsed)
      textsInBatch += passagesIn(parsed.page)
      if (textsInBatch >= textsPerBatch || batch.length >= pagesPerBatch) await flush()
    }
    await flush()
    await store()
  } finally {
    signal?.removeEventListener('abort', onAbort)
    parser.close()
  }
  const moved = new Set(changes.flatMap((change) => change.from ?? []))
  const gone = plan.removed.filter(({path}) => !moved.has(path))
  if (before) changes.push(...removalsOf(gone, before.records))
  // A page that went while another came that cannot be read may be that one.
  lost += Math.min(strangers, changes.filter(({kind}) => kind === 'removed').length)
  changes.sort((one, other) => (one.path < other.path ? -1 : 1))
  return {changes, failedAgain, failed, lost, tried}
}

/** What a build knows of each file with a problem, to be compared. */
function failuresOf(before: BaseBuild | null, plan: Plan): ReadonlyMap<string, string> {
  if (before === null || plan.retried.size === 0) return new Map()
  const counted = new Set(before.records.fidelity().map(({path}) => path))
  const byPath = new Map<string, Diagnostic[]>()
  for (const diagnostic of before.records.diagnostics()) {
    const {path} = diagnostic
    byPath.set(path, [...(byPath.get(path) ?? []), diagnostic])
  }
  return new Map(
    [...byPath].map(([path, problems]) => [
      path,
      failureOf(plan.before.get(path)?.hash ?? '', problems, counted.has(path)),
    ]),
  )
}

function failureOf(hash: string, diagnostics: readonly Diagnostic[], isCounted: boolean): string {
  return JSON.stringify([hash, diagnostics.map(({rule}) => rule), isCounted])
}

function openParser({options}: IngestContext, scan: Scan, site: SiteRules, {toParse}: Plan): PageParser {
  const setup: ParseSetup = {root: scan.root, dataDir: scan.dataDir, site}
  if (options.openParser) return options.openParser(setup)
  const bytes = toParse.reduce((sum, file) => sum + file.bytes, 0)
  return openParserPool(setup, {
    size: Math.max(1, Math.min(maxParsers, toParse.length, Math.ceil(bytes / bytesPerParser))),
  })
}

/** Files in order, parsed a few ahead by the pool; last the pages that are there and cannot be read. */
async function* readInOrder(
  {signal}: IngestContext,
  {scan, plan}: PageStage,
  parser: PageParser,
): AsyncGenerator<ParsedFile> {
  const files: readonly ScannedFile[] = plan.toParse
  const running: Promise<ParsedFile>[] = []
  let next = 0
  while (next < files.length || running.length > 0) {
    while (next < files.length && running.length < pagesAhead) {
      const parsing = readPage(files[next++]!, {scan, parser, signal})
      // When an earlier one fails nobody waits for this one.
      parsing.catch(() => undefined)
      running.push(parsing)
    }
    yield await running.shift()!
  }
  for (const file of plan.unread) yield unreadPage(file)
}

interface EmbeddedFile {
  readonly parsed: ParsedFile
  readonly vectors: readonly Float32Array[]
}

async function embedded(
  context: IngestContext,
  files: readonly ParsedFile[],
  kept: BuildRecords | null,
  writer: BuildWriter,
): Promise<EmbeddedFile[]> {
  const byHash = new Map<string, Float32Array | null>()
  const texts = new Map<string, string>()
  const hashes = files.map(({page}) => {
    if (!page) return []
    return page.sections.flatMap((section) =>
      section.passages.map((passage) => {
        const text = embeddingTextOf(page, section, passage)
        const hash = embeddingHashOf(text)
        if (!byHash.has(hash)) {
          const vector = kept?.vectorFor(hash) ?? writer.vectorFor(hash)
          byHash.set(hash, vector)
          if (!vector) texts.set(hash, text)
        }
        return hash
      }),
    )
  })
  if (texts.size > 0) {
    const embedder = await context.embedder()
    const made = await embedder.embedPassages([...texts.values()], context.signalOption)
    ;[...texts.keys()].forEach((hash, i) => {
      byHash.set(hash, made[i]!)
    })
    context.embedded += texts.size
  }
  return files.map((parsed, i) => ({parsed, vectors: hashes[i]!.map((hash) => byHash.get(hash)!)}))
}
