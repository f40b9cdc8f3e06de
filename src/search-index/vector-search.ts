import {join} from 'node:path'
import {isNotInstalled} from '../native/index.ts'
import type {Manifest, VectorHit, VectorSearchMode} from './build.ts'
import {checkVector, defaultEf, type Hnsw, loadHnsw} from './hnsw.ts'
import {hnswFile} from './schema.ts'
import type {StoredVectors} from './stored-vectors.ts'
import type {VectorSketches} from './vector-sketches.ts'

/** Of a shortlist, at least so many are compared for each neighbour that is wanted. */
const comparedPerNeighbour = 8

/** Wide enough for a graph of passages that are nearly alike; asked once, when a build is opened. */
const selfCheckEf = 4_096

/** Vector search in an open build. */
export interface VectorSearch {
  /** Nearest passages, best first; `mode` as `IndexBuild.nearest` has it. @throws TypeError as `checkVector` does. */
  nearest(vector: Float32Array, k: number, mode?: VectorSearchMode): VectorHit[]
  /** Why the graph is not used and search is exact; null when it is used. */
  readonly degraded: string | null
}

/**
 * Opens the graph of a build, or falls back to exact search where its file is damaged, which `mismatch` tells.
 * @throws DocentError `not_installed` where hnswlib cannot be loaded.
 */
export async function openVectorSearch(
  folder: string,
  manifest: Manifest,
  vectors: StoredVectors,
  mismatch: string | null,
): Promise<VectorSearch> {
  if (mismatch !== null)
    return exactSearch(vectors, `${mismatch}; search is exact and slower until the next ingest`)
  const usual = usualMode(manifest)
  // Only where they are what the build is searched by; whoever tries them out elsewhere waits for them.
  const sketches = usual.ef === undefined ? await vectors.sketches() : null
  try {
    const hnsw = await loadHnsw(join(folder, hnswFile), manifest.embedding.dimensions)
    checkGraph(hnsw, vectors)
    return approximateSearch({hnsw, sketches, vectors, usual})
  } catch (error) {
    if (isNotInstalled(error)) throw error
    return exactSearch(vectors, `${hnswFile} cannot be used (${(error as Error).message}); search is exact`)
  }
}

function usualMode({hnsw: {ef, shortlist}, counts}: Manifest): VectorSearchMode {
  return shortlist === undefined ? {ef: ef ?? defaultEf(counts.passages)} : {shortlist}
}

/** The file can be undamaged and still belong to other vectors: a passage must find itself. */
function checkGraph(hnsw: Hnsw, {sample}: StoredVectors): void {
  if (sample === null) return
  const [best] = hnsw.search(sample, 1, selfCheckEf)
  if (!best || Math.abs(best.similarity - 1) > 0.01) throw new Error('a passage does not find itself')
}

function exactSearch(vectors: StoredVectors, degraded: string): VectorSearch {
  return {degraded, nearest: (vector, k) => vectors.nearest(vector, k)}
}

interface SearchParts {
  readonly hnsw: Hnsw
  /** Null where they are made with the first search that wants them. */
  readonly sketches: VectorSketches | null
  readonly vectors: StoredVectors
  readonly usual: VectorSearchMode
}

function approximateSearch({hnsw, sketches: made, vectors, usual}: SearchParts): VectorSearch {
  let sketches = made
  const theSketches = (): VectorSketches => (sketches ??= vectors.sketchesAtOnce())
  return {
    degraded: null,
    nearest: (vector, k, mode = usual) =>
      mode.ef === undefined
        ? nearestBySketch(theSketches(), vectors, {vector, k, shortlist: mode.shortlist})
        : nearestInGraph(hnsw, vectors, {vector, k, ef: mode.ef}),
  }
}

interface Wanted {
  readonly vector: Float32Array
  readonly k: number
}

function nearestBySketch(
  sketches: VectorSketches,
  vectors: StoredVectors,
  {vector, k, shortlist}: Wanted & {readonly shortlist: number},
): VectorHit[] {
  checkVector(vector, sketches.dimensions)
  return vectors.nearestAmong(
    sketches.nearest(vector, Math.max(shortlist, comparedPerNeighbour * k)),
    vector,
    k,
  )
}

function nearestInGraph(
  hnsw: Hnsw,
  vectors: StoredVectors,
  {vector, k, ef}: Wanted & {readonly ef: number},
): VectorHit[] {
  const hits: VectorHit[] = []
  for (const {label, similarity} of hnsw.search(vector, k, ef)) {
    const sectionId = vectors.sectionOf(label)
    if (sectionId !== undefined) hits.push({passageId: label, sectionId, similarity})
  }
  return hits.sort((one, other) => other.similarity - one.similarity || one.passageId - other.passageId)
}
