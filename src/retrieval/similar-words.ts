import type {WordVectors} from '../embedding/index.ts'
import {wordIdOf} from '../text/word-ids.ts'
import type {QueryTerms} from './query-terms.ts'

/**
 * Late interaction: each of a question's words against the word of a section that is most like it (Khattab and Zaharia,
 * "ColBERT", 2020, there on contextual vectors). Finds what is said in other words, which the mean of a passage blurs.
 */
export class SimilarWords {
  readonly #vectors: WordVectors
  readonly #words: readonly {readonly id: number; readonly weight: number}[]
  readonly #weight: number
  /** For each of the words, its similarity to others by their ids: sections share most of them. */
  readonly #known: readonly Map<number, number>[]

  constructor(query: QueryTerms, vectors: WordVectors) {
    this.#vectors = vectors
    this.#words = query.terms.flatMap(({word, weight}) => {
      const id = wordIdOf(word)
      return id === null ? [] : [{id, weight}]
    })
    this.#weight = this.#words.reduce((sum, {weight}) => sum + weight, 0)
    this.#known = this.#words.map(() => new Map())
  }

  /** The mean over the question's words, by weight, of the greatest similarity to a word of `wordIds`; 0 to 1. */
  meanIn(wordIds: Uint32Array): number {
    if (this.#weight === 0) return 0
    let sum = 0
    for (const [index, {id, weight}] of this.#words.entries()) {
      const known = this.#known[index]!
      let best = 0
      for (const other of wordIds) {
        let similarity = known.get(other)
        if (similarity === undefined) {
          similarity = this.#vectors.similarity(id, other)
          known.set(other, similarity)
        }
        if (similarity > best) best = similarity
      }
      sum += weight * best
    }
    return sum / this.#weight
  }
}
