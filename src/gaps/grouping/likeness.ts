import type {Embedder} from '../../embedding/index.ts'
import {addScaled, dot} from '../../lib/vector-math.ts'
import {outOfDomainQuestions} from '../../retrieval/index.ts'
import {unit} from '../vectors.ts'

/** How alike a model finds questions that have nothing to do with each other, and from where on it finds two the same. */
export interface Likeness {
  /** The mean of questions about anything. */
  readonly middle: Float32Array
  /** The cosine, seen from what questions have in common, from which two mean the same. */
  readonly sameMeaning: number
}

/**
 * How many standard deviations above the likeness of unrelated questions two must be, to mean the same. Measured on
 * 42 questions put in three ways (`test/gaps/paraphrases.ts`), by the model that is shipped; and on the same with the name of a
 * product in each.
 */
const deviations = 6.5

/** However unlike each other a model finds unrelated questions, more than this share of the way to equal is asked of none. */
const maxShare = 0.6

/** Models differ in how like they find unrelated questions. The same for every build, so that gaps stay what they are. */
export async function likenessOf(embedder: Embedder): Promise<Likeness> {
  const vectors: Float32Array[] = []
  for (const question of outOfDomainQuestions) vectors.push(await embedder.embedQuery(question))
  const middle = new Float32Array(embedder.dimensions)
  for (const vector of vectors) addScaled(middle, vector, 1 / vectors.length)
  const centred = vectors.map((vector) => unit(vector.map((value, at) => value - middle[at]!)))
  let sum = 0
  let squares = 0
  let count = 0
  for (const [index, one] of centred.entries())
    for (const other of centred.slice(index + 1)) {
      const cosine = dot(one, other)
      sum += cosine
      squares += cosine * cosine
      count++
    }
  const mean = sum / count
  const spread = Math.sqrt(Math.max(0, squares / count - mean * mean))
  return {middle, sameMeaning: Math.min(mean + deviations * spread, mean + maxShare * (1 - mean))}
}
