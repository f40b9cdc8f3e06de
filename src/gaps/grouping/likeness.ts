import type {Embedder} from '../../embedding/index.ts'
import {dot} from '../../lib/vector-math.ts'
import {outOfDomainQuestions} from '../../retrieval/index.ts'

/**
 * How many standard deviations above the likeness of unrelated questions two must be, to mean the same. Measured on 42
 * questions put in three ways (`test/gaps/paraphrases.ts`), by the model that is shipped: of two in one gap 88 of 100 belong
 * together. At 3 they are 60, and at 5 a third of those that belong together are still found, instead of a half.
 */
const deviations = 4

/** However unlike each other a model finds unrelated questions, more than this share of the way to equal is asked of none. */
const maxShare = 0.6

/**
 * The cosine from which two questions mean the same, for this model: models differ in how like they find unrelated ones. The
 * same for every build, so that gaps stay what they are.
 */
export async function sameMeaningCosine(embedder: Embedder): Promise<number> {
  const vectors: Float32Array[] = []
  for (const question of outOfDomainQuestions) vectors.push(await embedder.embedQuery(question))
  let sum = 0
  let squares = 0
  let count = 0
  for (const [index, one] of vectors.entries())
    for (const other of vectors.slice(index + 1)) {
      const cosine = dot(one, other)
      sum += cosine
      squares += cosine * cosine
      count++
    }
  const mean = sum / count
  const spread = Math.sqrt(Math.max(0, squares / count - mean * mean))
  return Math.min(mean + deviations * spread, mean + maxShare * (1 - mean))
}
