import type {SqliteDatabase} from '../native/index.ts'
import type {Manifest} from './build.ts'
import {flush} from './durable-files.ts'
import {createHnsw, type Hnsw, hnswOptionsFor, isZero, loadHnsw} from './hnsw.ts'
import type {PassageRange} from './page-rows.ts'
import {vectorFromBlob} from './vector-codec.ts'

/** The graph is rebuilt when more than this share of it is deleted: deleted elements cost time and, slowly, recall. */
const maxDeletedShare = 0.2

/** A smaller graph is rebuilt, in about a second, so that small builds do not depend on their history. */
const rebuildBelow = 2_000

/** Initial capacity of a new graph. */
const firstCapacity = 1_024

/** What a graph was made with. How it is searched is not part of it: that is measured for each build. */
export type GraphOptions = Pick<Manifest['hnsw'], 'm' | 'efConstruction' | 'metric'>

/** A graph to start from. */
export interface BaseGraph {
  readonly file: string
  readonly isValid: boolean
  readonly passages: number
}

/** Null for a damaged or small one, which is made anew. */
export async function loadBaseGraph(
  {file, isValid, passages}: BaseGraph,
  dimensions: number,
): Promise<Hnsw | null> {
  return isValid && passages >= rebuildBelow ? await loadHnsw(file, dimensions) : null
}

/** The HNSW graph of a build that is being made. Zero vectors are left out: they have no neighbours. */
export class GraphWriter {
  readonly #db: SqliteDatabase
  readonly #dimensions: number
  readonly #options: GraphOptions
  readonly #vectorsBetween
  /** Null where it is rebuilt from the stored vectors on save. */
  #hnsw: Hnsw | null
  #isOfBase = false

  private constructor(db: SqliteDatabase, dimensions: number, options: GraphOptions, hnsw: Hnsw | null) {
    this.#db = db
    this.#dimensions = dimensions
    this.#options = options
    this.#hnsw = hnsw
    this.#vectorsBetween = db.prepare(
      'SELECT passage_id, vector FROM vectors WHERE passage_id BETWEEN ? AND ?',
    )
  }

  /** An empty graph, with parameters for `expectedPassages`. */
  static create(db: SqliteDatabase, dimensions: number, expectedPassages: number): GraphWriter {
    const options: GraphOptions = {...hnswOptionsFor(expectedPassages), metric: 'ip'}
    return new GraphWriter(db, dimensions, options, createHnsw(dimensions, firstCapacity, options))
  }

  /** Edits what `loadBaseGraph` returned for a base build; null is rebuilt on save. */
  static from(db: SqliteDatabase, dimensions: number, options: GraphOptions, hnsw: Hnsw | null): GraphWriter {
    const writer = new GraphWriter(db, dimensions, options, hnsw)
    writer.#isOfBase = hnsw !== null
    return writer
  }

  /** Whether the graph is that of the base build, edited, and was not made anew. */
  get isOfBase(): boolean {
    return this.#isOfBase
  }

  add(passageId: number, vector: Float32Array): void {
    if (this.#hnsw === null || isZero(vector)) return
    // Doubling copies the graph, but rarely.
    if (this.#hnsw.isFull) this.#hnsw.reserve(Math.max(firstCapacity, this.#hnsw.size))
    this.#hnsw.add(passageId, vector)
  }

  /** Call while the vectors of these passages are still stored. */
  remove({first, last}: PassageRange): void {
    if (this.#hnsw === null) return
    for (const {passage_id, vector} of this.#vectorsBetween.all(first, last) as VectorRow[]) {
      if (!isZero(vectorFromBlob(vector))) this.#hnsw.remove(passage_id)
    }
  }

  /**
   * Writes the file, flushed, frees the graph, and returns the options it was built with. `live` is the number of
   * vectors that are not zero. Call it once, and nothing after it. @throws the signal's reason when aborted.
   */
  async save(file: string, live: number, signal?: AbortSignal): Promise<GraphOptions> {
    const deleted = this.#hnsw === null ? 0 : this.#hnsw.size - live
    const isKept = this.#hnsw !== null && deleted <= maxDeletedShare * this.#hnsw.size
    const options: GraphOptions = isKept ? this.#options : {...hnswOptionsFor(live), metric: 'ip'}
    // A new graph has only live elements, unless a path was put twice.
    const hnsw = isKept ? this.#hnsw! : this.#rebuild(live, options, signal)
    await hnsw.save(file)
    // Whoever opens the build has another one.
    hnsw.free()
    await flush(file)
    return options
  }

  #rebuild(live: number, options: GraphOptions, signal: AbortSignal | undefined): Hnsw {
    // Freed first: two graphs would need twice the memory.
    this.#hnsw?.free()
    this.#isOfBase = false
    const hnsw = createHnsw(this.#dimensions, live, options)
    const rows = this.#db
      .prepare(
        `SELECT v.passage_id, v.vector FROM pages
           JOIN sections s ON s.page_id = pages.id
           JOIN passages p ON p.id BETWEEN s.first_passage AND s.first_passage + s.passage_count - 1
           JOIN vectors v ON v.passage_id = p.id
         ORDER BY pages.path, s.id, p.id`,
      )
      .iterate() as IterableIterator<VectorRow>
    for (const {passage_id, vector} of rows) {
      signal?.throwIfAborted()
      const values = vectorFromBlob(vector)
      if (!isZero(values)) hnsw.add(passage_id, values)
    }
    return hnsw
  }
}

interface VectorRow {
  readonly passage_id: number
  readonly vector: Buffer
}
