import type {TextHit, TextWeights} from '../build.ts'
import type {SectionOrder} from '../section-order.ts'
import {TopK} from '../top-k.ts'

/** Robertson's BM25 with the constants everyone starts from, and that FTS5 has built in. */
export const k1 = 1.2
const b = 0.75

/** More terms than any question needs; a pasted log file must not walk the whole index. */
const maxTerms = 64

/** A term's postings with how much it tells sections apart. */
interface WeightedList {
  readonly pairs: Uint32Array
  readonly idf: number
}

/** What BM25 needs to know of all sections of a build. */
export interface LengthNorms {
  /** Sections that have words. */
  readonly count: number
  /** By slot: `k1 * (1 - b + b * length / average)`, the part of BM25 that a section's length decides. */
  readonly norms: Float32Array
}

export function lengthNormsOf({lengths}: Pick<SectionOrder, 'lengths'>): LengthNorms {
  const count = lengths.filter((length) => length > 0).length
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, count)
  const norms = Float32Array.from(lengths, (length) => k1 * (1 - b + (b * length) / (average || 1)))
  return {count, norms}
}

/** Inverse document frequency, never negative. */
export function idfOf(count: number, frequency: number): number {
  return Math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
}

/** How often a posting's term occurs in its section, by the weights of the columns. */
export function weighedCount(counts: number, weights: TextWeights): number {
  return (
    weights.title * (counts >>> 24) +
    weights.headings * ((counts >>> 16) & 255) +
    weights.text * (counts & 65_535)
  )
}

/** Ranks the sections of a build by their words. */
export class Bm25 {
  readonly #postings: (term: string) => Uint32Array
  readonly #ids: Uint32Array
  readonly #slotOf: SectionOrder['slotOf']
  readonly #count: number
  readonly #norms: Float32Array
  /** By slot; all 0 between two searches. */
  readonly #scores: Float64Array

  /** `postings` returns pairs of counts and section number, as `postingsOf` does. */
  constructor(
    postings: (term: string) => Uint32Array,
    {ids, slotOf}: Pick<SectionOrder, 'ids' | 'slotOf'>,
    {count, norms}: LengthNorms,
  ) {
    this.#postings = postings
    this.#ids = ids
    this.#slotOf = slotOf
    this.#count = count
    this.#norms = norms
    this.#scores = new Float64Array(ids.length)
  }

  /**
   * The `k` best sections that hold any of the terms, best first; equal ones in reading order.
   *
   * Term by term, the rarest first. Once the k-th best has more than all terms to come can give, sections not met
   * yet cannot come in any more, and long lists of common words only add to those met (Turtle and Flood's MaxScore).
   */
  matching(terms: readonly string[], k: number, weights: TextWeights): TextHit[] {
    const heaviest = Math.max(weights.title, weights.headings, weights.text)
    if (k < 1 || heaviest <= 0) return []
    const lists = this.#listsOf(terms)
    let toCome = lists.reduce((sum, {idf}) => sum + Math.max(0, idf) * (k1 + 1), 0)
    const touched: number[] = []
    let isClosed = false
    for (const list of lists) {
      // Finding the k-th best costs about as much as the walk it may shorten.
      if (!isClosed && touched.length >= k && list.pairs.length > touched.length) {
        isClosed = this.#leastOfBest(touched, k) > toCome
      }
      toCome -= Math.max(0, list.idf) * (k1 + 1)
      this.#addScores(list, weights, touched, isClosed)
    }
    const top = new TopK(k)
    for (const slot of touched) {
      top.offer(slot, this.#scores[slot]!)
      this.#scores[slot] = 0
    }
    return top.best().map(({slot, score}) => ({sectionId: this.#ids[slot]!, score}))
  }

  #listsOf(terms: readonly string[]): WeightedList[] {
    return [...new Set(terms)]
      .filter(Boolean)
      .slice(0, maxTerms)
      .map((term) => {
        const pairs = this.#postings(term)
        const frequency = pairs.length / 2
        return {pairs, idf: idfOf(this.#count, frequency)}
      })
      .sort((one, other) => one.pairs.length - other.pairs.length)
  }

  /** Adds a term's share to the scores, and the slots it is first to reach to `touched`; to none of those when closed. */
  #addScores({pairs, idf}: WeightedList, weights: TextWeights, touched: number[], isClosed: boolean): void {
    const scores = this.#scores
    const norms = this.#norms
    const slotOf = this.#slotOf
    for (let i = 0; i < pairs.length; i += 2) {
      const slot = slotOf(pairs[i + 1]!)
      if (slot === undefined) continue
      const isNew = scores[slot] === 0
      if (isNew && isClosed) continue
      const count = weighedCount(pairs[i]!, weights)
      if (count <= 0) continue
      if (isNew) touched.push(slot)
      scores[slot]! += (idf * count * (k1 + 1)) / (count + norms[slot]!)
    }
  }

  #leastOfBest(touched: readonly number[], k: number): number {
    const top = new TopK(k)
    for (const slot of touched) top.offer(slot, this.#scores[slot]!)
    return top.best().at(-1)?.score ?? 0
  }
}
