import {mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {SqliteDatabase} from '../native/index.ts'
import type {BuildSummary, Manifest} from './build.ts'
import {buildsFolder, newBuildId, stagingFolder} from './build-store.ts'
import {fingerprintOf, flush} from './durable-files.ts'
import {GraphWriter} from './graph-writer.ts'
import type {IndexedPage, SourceFile} from './indexed-page.ts'
import {writeManifest} from './manifest.ts'
import {PageWriter} from './page-writer.ts'
import {buildFormat, databaseFile, hnswFile} from './schema.ts'
import {openStagingDatabase} from './staging-database.ts'
import {WordIndexWriter} from './word-index/word-index.ts'

export interface WriterOptions {
  readonly dataDir: string
  readonly embedding: Manifest['embedding']
  readonly cutter: string
  /** The build to edit, verified by the caller and made with the same embedder and cutter; null to start empty. */
  readonly base: BaseBuild | null
  /** A guess, for a new build: it decides how carefully the graph is built. Default 0. */
  readonly expectedPassages?: number
  /** Milliseconds since the epoch; default now. */
  readonly now?: number
}

export interface BaseBuild {
  readonly folder: string
  readonly manifest: Manifest
  /** False makes the HNSW file anew from the vectors. */
  readonly hnswIsSound: boolean
}

/** Makes one build in a staging folder. Nothing is visible to readers before `publishBuild`. */
export interface BuildWriter {
  readonly id: string
  readonly folder: string
  /** Stores a file and its page, or the file alone when it gave none. What was stored of this path is replaced. */
  put(file: SourceFile, page: IndexedPage | null): void
  /** Forgets a file. Unknown paths are ignored. */
  remove(path: string): void
  /** A vector that is already in it for this embedding text; null when there is none. */
  vectorFor(embeddingHash: string): Float32Array | null
  /**
   * Completes the files, flushes them and writes the manifest last, with a calibration of null. The folder can
   * then be opened and checked. Only once; after it neither `put` nor `remove`.
   */
  finish(options?: FinishOptions): Promise<Manifest>
  /** Removes the folder, at any time before it is published. */
  discard(): Promise<void>
}

export interface FinishOptions {
  readonly summary?: BuildSummary | null
  readonly signal?: AbortSignal
}

/** Starts a build: empty, or as a copy of another. */
export async function openBuildWriter(options: WriterOptions): Promise<BuildWriter> {
  const {dataDir, embedding, base} = options
  const id = newBuildId(options.now)
  const folder = stagingFolder(dataDir, id)
  await mkdir(buildsFolder(dataDir), {recursive: true})
  await mkdir(folder)
  const db = await openStagingDatabase(
    join(folder, databaseFile),
    base === null ? null : join(base.folder, databaseFile),
  )
  const graph = await graphFor(db, options)
  const words = new WordIndexWriter(db, {isEdit: base !== null})
  const pages = new PageWriter(db, embedding.dimensions, {graph, words})
  let isOpen = true

  function close(): void {
    if (isOpen) db.close()
    isOpen = false
  }

  return {
    id,
    folder,
    put: (file, page) => pages.put(file, page),
    remove: (path) => pages.remove(path),
    vectorFor: (embeddingHash) => pages.vectorFor(embeddingHash),

    async finish({summary = null, signal} = {}) {
      const counts = pages.finish()
      words.finish(counts.sections)
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
        cutter: options.cutter,
        counts,
        hnsw,
        calibration: null,
        files: {
          [databaseFile]: await fingerprintOf(join(folder, databaseFile)),
          [hnswFile]: await fingerprintOf(join(folder, hnswFile)),
        },
        summary,
      }
      await flush(folder)
      await writeManifest(folder, manifest)
      return manifest
    },

    async discard() {
      close()
      await rm(folder, {recursive: true, force: true})
    },
  }
}

function graphFor(
  db: SqliteDatabase,
  {base, embedding, expectedPassages = 0}: WriterOptions,
): GraphWriter | Promise<GraphWriter> {
  const {dimensions} = embedding
  if (base === null) return GraphWriter.create(db, dimensions, expectedPassages)
  const {hnsw: options, counts} = base.manifest
  const file = join(base.folder, hnswFile)
  return GraphWriter.from(db, dimensions, {
    file,
    isSound: base.hnswIsSound,
    passages: counts.passages,
    options,
  })
}

function zeroVectorsIn(db: SqliteDatabase, dimensions: number): number {
  return db
    .prepare('SELECT count(*) FROM vectors WHERE vector = zeroblob(?)')
    .pluck()
    .get(dimensions * 4) as number
}
