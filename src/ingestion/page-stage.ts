import type {Diagnostic} from '../domain/index.ts'
import {
  type BaseBuild,
  type BuildRecords,
  type BuildWriter,
  embeddingHashOf,
  embeddingTextOf,
} from '../search-index/index.ts'
import type {PlaceRules} from './content-home.ts'
import type {IngestContext} from './ingest-context.ts'
import type {IngestPlan} from './ingest-plan.ts'
import type {PageChange} from './ingest-report.ts'
import {withLastGood} from './last-good-page.ts'
import {changesOf, passagesIn, removalsOf} from './page-changes.ts'
import {withLanguage} from './page-language.ts'
import type {ParseSetup} from './parse-task.ts'
import type {ParsedFile} from './parsed-file.ts'
import {openParserPool, type PageParser} from './parser-pool.ts'
import {readPage, unreadablePage} from './read-page.ts'
import type {Scan, ScannedFile} from './scan-folder.ts'

/**
 * Storing pages takes this process about as long as parsing takes two processes, while a third one embeds; more parsers
 * would wait for this process. On two cores the second parser still saves a tenth of the time, for 160 MB.
 */
const maxParsers = 2
/** What a process parses in about the time that it takes to start another. */
const bytesPerParser = 400_000
/** Pages parsed ahead of the one being stored. */
const pagesAhead = 32
/** Texts embedded at a time. */
const textsPerBatch = 256
const pagesPerBatch = 64

export interface PageStage {
  readonly scan: Scan
  readonly setup: ParseSetup
  readonly rules: PlaceRules
  /** The site's language, BCP 47: that of pages that neither say theirs nor have enough text to tell it. */
  readonly defaultLanguage: string | null
  readonly plan: IngestPlan
  /** The build that changes are compared with. */
  readonly previousBuild: BaseBuild | null
  /** Records with vectors that can be reused. */
  readonly vectors: BuildRecords | null
  /** Null in a dry run. */
  readonly writer: BuildWriter | null
}

export interface PageStageResult {
  /** Sorted by path. */
  readonly changes: readonly PageChange[]
  /** Number of pages that failed in the same way as in the previous ingest. */
  readonly failedAgain: number
  /** Number of files that could not be read and keep no earlier text. */
  readonly failed: number
  /** Those of them that had a page in the previous build. */
  readonly lost: number
  /** Files that a dry run parsed; empty otherwise. */
  readonly dryRunFiles: readonly ParsedFile[]
}

