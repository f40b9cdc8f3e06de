import type {WordVectors} from '../embedding/index.ts'
import {wordIdCount, wordIdOf} from '../text/word-ids.ts'
import type {QueryTerms} from './query-terms.ts'

/** Different words in the sections of a question, usually. */
const wordsAtFirst = 2_000

/**
 * Late interaction: each of a question's words against the word of a section that is most like it (Khattab and Zaharia,
 * "ColBERT", 2020, there on contextual vectors). Finds what is said in other words, which a passage's one vector blurs.
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
  #similarities: Float32Array
  #length = 0

  constructor(query: QueryTerms, vectors: WordVectors) {
    const known = query.terms.flatMap(({word, weight}) => {
      const id = wordIdOf(word)
      return id === null ? [] : [{id, weight}]
    })
    this.#vectors = vectors
    this.#ids = known.map(({id}) => id)
    this.#weights = known.map(({weight}) => weight)
    this.#weight = this.#weights.reduce((sum, weight) => sum + weight, 0)
    this.#similarities = new Float32Array(wordsAtFirst * this.#ids.length)
  }

  /** The mean over the question's words, by weight, of the greatest similarity to a word of `wordIds`; 0 to 1. */
  meanIn(wordIds: Uint32Array): number {
    if (this.#weight === 0) return 0
    const count = this.#ids.length
    const best = new Float32Array(count)
    const places = this.#places
    for (let at = 0; at < wordIds.length; at++) {
      const known = places[wordIds[at]!]!
      const place = known > 0 ? known - 1 : this.#add(wordIds[at]!)
      const similarities = this.#similarities
      for (let word = 0; word < count; word++) {
        const similarity = similarities[place + word]!
        if (similarity > best[word]!) best[word] = similarity
      }
    }
    let sum = 0
    for (let word = 0; word < count; word++) sum += this.#weights[word]! * best[word]!
    return sum / this.#weight
  }

  /** Computes the similarities of a word and returns their place. */
  #add(id: number): number {
    const place = this.#length
    this.#length += this.#ids.length
    if (this.#length > this.#similarities.length) {
      const larger = new Float32Array(2 * this.#length)
      larger.set(this.#similarities)
      this.#similarities = larger
    }
    for (let word = 0; word < this.#ids.length; word++) {
      this.#similarities[place + word] = this.#vectors.similarity(this.#ids[word]!, id)
    }
    this.#places[id] = place + 1
    return place
  }
}
