import {mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {SqliteDatabase} from '../native/index.ts'
import {analysisVersion} from '../text/language-analysis.ts'
import type {IndexBuild, Manifest} from './build.ts'
import {buildsFolder, newBuildId, stagingFolder} from './build-folders.ts'
import {type BuildRecords, openBuildRecords} from './build-records.ts'
import type {BeginOptions, OpenOptions} from './build-store.ts'
import {fingerprintOf, flush} from './durable-files.ts'
import {GraphWriter, loadBaseGraph} from './graph-writer.ts'
import type {IndexedPage, SourceFile} from './indexed-page.ts'
import {writeManifest} from './manifest.ts'
import {openBuild} from './open-build.ts'
import {type OutlineMaker, writeOutline} from './outline.ts'
import {PageWriter} from './page-writer.ts'
import {buildFormat, databaseFile, hnswFile} from './schema.ts'
import {openStagingDatabase} from './staging-database.ts'
import {WordIndexWriter} from './word-index/word-index-writer.ts'

/** Makes one build, on this machine, invisible to others. */
export interface BuildWriter {
  readonly id: string
  /** Stores a file and its page, or the file alone when it has none. Replaces what was stored for this path. */
  put(file: SourceFile, page: IndexedPage | null): void
  /** Removes a file and its page. Unknown paths are ignored. */
  remove(path: string): void
  /** The vector that is stored for this embedding text; null when there is none. */
  vectorFor(embeddingHash: string): Float32Array | null
  /**
   * Completes the build, durably, with a calibration of null. Then it can be opened and verified. Call it once, and then
   * neither `put` nor `remove`. @throws the signal's reason.
   */
  finish(options?: FinishOptions): Promise<Manifest>
  /** After `finish`: whether it has the graph of the base, edited, and not one that was made anew. */
  keepsGraph(): boolean
  /**
   * After `finish`, which read back what it had written to take its checksums: opens the build for reading, without
   * taking them again. @throws DocentError `index_damaged`; the signal's reason.
   */
  open(options?: OpenOptions): Promise<IndexBuild>
  /** After `finish`: the records of its files. */
  openRecords(): BuildRecords
  /** Removes the build unless it was published. May be called at any time. */
  discard(): Promise<void>
}

export interface FinishOptions {
  readonly signal?: AbortSignal
  /** Default: the outline of the base, or none. */
  readonly outlineOf?: OutlineMaker
}

/** Starts a build in a staging folder below `dataDir`: empty, or as a copy of another. */
export async function openBuildWriter(dataDir: string, options: BeginOptions): Promise<BuildWriter> {
  const {embedding} = options
  const id = newBuildId(options.now)
  const folder = stagingFolder(dataDir, id)
  await mkdir(buildsFolder(dataDir), {recursive: true})
  await mkdir(folder)
  const {db, graph} = await openParts(folder, options)
  const words = new WordIndexWriter(db)
  const pages = new PageWriter(db, embedding.dimensions, {graph, words}, options.defaultLanguage ?? null)
  let isOpen = true

  function close(): void {
    if (isOpen) db.close()
    isOpen = false
  }

  return {
    id,
    put: (file, page) => pages.put(file, page),
    remove: (path) => pages.remove(path),
    vectorFor: (embeddingHash) => pages.vectorFor(embeddingHash),

    async finish({signal, outlineOf} = {}) {
      if (outlineOf) writeOutline(db, outlineOf)
      const counts = pages.finish()
      words.finish()
      const live = counts.passages - zeroVectorsIn(db, embedding.dimensions)
      db.exec('COMMIT')
      const hnsw = await graph.save(join(folder, hnswFile), live, signal)
      close()
      await flush(join(folder, databaseFile))
      const [database, graphFile] = await Promise.all(
        [databaseFile, hnswFile].map((file) => fingerprintOf(join(folder, file))),
      )
      const manifest: Manifest = {
        format: buildFormat,
        id,
        createdAt: new Date(options.now ?? Date.now()).toISOString(),
        embedding,
        chunker: options.chunker,
        languages: {default: options.defaultLanguage ?? null, analysis: analysisVersion},
        counts,
        hnsw,
        calibration: null,
        files: {
          [databaseFile]: database!,
          [hnswFile]: graphFile!,
        },
        summary: null,
      }
      await flush(folder)
      await writeManifest(folder, manifest)
      return manifest
    },

    keepsGraph: () => graph.isOfBase,
    open: (openOptions = {}) => openBuild(folder, {...openOptions, isVerified: true}),
    openRecords: () => openBuildRecords(folder),

    async discard() {
      close()
      await rm(folder, {recursive: true, force: true})
    },
  }
}

interface WriterParts {
  readonly db: SqliteDatabase
  readonly graph: GraphWriter
}

/** Copies the database of the base while its graph is read: neither keeps a core busy. */
async function openParts(
  folder: string,
  {base, embedding: {dimensions}, expectedPassages = 0}: BeginOptions,
): Promise<WriterParts> {
  const path = join(folder, databaseFile)
  if (base === null) {
    const db = await openStagingDatabase(path, null)
    return {db, graph: GraphWriter.create(db, dimensions, expectedPassages)}
  }
  const {hnsw, counts} = base.manifest
  const {m, efConstruction, metric} = hnsw
  const graph = {
    file: join(base.folder, hnswFile),
    isValid: base.isHnswValid,
    passages: counts.passages,
  }
  const loading = loadBaseGraph(graph, dimensions)
  loading.catch(() => undefined)
  const db = await openStagingDatabase(path, join(base.folder, databaseFile))
  try {
    return {db, graph: GraphWriter.from(db, dimensions, {m, efConstruction, metric}, await loading)}
  } catch (error) {
    db.close()
    throw error
  }
}

function zeroVectorsIn(db: SqliteDatabase, dimensions: number): number {
  return db
    .prepare('SELECT count(*) FROM vectors WHERE vector = zeroblob(?)')
    .pluck()
    .get(dimensions * 4) as number
}