/** Parses the files of the plan, embeds what has no vector yet, and stores the pages while the next ones are parsed. */
export async function runPageStage(context: IngestContext, stage: PageStage): Promise<PageStageResult> {
  const {scan, rules, defaultLanguage, plan, previousBuild, vectors, writer} = stage
  const {signal} = context
  const total = plan.toParse.length
  const changes: PageChange[] = []
  const dryRunFiles: ParsedFile[] = []
  const removedByHash = new Map(plan.removed.filter(({hash}) => hash !== '').map((file) => [file.hash, file]))
  const previousFailures = failuresOf(previousBuild, plan)
  /** Whether a page failed in the same way as in the previous ingest, so that there is nothing to store. */
  const failedAsBefore = ({state, source}: ParsedFile): boolean =>
    state !== 'read' &&
    plan.retried.has(source.path) &&
    previousFailures.get(source.path) === failureOf(source.hash, source.diagnostics, source.fidelity !== null)
  let done = 0
  let failedAgain = 0
  let failed = 0
  let lost = 0
  const kept = new Set(plan.unreadable.map(({path}) => path))
  /** Number of files that could not be read and have no record in the previous build. */
  let unreadableNewFiles = scan.unreadable.filter(
    ({path, isFolder}) => !isFolder && !kept.has(path) && !plan.previousFiles.has(path),
  ).length
  let batch: ParsedFile[] = []
  let textsInBatch = 0
  /** The batch that is being embedded while the next one is parsed. */
  let embedding: Promise<EmbeddedFile[]> | null = null

  const store = async (): Promise<void> => {
    if (!embedding) return
    const ready = await embedding
    embedding = null
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
    context.reportProgress('pages', done, total)
    // Lets messages of the child processes and timers through.
    await new Promise(setImmediate)
  }
  const flush = async (): Promise<void> => {
    const files = batch
    batch = []
    textsInBatch = 0
    const next = writer ? embedFiles(context, files, vectors, writer) : Promise.resolve([])
    // Awaited by the next `store`; until then a rejection must not count as unhandled.
    next.catch(() => undefined)
    await store()
    embedding = next
  }

  const parser = openParser(context, stage)
  const onAbort = (): void => parser.close()
  signal?.addEventListener('abort', onAbort, {once: true})
  try {
    context.reportProgress('pages', 0, total)
    for await (const read of readInOrder(context, stage, parser)) {
      const {path, hash} = read.source
      const fileAtPath = plan.previousFiles.get(path)
      // A file that could not be read keeps the text that was stored for the same bytes, at any path.
      const previousFile = fileAtPath?.hash === hash ? fileAtPath : (plan.pagesByHash.get(hash) ?? fileAtPath)
      const parsed = withLanguage(
        withLastGood(read, {
          before: previousBuild?.records ?? null,
          previousFile,
          content: scan,
          rules,
        }),
        {rules, defaultLanguage},
      )
      if (failedAsBefore(parsed)) failedAgain++
      if (parsed.state === 'failed') failed++
      if (parsed.state === 'failed' && !fileAtPath) unreadableNewFiles++
      if (parsed.state === 'failed' && previousFile?.isPage) lost++
      changes.push(...changesOf(parsed, plan.previousFiles, previousBuild?.records ?? null, removedByHash))
      if (!writer) {
        dryRunFiles.push(parsed)
        done++
        context.passages += passagesIn(parsed.page)
        context.reportProgress('pages', done, total)
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
  if (previousBuild) changes.push(...removalsOf(gone, previousBuild.records))
  // A removed page and a new file that cannot be read may be the same page, moved and broken at once.
  lost += Math.min(unreadableNewFiles, changes.filter(({kind}) => kind === 'removed').length)
  changes.sort((one, other) => (one.path < other.path ? -1 : 1))
  return {changes, failedAgain, failed, lost, dryRunFiles}
}

/** The problems that a build stored for each file, in comparable form. */
function failuresOf(before: BaseBuild | null, plan: IngestPlan): ReadonlyMap<string, string> {
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
      failureOf(plan.previousFiles.get(path)?.hash ?? '', problems, counted.has(path)),
    ]),
  )
}

function failureOf(hash: string, diagnostics: readonly Diagnostic[], isCounted: boolean): string {
  return JSON.stringify([hash, diagnostics.map(({rule}) => rule), isCounted])
}

function openParser({options}: IngestContext, {setup, plan: {toParse}}: PageStage): PageParser {
  if (options.openParser) return options.openParser(setup)
  const bytes = toParse.reduce((sum, file) => sum + file.bytes, 0)
  return openParserPool(setup, {
    size: Math.max(1, Math.min(maxParsers, toParse.length, Math.ceil(bytes / bytesPerParser))),
  })
}

/** Yields the files in order, parsed ahead by the pool, and at the end the pages that exist and cannot be read. */
async function* readInOrder(
  {signal}: IngestContext,
  {scan, plan, rules}: PageStage,
  parser: PageParser,
): AsyncGenerator<ParsedFile> {
  const files: readonly ScannedFile[] = plan.toParse
  const running: Promise<ParsedFile>[] = []
  let next = 0
  while (next < files.length || running.length > 0) {
    while (next < files.length && running.length < pagesAhead) {
      const parsing = readPage(files[next++]!, {scan, parser, rules, signal})
      // When an earlier file fails, nothing awaits this promise.
      parsing.catch(() => undefined)
      running.push(parsing)
    }
    yield await running.shift()!
  }
  for (const file of plan.unreadable) yield unreadablePage(file)
}

interface EmbeddedFile {
  readonly parsed: ParsedFile
  readonly vectors: readonly Float32Array[]
}

async function embedFiles(
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
