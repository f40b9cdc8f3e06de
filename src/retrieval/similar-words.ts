import type {WordVectors} from '../embedding/index.ts'
import {wordIdCount, wordIdOf} from '../text/word-ids.ts'
import {wordIdBoundary} from './build-cache.ts'
import type {QueryTerms} from './query-terms.ts'

/**
 * Late interaction: each of a question's words against the word of a passage that is most like it (Khattab and Zaharia,
 * "ColBERT", 2020, there on contextual vectors). Finds what is said in other words, which a passage's one vector blurs.
 * By passage, since a long section has a word that is somewhat like any other.
 *
 * For sections whose words have ids by the time it is made: a table by word id keeps what is computed, since sections
 * share most of their words.
 */
export class SimilarWords {
  readonly #vectors: WordVectors
  readonly #ids: readonly number[]
  readonly #weights: readonly number[]
  readonly #weight: number
  /** By word id: where its similarities begin, plus one; 0 when they are not computed. */
  readonly #places = new Uint32Array(wordIdCount())
  /** The similarities of each word met to each of the question's words. */
  readonly #similarities: number[] = []

  constructor(query: QueryTerms, vectors: WordVectors) {
    const known = query.terms.flatMap(({word, weight}) => {
      const id = wordIdOf(word)
      return id === null ? [] : [{id, weight}]
    })
    this.#vectors = vectors
    this.#ids = known.map(({id}) => id)
    this.#weights = known.map(({weight}) => weight)
    this.#weight = this.#weights.reduce((sum, weight) => sum + weight, 0)
  }

  /**
   * The mean over the question's words, by weight, of the greatest similarity to a word of the passage, for the passage
   * where it is greatest; 0 to 1. @param wordIds as `SectionText` has them.
   */
  bestMeanIn(wordIds: Uint32Array): number {
    if (this.#weight === 0) return 0
    const count = this.#ids.length
    const nearest = new Float32Array(count)
    let best = 0
    for (let at = 0; at < wordIds.length; at++) {
      const id = wordIds[at]!
      if (id === wordIdBoundary) {
        best = Math.max(best, this.#sumOf(nearest))
        nearest.fill(0)
        continue
      }
      const place = this.#placeOf(id)
      for (let word = 0; word < count; word++) {
        const similarity = this.#similarities[place + word]!
        if (similarity > nearest[word]!) nearest[word] = similarity
      }
    }
    return Math.max(best, this.#sumOf(nearest)) / this.#weight
  }

  #sumOf(similarities: Float32Array): number {
    let sum = 0
    for (let word = 0; word < similarities.length; word++) sum += this.#weights[word]! * similarities[word]!
    return sum
  }

  #placeOf(id: number): number {
    const known = this.#places[id]!
    if (known > 0) return known - 1
    const place = this.#similarities.length
    for (const word of this.#ids) this.#similarities.push(this.#vectors.similarity(word, id))
    this.#places[id] = place + 1
    return place
  }
}
