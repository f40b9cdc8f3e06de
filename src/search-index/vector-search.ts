import {join} from 'node:path'
import {isNotInstalled} from '../native/index.ts'
import type {Manifest, VectorHit} from './build.ts'
import {mismatchOf} from './file-mismatch.ts'
import {defaultEf, type Hnsw, loadHnsw, minEf} from './hnsw.ts'
import {hnswFile} from './schema.ts'
import type {StoredVectors} from './stored-vectors.ts'

/** Vector search in an open build. */
export interface VectorSearch {
  /** Nearest passages, best first; `ef` as `IndexBuild.nearest` has it. @throws TypeError as `checkVector` does. */
  nearest(vector: Float32Array, k: number, ef?: number): VectorHit[]
  /** Why the graph is not used and search is exact; null when it is used. */
  readonly degraded: string | null
}

/**
 * Opens the graph of a build, or falls back to exact search where its file is damaged.
 * @throws DocentError `not_installed` where hnswlib cannot be loaded.
 */
export async function openVectorSearch(
  folder: string,
  manifest: Manifest,
  vectors: StoredVectors,
): Promise<VectorSearch> {
  const mismatch = await mismatchOf(folder, manifest, hnswFile)
  if (mismatch !== null)
    return exactSearch(vectors, `${mismatch}; search is exact and slower until the next ingest`)
  try {
    const hnsw = await loadHnsw(join(folder, hnswFile), manifest.embedding.dimensions)
    checkGraph(hnsw, vectors)
    return graphSearch(hnsw, vectors, manifest.hnsw.ef ?? defaultEf(manifest.counts.passages))
  } catch (error) {
    if (isNotInstalled(error)) throw error
    return exactSearch(vectors, `${hnswFile} cannot be used (${(error as Error).message}); search is exact`)
  }
}

/** The file can be undamaged and still belong to other vectors: a passage must find itself. */
function checkGraph(hnsw: Hnsw, {sample}: StoredVectors): void {
  if (sample === null) return
  const [best] = hnsw.search(sample, 1, minEf)
  if (!best || Math.abs(best.similarity - 1) > 0.01) throw new Error('a passage does not find itself')
}

function exactSearch(vectors: StoredVectors, degraded: string): VectorSearch {
  return {degraded, nearest: (vector, k) => vectors.nearest(vector, k)}
}

function graphSearch(hnsw: Hnsw, vectors: StoredVectors, usualEf: number): VectorSearch {
  return {
    degraded: null,
    nearest(vector, k, ef = usualEf) {
      const hits: VectorHit[] = []
      for (const {label, similarity} of hnsw.search(vector, k, ef)) {
        const sectionId = vectors.sectionOf(label)
        if (sectionId !== undefined) hits.push({passageId: label, sectionId, similarity})
      }
      return hits.sort((one, other) => other.similarity - one.similarity || one.passageId - other.passageId)
    },
  }
}
