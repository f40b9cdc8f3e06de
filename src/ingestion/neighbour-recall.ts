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
  /** How many of the true nearest passages count. */
  readonly nearest: number
  /** How many are searched for. */
  readonly depth: number
  readonly mode: VectorSearchMode
}

/**
 * Mean share of the true nearest passages that a search finds; 1 without questions. Of passages that are equally near, as
 * copies of a text are, any will do. @throws the signal's reason.
 */
export async function recallOf(
  build: IndexBuild,
  questions: readonly ReferenceQuestion[],
  {nearest, depth, mode}: Measurement,
  signal?: AbortSignal,
): Promise<number> {
  let sum = 0
  for (const {vector, similarities} of questions) {
    await yieldToEventLoop()
    signal?.throwIfAborted()
    const expected = Math.min(nearest, similarities.length)
    const least = similarities[expected - 1]! - tolerance
    const found = build.nearest(vector, depth, mode).filter((hit) => hit.similarity >= least).length
    sum += Math.min(found, expected) / expected
  }
  return questions.length === 0 ? 1 : sum / questions.length
}
