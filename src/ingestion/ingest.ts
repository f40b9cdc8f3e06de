import {createHash} from 'node:crypto'
import {setMaxListeners} from 'node:events'
import {join, resolve} from 'node:path'
import {compareDiagnostics, type Diagnostic, DocentError, type Page} from '../domain/index.ts'
import type {Embedder} from '../embedding/embedder.ts'
import {
  type BuildRecords,
  type BuildWriter,
  buildFolder,
  buildFormat,
  currentBuildId,
  databaseFile,
  embeddingHashOf,
  embeddingTextOf,
  type FileRecord,
  hnswFile,
  type IndexBuild,
  type Manifest,
  mismatchOf,
  openBuild,
  openBuildRecords,
  openBuildWriter,
  type PageRecord,
  pruneBuilds,
  publishBuild,
  readManifest,
  removeStaging,
  type SourceFile,
  writeManifest,
} from '../index/index.ts'
import {cutterVersion, detectSite, type SiteRules, siteRulesOf} from '../markdown/index.ts'
import {calibrate as calibrateRetrieval} from '../retrieval/calibration.ts'
import {termsOf} from '../text/terms.ts'
import {ChildFailure} from './child-pool.ts'
import {askGoldenQuestions, goldenGate, shrinkGate} from './gates.ts'
import {takeIngestLock} from './ingest-lock.ts'
import type {GateResult, IngestProgress, IngestReport, PageChange, Stage} from './ingest-report.ts'
import {brokenLinksIn, duplicateUrlsIn} from './links.ts'
import type {ParseResult, ParseSetup} from './parse-task.ts'
import {openParserPool, type PageParser} from './parser-pool.ts'
import {readInside} from './read-inside.ts'
import {hashOf, readSource, type Scan, type ScannedFile, scanFolder} from './scan-folder.ts'
import {verifyBuild} from './verify-build.ts'

export interface IngestOptions {
  readonly content: string
  readonly dataDir: string
  /** Opened when it is first needed; closed by the caller. */
  readonly embedder: () => Promise<Embedder>
  /**
   * Names the model without loading it, as `embedderKeyOf` does: while it is the one that the current build was
   * made with, the model is loaded only when there is something to embed. Null or absent: always loaded.
   */
  readonly embedderKey?: string | null
  /** Parses and embeds everything again. Default false. */
  readonly full?: boolean
  /** Publishes though a gate says no. Default false. */
  readonly force?: boolean
  /** Finds out what would change, and writes nothing. Default false. */
  readonly dryRun?: boolean
  /** Generator whose anchors and routes the site has, as `docusaurus`; null to find out. Default null. */
  readonly site?: string | null
  /** Default 30. */
  readonly maxShrinkPercent?: number
  /** Default 3, at least 2. */
  readonly keepBuilds?: number
  /** Longest time for one page. Default 10000. */
  readonly parseTimeoutMs?: number
  /** Heap of a parsing process. Default 512. */
  readonly parseMemoryMb?: number
  /** What reads pages; default a pool of processes that are killed when a page takes too long. */
  readonly openParser?: (setup: ParseSetup) => PageParser
  /** Fits the abstention of the new build; its result goes into the manifest. Default: the retriever's. */
  readonly calibrate?: (
    build: IndexBuild,
    embedder: Embedder,
    options: {readonly signal?: AbortSignal},
  ) => Promise<unknown>
}

export interface IngestCallbacks {
  readonly onProgress?: (progress: IngestProgress) => void
  /** Ends the ingest between two steps; what was begun is removed, and the current build stays. */
  readonly signal?: AbortSignal
}

/** Both cores, and no more memory than two pages need. */
const parsers = 2
/** Pages parsed ahead of the one being stored. */
const pagesAhead = 32
/** Texts embedded at a time. */
const textsPerBatch = 256
const pagesPerBatch = 64

/** Share of the passages that may change before the abstention is fitted again. */
const maxCalibrationDrift = 0.05

/** Rough size of a passage with its share of the source, to guess how many there will be. */
const bytesPerPassage = 900

