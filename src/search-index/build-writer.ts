import {mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {SqliteDatabase} from '../native/index.ts'
import {analysisVersion} from '../text/language-analysis.ts'
import type {IndexBuild, Manifest} from './build.ts'
import {buildsFolder, newBuildId, stagingFolder} from './build-folders.ts'
import {type BuildRecords, openBuildRecords} from './build-records.ts'
import type {BeginOptions, OpenOptions} from './build-store.ts'
import {fingerprintOf, flush} from './durable-files.ts'
import {GraphWriter} from './graph-writer.ts'
import type {IndexedPage, SourceFile} from './indexed-page.ts'
import {writeManifest} from './manifest.ts'
import {openBuild} from './open-build.ts'
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
  /** After `finish`: opens the build for reading. @throws DocentError `index_damaged`; the signal's reason. */
  open(options?: OpenOptions): Promise<IndexBuild>
  /** After `finish`: the records of its files. */
  openRecords(): BuildRecords
  /** Removes the build unless it was published. May be called at any time. */
  discard(): Promise<void>
}

export interface FinishOptions {
  readonly signal?: AbortSignal
}

/** Starts a build in a staging folder below `dataDir`: empty, or as a copy of another. */
export async function openBuildWriter(dataDir: string, options: BeginOptions): Promise<BuildWriter> {
  const {embedding, base} = options
  const id = newBuildId(options.now)
  const folder = stagingFolder(dataDir, id)
  await mkdir(buildsFolder(dataDir), {recursive: true})
  await mkdir(folder)
  const db = await openStagingDatabase(
    join(folder, databaseFile),
    base === null ? null : join(base.folder, databaseFile),
  )
  const graph = await graphFor(db, options)
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

    async finish({signal} = {}) {
      const counts = pages.finish()
      words.finish()
      const live = counts.passages - zeroVectorsIn(db, embedding.dimensions)
      db.exec('COMMIT')
      const hnsw = await graph.save(join(folder, hnswFile), live, signal)
      close()
      await flush(join(folder, databaseFile))
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
          [databaseFile]: await fingerprintOf(join(folder, databaseFile)),
          [hnswFile]: await fingerprintOf(join(folder, hnswFile)),
        },
        summary: null,
      }
      await flush(folder)
      await writeManifest(folder, manifest)
      return manifest
    },

    open: (openOptions = {}) => openBuild(folder, openOptions),
    openRecords: () => openBuildRecords(folder),

    async discard() {
      close()
      await rm(folder, {recursive: true, force: true})
    },
  }
}

function graphFor(
  db: SqliteDatabase,
  {base, embedding, expectedPassages = 0}: BeginOptions,
): GraphWriter | Promise<GraphWriter> {
  const {dimensions} = embedding
  if (base === null) return GraphWriter.create(db, dimensions, expectedPassages)
  const {hnsw, counts} = base.manifest
  const {m, efConstruction, metric} = hnsw
  const file = join(base.folder, hnswFile)
  return GraphWriter.from(db, dimensions, {
    file,
    isValid: base.isHnswValid,
    passages: counts.passages,
    options: {m, efConstruction, metric},
  })
}

function zeroVectorsIn(db: SqliteDatabase, dimensions: number): number {
  return db
    .prepare('SELECT count(*) FROM vectors WHERE vector = zeroblob(?)')
    .pluck()
    .get(dimensions * 4) as number
}
