import type {AskedTerms} from './asked-terms.ts'
import {gap, type SectionText, type SectionWords} from './build-memory.ts'

/** What reading a section's text says of it. */
export interface TextSignals {
  /** Share of the question's words, by weight, anywhere in the section. */
  readonly coverage: number
  /** Share of the question's neighbouring words that are neighbours in the section. */
  readonly phrases: number
  /** Logarithm of its words. */
  readonly length: number
}

/** Words with at most two others between them are neighbours. */
const maxDistance = 3
/** Further than any neighbour: what stands between two passages. */
const gapDistance = 10

export function textSignalsOf(words: SectionWords, text: SectionText, asked: AskedTerms): TextSignals {
  const present = new Set<string>()
  for (const term of words.titleAndHeadings) if (asked.places.has(term)) present.add(term)
  const pairs = new NeighbourPairs()
  let place = 0
  const visit = (term: string) => {
    if (term === gap) {
      place += gapDistance
      return
    }
    place++
    const index = asked.places.get(term)
    if (index === undefined) return
    present.add(term)
    pairs.add(index, place)
  }
  for (const term of words.lastHeading) visit(term)
  for (const term of text.terms) visit(term)
  return {coverage: asked.shareIn(present), phrases: phrasesOf(asked, pairs), length: Math.log1p(text.words)}
}

/** Which words of the question stood beside each other, by their places in it. */
class NeighbourPairs {
  readonly #pairs = new Set<number>()
  #lastIndex = -1
  #lastPlace = -gapDistance

  /** Notes the question's word `index` at `place` of the text. Places grow. */
  add(index: number, place: number): void {
    if (index !== this.#lastIndex && place - this.#lastPlace <= maxDistance) {
      this.#pairs.add(keyOf(Math.min(index, this.#lastIndex), Math.max(index, this.#lastIndex)))
    }
    this.#lastIndex = index
    this.#lastPlace = place
  }

  has(index: number, next: number): boolean {
    return this.#pairs.has(keyOf(index, next))
  }
}

/** A question has at most 64 terms. */
function keyOf(index: number, other: number): number {
  return index * 64 + other
}

/** Share of the question's pairs of neighbours, by the lesser weight of the two, that are neighbours in the text. */
function phrasesOf(asked: AskedTerms, pairs: NeighbourPairs): number {
  let total = 0
  let found = 0
  for (const [index, term] of asked.terms.entries()) {
    const next = asked.terms[index + 1]
    if (next === undefined) continue
    const weight = Math.min(term.weight, next.weight)
    total += weight
    if (pairs.has(index, index + 1)) found += weight
  }
  return total === 0 ? 0 : found / total
}