/**
 * Brings the index up to date with a folder: scans it, parses what changed in processes that can be killed,
 * embeds what has no vector yet, makes a build beside the current one, tries it, and publishes it. When nothing
 * changed, nothing is embedded and nothing published. One at a time for a data folder.
 * @throws DocentError `locked`; `gate_failed` with the report in `details.report`, the build then is gone;
 * `config` for a folder that is not there; `embedding_model`; the signal's reason when aborted.
 */
export async function ingest(options: IngestOptions, callbacks: IngestCallbacks = {}): Promise<IngestReport> {
  const lock = options.dryRun ? null : await takeIngestLock(options.dataDir)
  try {
    return await new Ingest(options, callbacks).run()
  } finally {
    await lock?.release()
  }
}

/** The build before, when the next one can start from it. */
interface Base {
  readonly folder: string
  readonly manifest: Manifest
  readonly records: BuildRecords
  readonly hnswIsSound: boolean
}

interface Plan {
  /** New, changed, or to be tried again; by path. */
  readonly toParse: readonly ScannedFile[]
  readonly removed: readonly FileRecord[]
  readonly unchanged: number
  readonly known: ReadonlyMap<string, FileRecord>
}

interface ParsedFile {
  readonly scanned: ScannedFile
  readonly source: SourceFile
  readonly page: Page | null
  readonly links: ParseResult['links']
}

class Ingest {
  readonly #options: IngestOptions
  readonly #signal: AbortSignal | undefined
  readonly #onProgress: (progress: IngestProgress) => void
  readonly #started = performance.now()
  readonly #stages: Partial<Record<Stage, number>> = {}
  /** What a dry run has parsed. */
  readonly #tried: ParsedFile[] = []
  #embedderComing: Promise<Embedder> | null = null
  #embedded = 0
  #passages = 0

  constructor(options: IngestOptions, {onProgress = () => {}, signal}: IngestCallbacks) {
    this.#options = options
    this.#signal = signal
    // Every page being read listens.
    if (signal) setMaxListeners(2 * pagesAhead, signal)
    this.#onProgress = onProgress
  }

