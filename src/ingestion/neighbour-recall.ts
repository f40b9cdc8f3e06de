import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import type {IndexBuild, VectorSearchMode} from '../search-index/index.ts'

/** Two similarities within this are the same: HNSW and exact search round differently. */
const tolerance = 1e-5

/** A question with the similarities of its true nearest passages, best first. */
export interface ReferenceQuestion {
  readonly vector: Float32Array
  readonly similarities: readonly number[]
}

/** Searches exactly, which reads every vector: 20 ms a question at 100,000 passages. @throws the signal's reason. */
export async function referenceQuestions(
  build: IndexBuild,
  vectors: readonly Float32Array[],
  depth: number,
  signal?: AbortSignal,
): Promise<ReferenceQuestion[]> {
  const questions: ReferenceQuestion[] = []
  for (const vector of vectors) {
    await yieldToEventLoop()
    signal?.throwIfAborted()
    const similarities = build.nearestExact(vector, depth).map((hit) => hit.similarity)
    // In a build without vectors there is nothing to find.
    if (similarities.length > 0) questions.push({vector, similarities})
  }
  return questions
}

/** How a search is measured. */
export interface Measurement {
  /** How many of the true nearest passages count; one recall each. */
  readonly nearest: readonly number[]
  /** How many are searched for. */
  readonly depth: number
  readonly mode: VectorSearchMode
}

/**
 * Mean shares of the true nearest passages that a search finds; 1 without questions. Of passages that are equally near, as
 * copies of a text are, any will do. @throws the signal's reason.
 */
export async function recallsAt(
  build: IndexBuild,
  questions: readonly ReferenceQuestion[],
  {nearest, depth, mode}: Measurement,
  signal?: AbortSignal,
): Promise<number[]> {
  const sums = nearest.map(() => 0)
  for (const {vector, similarities} of questions) {
    await yieldToEventLoop()
    signal?.throwIfAborted()
    const hits = build.nearest(vector, depth, mode)
    for (const [at, count] of nearest.entries()) {
      const expected = Math.min(count, similarities.length)
      const least = similarities[expected - 1]! - tolerance
      const found = hits.filter((hit) => hit.similarity >= least).length
      sums[at]! += Math.min(found, expected) / expected
    }
  }
  return sums.map((sum) => (questions.length === 0 ? 1 : sum / questions.length))
}
