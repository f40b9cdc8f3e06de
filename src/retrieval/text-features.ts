import {passageBoundary, type SectionHeadings, type SectionText} from './build-cache.ts'
import type {QueryTerms} from './query-terms.ts'

/** The features that need a section's text. */
export interface TextFeatures {
  /** Share of the question's words, by weight, anywhere in the section. */
  readonly coverage: number
  /** Share of the question's pairs of adjacent words that are near each other in the section. */
  readonly phrases: number
  /** BM25 of its best passage. */
  readonly passageBm25: number
  /** Logarithm of its word count. */
  readonly length: number
}

/** Words with at most two others between them are near each other. */
const maxDistance = 3
/** Distance between two passages, beyond `maxDistance`. */
const passageDistance = 10
/** BM25's usual constants, and the terms of an average passage: passages are cut to about the same length. */
const bm25 = {k1: 1.2, b: 0.75, averageLength: 70}

export function textFeaturesOf(
  headings: SectionHeadings,
  text: SectionText,
  query: QueryTerms,
): TextFeatures {
  const present = new Set<string>()
  for (const term of headings.titleAndHeadings) if (query.wordIndexes.has(term)) present.add(term)
  const pairs = new AdjacentPairs()
  const passage = new PassageCounts(query)
  let passageBm25 = 0
  let position = 0
  const visit = (term: string) => {
    if (term === passageBoundary) {
      position += passageDistance
      passageBm25 = Math.max(passageBm25, passage.takeScore())
      return
    }
    position++
    const index = query.wordIndexes.get(term)
    passage.add(index)
    if (index === undefined) return
    present.add(term)
    pairs.add(index, position)
  }
  for (const term of headings.lastHeading) visit(term)
  for (const term of text.terms) visit(term)
  return {
    coverage: query.shareIn(present),
    phrases: phrasesOf(query, pairs),
    passageBm25: Math.max(passageBm25, passage.takeScore()),
    length: Math.log1p(text.words),
  }
}

/** How often a passage has each of the question's words. */
class PassageCounts {
  readonly #query: QueryTerms
  readonly #counts: Uint16Array
  #length = 0

  constructor(query: QueryTerms) {
    this.#query = query
    this.#counts = new Uint16Array(query.terms.length)
  }

  /** Counts a term: the index of the question's word that it belongs to, if any. */
  add(index: number | undefined): void {
    this.#length++
    if (index !== undefined) this.#counts[index]!++
  }

  /** The BM25 of what was counted; counting begins again. */
  takeScore(): number {
    const {k1, b, averageLength} = bm25
    const norm = k1 * (1 - b + (b * this.#length) / averageLength)
    let score = 0
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index]!
      if (count > 0) score += (this.#query.terms[index]!.weight * count * (k1 + 1)) / (count + norm)
    }
    this.#counts.fill(0)
    this.#length = 0
    return score
  }
}

/** Pairs of the question's words, by their indexes in it, that were near each other in the text. */
class AdjacentPairs {
  readonly #pairs = new Set<number>()
  #lastIndex = -1
  #lastPosition = -passageDistance

  /** Records the question's word `index` at a position of the text. Positions must increase. */
  add(index: number, position: number): void {
    if (index !== this.#lastIndex && position - this.#lastPosition <= maxDistance) {
      this.#pairs.add(keyOf(Math.min(index, this.#lastIndex), Math.max(index, this.#lastIndex)))
    }
    this.#lastIndex = index
    this.#lastPosition = position
  }

  has(index: number, next: number): boolean {
    return this.#pairs.has(keyOf(index, next))
  }
}

/** A question has at most 64 terms. */
function keyOf(index: number, other: number): number {
  return index * 64 + other
}

/** Share of the question's pairs of adjacent words, by the lower weight of the two, that are near each other in the text. */
function phrasesOf(query: QueryTerms, pairs: AdjacentPairs): number {
  let total = 0
  let matched = 0
  for (const [index, term] of query.terms.entries()) {
    const next = query.terms[index + 1]
    if (next === undefined) continue
    const weight = Math.min(term.weight, next.weight)
    total += weight
    if (pairs.has(index, index + 1)) matched += weight
  }
  return total === 0 ? 0 : matched / total
}