  #embedder(): Promise<Embedder> {
    this.#embedderComing ??= this.#options.embedder()
    return this.#embedderComing
  }

  async run(): Promise<IngestReport> {
    const {content, dataDir, full = false, dryRun = false} = this.#options
    const signal = this.#signal
    if (!dryRun) await removeStaging(dataDir)
    const currentId = await currentBuildId(dataDir)
    const current = currentId === null ? null : await openBase(buildFolder(dataDir, currentId))
    const key = this.#options.embedderKey ?? null
    const isKnownModel = key !== null && current?.manifest.embedding.key === key
    // It loads while the folder is read.
    if (!isKnownModel) this.#embedder().catch(() => undefined)
    let writer: BuildWriter | null = null
    try {
      const scan = await this.#stage('scan', () => scanFolder(content, signal ? {signal} : {}))
      const site = this.#siteOf(scan)
      const cutter = cutterOf(site)
      const {id, name, dimensions} = isKnownModel ? current.manifest.embedding : await this.#embedder()
      const embedding = {id, name, dimensions, ...(key === null ? {} : {key})}
      signal?.throwIfAborted()
      const fullBecause = reasonForFull(current, embedding, cutter, full)
      const base = fullBecause === null ? (current as Base) : null
      const plan = planOf(scan, base)
      const report = (outcome: IngestReport['outcome'], rest: ReportRest): IngestReport =>
        this.#report(outcome, site, embedding, fullBecause, plan, rest)

      const isRepair = base !== null && !base.hnswIsSound
      if (plan.toParse.length === 0 && plan.removed.length === 0 && base && !isRepair) {
        return report('unchanged', {
          ...factsOf(base.records, scan),
          build: currentId,
          previous: currentId,
          total: base.manifest.counts,
        })
      }

      if (!dryRun) {
        writer = await openBuildWriter({
          dataDir,
          embedding,
          cutter,
          base,
          expectedPassages: scan.files.reduce((sum, file) => sum + file.bytes, 0) / bytesPerPassage,
        })
        for (const {path} of plan.removed) writer.remove(path)
      }
      // Vectors may be kept from a build that cannot be edited, if the same model made them.
      const vectors = current && !full && current.manifest.embedding.id === id ? current.records : null
      const {changes, failedAgain} = await this.#stage('pages', () =>
        this.#pages(scan, site, plan, current, vectors, writer),
      )
      if (!writer) {
        return report('dry-run', {
          ...factsOf(base?.records ?? null, scan, this.#tried),
          changes,
          build: currentId,
          previous: currentId,
          total: base?.manifest.counts ?? null,
        })
      }
      // Files that failed for want of time were tried again, and nothing came of it.
      if (base && !isRepair && plan.removed.length === 0 && failedAgain === plan.toParse.length) {
        return report('unchanged', {
          ...factsOf(base.records, scan),
          build: currentId,
          previous: currentId,
          total: base.manifest.counts,
        })
      }
      return await this.#complete(writer, scan, changes, current, report)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw error
    } finally {
      current?.records.close()
      // After publishing there is no such folder any more.
      await writer?.discard()
    }
  }

  #siteOf(scan: Scan): SiteRules {
    const name = this.#options.site ?? null
    if (name === null) return detectSite(scan.configs)
    const site = siteRulesOf(name)
    if (!site)
      throw new DocentError('config', `there are no rules for a site made with ${JSON.stringify(name)}`)
    return site
  }

  async #pages(
    scan: Scan,
    site: SiteRules,
    plan: Plan,
    before: Base | null,
    vectors: BuildRecords | null,
    writer: BuildWriter | null,
  ): Promise<{changes: PageChange[]; failedAgain: number}> {
    const setup: ParseSetup = {root: scan.root, site}
    const {parseTimeoutMs, parseMemoryMb} = this.#options
    const parser =
      this.#options.openParser?.(setup) ??
      openParserPool(setup, {
        size: Math.min(parsers, plan.toParse.length),
        ...(parseTimeoutMs === undefined ? {} : {timeoutMs: parseTimeoutMs}),
        ...(parseMemoryMb === undefined ? {} : {memoryMb: parseMemoryMb}),
      })
    const total = plan.toParse.length
    const changes: PageChange[] = []
    const beforeFiles = new Map(before?.records.files().map((file) => [file.path, file]))
    const removedByHash = new Map(plan.removed.map((file) => [file.hash, file]))
    let done = 0
    let failedAgain = 0
    let batch: ParsedFile[] = []
    let textsInBatch = 0
    /** Being embedded while the next batch is parsed. */
    let waiting: Promise<{parsed: ParsedFile; vectors: Float32Array[]}[]> | null = null

    const tell = (): void =>
      this.#onProgress({stage: 'pages', done, total, passages: this.#passages, embedded: this.#embedded})
    const store = async (): Promise<void> => {
      if (!waiting) return
      const ready = await waiting
      waiting = null
      for (const {parsed, vectors: pageVectors} of ready) {
        this.#signal?.throwIfAborted()
        writer?.put(
          parsed.source,
          parsed.page ? {page: parsed.page, links: parsed.links, vectors: pageVectors} : null,
        )
        this.#passages += pageVectors.length
        done++
      }
      tell()
      // Children answer and timers fire only when this process gets to its event loop.
      await new Promise(setImmediate)
    }
    const flush = async (): Promise<void> => {
      const files = batch
      batch = []
      textsInBatch = 0
      const next = writer ? this.#embed(files, vectors, writer) : Promise.resolve([])
      // Awaited by the next `store`; until then a failure must not count as nobody's.
      next.catch(() => undefined)
      await store()
      waiting = next
    }

    try {
      for await (const parsed of this.#parsed(scan, plan.toParse, parser)) {
        const known = plan.known.get(parsed.source.path)
        if (known && isRetry(known) && !parsed.page && known.hash === parsed.source.hash) {
          failedAgain++
        }
        changes.push(...changesOf(parsed, beforeFiles, before?.records ?? null, removedByHash))
        if (!writer) {
          this.#tried.push(parsed)
          done++
          this.#passages += passagesIn(parsed.page)
          tell()
          continue
        }
        batch.push(parsed)
        textsInBatch += passagesIn(parsed.page)
        if (textsInBatch >= textsPerBatch || batch.length >= pagesPerBatch) await flush()
      }
      await flush()
      await store()
    } finally {
      parser.close()
    }
    const moved = new Set(changes.flatMap((change) => change.from ?? []))
    for (const {path, isPage} of plan.removed) {
      const removed = before?.records.embeddingHashesOf(path).length ?? 0
      if (isPage && !moved.has(path))
        changes.push({path, kind: 'removed', passages: {added: 0, kept: 0, removed}})
    }
    if (!plan.known.size && before) {
      // Made anew: what the build before had and this one has not is gone all the same.
      const present = new Set(scan.files.map((file) => file.path))
      for (const {path, isPage} of beforeFiles.values()) {
        if (!isPage || present.has(path) || moved.has(path)) continue
        const removed = before.records.embeddingHashesOf(path).length
        changes.push({path, kind: 'removed', passages: {added: 0, kept: 0, removed}})
      }
    }
    changes.sort((one, other) => (one.path < other.path ? -1 : 1))
    return {changes, failedAgain}
  }

  /** Files in order, parsed a few ahead by the pool. */
  async *#parsed(scan: Scan, files: readonly ScannedFile[], parser: PageParser): AsyncGenerator<ParsedFile> {
    const running: Promise<ParsedFile>[] = []
    let next = 0
    while (next < files.length || running.length > 0) {
      while (next < files.length && running.length < pagesAhead) {
        const parsing = this.#parse(scan, files[next++]!, parser)
        // When an earlier one fails nobody waits for this one.
        parsing.catch(() => undefined)
        running.push(parsing)
      }
      yield await running.shift()!
    }
  }

  async #parse(scan: Scan, scanned: ScannedFile, parser: PageParser): Promise<ParsedFile> {
    const {path} = scanned
    const setAside = (hash: string, rule: string, reason: string, hint?: string): ParsedFile => {
      const diagnostic: Diagnostic = {
        path,
        line: null,
        column: null,
        rule,
        severity: 'error',
        reason,
        ...(hint ? {hint} : {}),
      }
      const source = {path, hash, includes: [], diagnostics: [diagnostic], fidelity: null}
      return {scanned, source, page: null, links: []}
    }
    const bytes = await readSource(join(scan.root, path))
    if (typeof bytes === 'string') return setAside('', 'unreadable', bytes)
    // It may have changed since the scan; what counts is what is parsed.
    const hash = hashOf(bytes)
    const signal = this.#signal
    try {
      const task = {path, text: bytes.toString('utf8')}
      const {page, diagnostics, fidelity, includes, links} = await parser.parse(task, signal ? {signal} : {})
      return {scanned, source: {path, hash, includes, diagnostics, fidelity}, page, links}
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error
      const [rule, hint] =
        error.kind === 'timeout'
          ? ['parse-timeout', 'Simplify deeply nested lists or long runs of brackets and asterisks.']
          : error.kind === 'died'
            ? ['parse-crash', 'Split the page; it may be too large or too deeply nested.']
            : ['parse-error', undefined]
      return setAside(hash, rule!, `the page could not be parsed: ${error.message}`, hint)
    }
  }

  async #embed(
    files: readonly ParsedFile[],
    kept: BuildRecords | null,
    writer: BuildWriter,
  ): Promise<{parsed: ParsedFile; vectors: Float32Array[]}[]> {
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
      const signal = this.#signal
      const embedder = await this.#embedder()
      const made = await embedder.embedPassages([...texts.values()], signal ? {signal} : {})
      ;[...texts.keys()].forEach((hash, i) => {
        byHash.set(hash, made[i]!)
      })
      this.#embedded += texts.size
    }
    return files.map((parsed, i) => ({parsed, vectors: hashes[i]!.map((hash) => byHash.get(hash)!)}))
  }

  async #complete(
    writer: BuildWriter,
    scan: Scan,
    changes: readonly PageChange[],
    current: Base | null,
    report: (outcome: IngestReport['outcome'], rest: ReportRest) => IngestReport,
  ): Promise<IngestReport> {
    const {dataDir, force = false, keepBuilds = 3, maxShrinkPercent = 30} = this.#options
    const signal = this.#signal
    const previous = current?.manifest.id ?? null
    let manifest = await this.#stage('finish', () => writer.finish(signal ? {signal} : {}))
    const records = openBuildRecords(writer.folder)
    let facts: Facts
    try {
      facts = factsOf(records, scan)
    } finally {
      records.close()
    }
    const build = await openBuild(writer.folder, signal ? {signal} : {})
    const rest: ReportRest = {...facts, changes, build: writer.id, previous, total: manifest.counts}
    try {
      await this.#stage('verify', async () => verifyBuild(build))
      const {golden, gates} = await this.#stage('gates', async () => {
        const asked = await askGoldenQuestions(scan.root, build, () => this.#embedder(), signal)
        const gone = changes.filter(
          ({kind, passages}) => kind === 'removed' || passages.removed > passages.added,
        ).length
        const before = current?.manifest ?? null
        return {
          golden: asked,
          gates: [...shrinkGate(before, manifest, gone, maxShrinkPercent), ...goldenGate(asked, before)],
        }
      })
      const failed = gates.filter((gate) => !gate.passed)
      if (failed.length > 0 && !force) {
        const refused = report('refused', {...rest, gates, golden, build: previous})
        throw new DocentError(
          'gate_failed',
          `the new index was not published: ${failed.map((gate) => gate.detail).join('; ')}. Look at what changed, then use --force.`,
          {details: {report: refused}},
        )
      }
      const {calibration, drift} = await this.#stage('calibrate', () =>
        this.#calibrated(build, current, changes),
      )
      signal?.throwIfAborted()
      const counts = countsOf(changes)
      manifest = {
        ...manifest,
        calibration,
        summary: {
          content: this.#options.content,
          pages: {
            new: counts.new,
            changed: counts.changed + counts.moved,
            removed: counts.removed,
            setAside: facts.setAside,
          },
          warnings: facts.diagnostics.filter((diagnostic) => diagnostic.severity !== 'info').length,
          golden: golden ? {questions: golden.questions, hitAt5: golden.hitAt5} : null,
          passagesSinceCalibration: drift,
          tookMs: Math.round(performance.now() - this.#started),
        },
      }
      const pruned = await this.#stage('publish', async () => {
        await writeManifest(writer.folder, manifest)
        await publishBuild(dataDir, writer.id)
        return pruneBuilds(dataDir, keepBuilds)
      })
      return report('published', {...rest, gates, golden, pruned})
    } finally {
      build.close()
    }
  }

  /** Calibrating takes seconds, and a few edited pages do not move it: then the one of the build before is kept. */
  async #calibrated(
    build: IndexBuild,
    before: Base | null,
    changes: readonly PageChange[],
  ): Promise<{calibration: unknown; drift: number}> {
    const {calibrate = calibrateRetrieval} = this.#options
    const signal = this.#signal
    const edited = changes.reduce((sum, {passages}) => sum + passages.added + passages.removed, 0)
    const drift = edited + (before?.manifest.summary?.passagesSinceCalibration ?? 0)
    const calibration = before?.manifest.calibration ?? null
    const isSameModel = before?.manifest.embedding.id === build.manifest.embedding.id
    if (
      calibration !== null &&
      isSameModel &&
      drift <= maxCalibrationDrift * build.manifest.counts.passages
    ) {
      return {calibration, drift}
    }
    return {
      calibration: (await calibrate(build, await this.#embedder(), signal ? {signal} : {})) ?? null,
      drift: 0,
    }
  }

  #report(
    outcome: IngestReport['outcome'],
    site: SiteRules,
    embedding: IngestReport['embedding'],
    fullBecause: string | null,
    plan: Plan,
    rest: ReportRest,
  ): IngestReport {
    const changes = rest.changes ?? []
    const counts = countsOf(changes)
    const byRule: Record<string, number> = {}
    for (const {rule} of rest.diagnostics) byRule[rule] = (byRule[rule] ?? 0) + 1
    const sum = (pick: (change: PageChange) => number): number =>
      changes.reduce((all, change) => all + pick(change), 0)
    return {
      outcome,
      build: rest.build,
      previous: rest.previous,
      content: resolve(this.#options.content),
      site: site.generator,
      embedding,
      fullBecause,
      pages: {
        total: rest.total?.pages ?? 0,
        ...counts,
        unchanged: plan.unchanged,
        setAside: rest.setAside,
      },
      passages: {
        total: rest.total?.passages ?? 0,
        added: sum((change) => change.passages.added),
        removed: sum((change) => change.passages.removed),
        embedded: this.#embedded,
      },
      changes,
      diagnostics: rest.diagnostics,
      byRule,
      fidelity: rest.fidelity,
      gates: rest.gates ?? [],
      golden: rest.golden ? {questions: rest.golden.questions, hitAt5: rest.golden.hitAt5} : null,
      pruned: rest.pruned ?? [],
      stages: this.#stages,
      tookMs: Math.round(performance.now() - this.#started),
    }
  }

  async #stage<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted()
    this.#onProgress({stage, done: 0, total: 0, passages: this.#passages, embedded: this.#embedded})
    const started = performance.now()
    try {
      return await work()
    } finally {
      this.#stages[stage] = Math.round(performance.now() - started)
    }
  }
}

interface ReportRest extends Facts {
  readonly build: string | null
  readonly previous: string | null
  readonly total: {readonly pages: number; readonly passages: number} | null
  readonly changes?: readonly PageChange[]
  readonly gates?: readonly GateResult[]
  readonly golden?: {readonly questions: number; readonly hitAt5: number} | null
  readonly pruned?: readonly string[]
}

/** What can be read from the files of a build, whether it was made now or before. */
interface Facts {
  readonly diagnostics: readonly Diagnostic[]
  readonly fidelity: IngestReport['fidelity']
  readonly setAside: number
}

function factsOf(records: BuildRecords | null, scan: Scan, tried: readonly ParsedFile[] = []): Facts {
  const files = new Set(scan.files.map((file) => file.path))
  const again = new Set(tried.map((file) => file.source.path))
  const isKept = ({path}: {path: string}): boolean =>
    !again.has(path) && (tried.length === 0 || files.has(path))
  const pages = [
    ...(records?.pages().filter(isKept) ?? []),
    ...tried.flatMap(({page, links}) => (page ? [pageRecordOf(page, links)] : [])),
  ].sort((one, other) => (one.path < other.path ? -1 : 1))
  const diagnostics = [
    ...scan.diagnostics,
    ...(records?.diagnostics().filter(isKept) ?? []),
    ...tried.flatMap((file) => file.source.diagnostics),
    ...duplicateUrlsIn(pages),
    ...brokenLinksIn(pages, (path) => files.has(path) || readInside(scan.root, path) !== null),
  ].sort(compareDiagnostics)
  const fidelity = [
    ...(records?.fidelity().filter(isKept) ?? []),
    ...tried.flatMap(({source}) => (source.fidelity ? [{path: source.path, fidelity: source.fidelity}] : [])),
  ]
  const losing = fidelity
    .map(({path, fidelity: {visibleWords, keptWords}}) => ({path, visibleWords, keptWords}))
    .filter(({visibleWords, keptWords}) => keptWords < visibleWords)
    .sort((one, other) => other.visibleWords - other.keptWords - (one.visibleWords - one.keptWords))
  return {
    diagnostics,
    fidelity: {
      visibleWords: fidelity.reduce((sum, page) => sum + page.fidelity.visibleWords, 0),
      keptWords: fidelity.reduce((sum, page) => sum + page.fidelity.keptWords, 0),
      losing,
    },
    setAside: scan.diagnostics.length + (records || tried.length > 0 ? files.size - pages.length : 0),
  }
}

function pageRecordOf(page: Page, links: ParseResult['links']): PageRecord {
  const anchors = new Set(page.sections.map((section) => section.anchor))
  return {path: page.path, url: page.url, links, anchors}
}

function countsOf(changes: readonly PageChange[]): Record<PageChange['kind'], number> {
  const counts = {new: 0, changed: 0, moved: 0, removed: 0}
  for (const {kind} of changes) counts[kind]++
  return counts
}

function passagesIn(page: Page | null): number {
  return page?.sections.reduce((sum, section) => sum + section.passages.length, 0) ?? 0
}

/** The build that is current, checked; null when it cannot be built upon. */
async function openBase(folder: string): Promise<Base | null> {
  try {
    const manifest = await readManifest(folder)
    if ((await mismatchOf(folder, manifest, databaseFile)) !== null) return null
    const hnswIsSound = (await mismatchOf(folder, manifest, hnswFile)) === null
    return {folder, manifest, hnswIsSound, records: openBuildRecords(folder)}
  } catch (error) {
    // Damaged or of another format: everything is made anew, which mends it.
    if (error instanceof DocentError) return null
    throw error
  }
}

function reasonForFull(
  current: Base | null,
  embedding: Manifest['embedding'],
  cutter: string,
  full: boolean,
): string | null {
  if (full) return 'it was asked for'
  if (!current) return 'there is no sound index to start from'
  const {manifest} = current
  if (manifest.format !== buildFormat) return 'the layout of the index is another'
  if (manifest.embedding.id !== embedding.id) return `the embedding model was ${manifest.embedding.name}`
  if (manifest.embedding.dimensions !== embedding.dimensions) return 'the vectors have another length'
  if (manifest.cutter !== cutter) return 'the site’s configuration, or how pages are read, has changed'
  return null
}

/** Everything besides a file that decides what becomes of it. */
function cutterOf(site: SiteRules): string {
  const words = termsOf(
    'The QUICK node.js --dry-run kubectl_get running volumes PersistentVolumeClaim c++ don’t ÉTÉ',
  )
  const hash = createHash('sha256')
    .update(JSON.stringify([site, words]))
    .digest('hex')
  return `${cutterVersion}-${site.generator}-${hash.slice(0, 12)}`
}

function planOf(scan: Scan, base: Base | null): Plan {
  const known = new Map(base?.records.files().map((file) => [file.path, file]))
  const failed = new Set(
    base?.records
      .diagnostics()
      .filter((diagnostic) => retried.has(diagnostic.rule))
      .map((diagnostic) => diagnostic.path),
  )
  const hashes = new Map<string, string | null>()
  const includedHash = (path: string): string | null => {
    let hash = hashes.get(path)
    if (hash === undefined) {
      const bytes = readInside(scan.root, path)
      hash = bytes && hashOf(bytes)
      hashes.set(path, hash)
    }
    return hash
  }
  const toParse = scan.files.filter((file) => {
    const before = known.get(file.path)
    return (
      !before ||
      before.hash !== file.hash ||
      failed.has(file.path) ||
      before.includes.some((include) => includedHash(include.path) !== include.hash)
    )
  })
  const present = new Set(scan.files.map((file) => file.path))
  const removed = [...known.values()].filter((file) => !present.has(file.path))
  return {toParse, removed, unchanged: scan.files.length - toParse.length, known}
}

/** What a slow machine can cause, and so is tried again each time. */
const retried = new Set(['parse-timeout', 'parse-crash', 'unreadable'])

function isRetry(known: FileRecord): boolean {
  return !known.isPage
}

function changesOf(
  {source, page}: ParsedFile,
  beforeFiles: ReadonlyMap<string, FileRecord>,
  before: BuildRecords | null,
  removedByHash: ReadonlyMap<string, FileRecord>,
): PageChange[] {
  const {path, hash} = source
  const known = beforeFiles.get(path)
  const from = known?.isPage ? undefined : removedByHash.get(hash)
  const old = before?.embeddingHashesOf(from?.path ?? path) ?? []
  const now =
    page?.sections.flatMap((section) =>
      section.passages.map((passage) => embeddingHashOf(embeddingTextOf(page, section, passage))),
    ) ?? []
  const left = new Map<string, number>()
  for (const hashOfOld of old) left.set(hashOfOld, (left.get(hashOfOld) ?? 0) + 1)
  let kept = 0
  for (const hashOfNew of now) {
    const count = left.get(hashOfNew) ?? 0
    if (count > 0) {
      left.set(hashOfNew, count - 1)
      kept++
    }
  }
  const passages = {added: now.length - kept, kept, removed: old.length - kept}
  if (!page) return known?.isPage ? [{path, kind: 'removed', passages}] : []
  if (from?.isPage) return [{path, kind: 'moved', from: from.path, passages}]
  if (!known?.isPage) return [{path, kind: 'new', passages}]
  // Made anew for another reason than the file.
  if (known.hash === hash && passages.added === 0 && passages.removed === 0) return []
  return [{path, kind: 'changed', passages}]
}
