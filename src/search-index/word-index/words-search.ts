import type {TextWeights, WordForms, WordsHit} from '../build.ts'
import type {SectionOrder} from '../section-order.ts'
import {TopK} from '../top-k.ts'
import {idfOf, k1, type LengthNorms, weighedCount} from './bm25.ts'

/** Postings that one search reads; words that would exceed it are left out, the most usual ones first. */
const maxPostings = 60_000
/** Postings of one word from which on its rarer forms are left out. */
const maxPostingsOfWord = 15_000

/** Scores are far below: a section with all words comes before any without. */
const allWords = 1e6
/** Counts above the 16 bits of the text are those of headings and title. */
const textCounts = 0xffff

/**
 * Ranks sections by words that may each take several forms: the forms of a word count as one term that occurs wherever
 * any of them does (the synonym operator of InQuery; Pirkola 1998), so that a word with many rare forms outweighs no
 * other. Sections with every word in title or headings come first, then those with every word, then the rest by BM25.
 */
export class WordsSearch {
  readonly #postings: (term: string) => Uint32Array
  readonly #order: Pick<SectionOrder, 'ids' | 'slotOf'>
  readonly #norms: LengthNorms
  // By slot; all 0 between two searches.
  readonly #scores: Float64Array
  readonly #words: Uint8Array
  readonly #headingWords: Uint8Array
  // By slot, of the word at hand: how often it occurs, and whether in title or headings.
  readonly #counts: Float64Array
  readonly #isHeading: Uint8Array
  // Slots that were met, of all words and of the word at hand. Growing arrays would be most of the time.
  readonly #met: Uint32Array
  readonly #metByWord: Uint32Array
  #metCount = 0

  /** `postings` returns pairs of counts and section number, as `postingsOf` does. */
  constructor(
    postings: (term: string) => Uint32Array,
    order: Pick<SectionOrder, 'ids' | 'slotOf'>,
    norms: LengthNorms,
  ) {
    this.#postings = postings
    this.#order = order
    this.#norms = norms
    const size = order.ids.length
    this.#scores = new Float64Array(size)
    this.#words = new Uint8Array(size)
    this.#headingWords = new Uint8Array(size)
    this.#counts = new Float64Array(size)
    this.#isHeading = new Uint8Array(size)
    this.#met = new Uint32Array(size)
    this.#metByWord = new Uint32Array(size)
  }

  /** The `k` best sections, best first; equal ones in reading order. At most 255 words. */
  matching(words: readonly WordForms[], k: number, weights: TextWeights): WordsHit[] {
    const searched = this.#listsOf(words)
    for (const lists of searched) this.#addWord(lists, weights)
    const met = this.#met.subarray(0, this.#metCount)
    const hasAll = (slot: number) => this.#words[slot] === searched.length
    const hasAllInHeadings = (slot: number) => this.#headingWords[slot] === searched.length
    const top = new TopK(k)
    for (const slot of met) {
      const wholes = (hasAll(slot) ? 1 : 0) + (hasAllInHeadings(slot) ? 1 : 0)
      top.offer(slot, wholes * allWords + this.#scores[slot]!)
    }
    const hits = top.best().map(({slot}) => ({
      sectionId: this.#order.ids[slot]!,
      score: this.#scores[slot]!,
      hasAll: hasAll(slot),
      hasAllInHeadings: hasAllInHeadings(slot),
    }))
    for (const slot of met) {
      this.#scores[slot] = 0
      this.#words[slot] = 0
      this.#headingWords[slot] = 0
    }
    this.#metCount = 0
    return hits
  }

  /** The postings of each word that is searched for, the rarest words first. */
  #listsOf(words: readonly WordForms[]): Uint32Array[][] {
    const all = words.map((forms) => {
      const lists: Uint32Array[] = []
      let size = 0
      for (const form of new Set(forms)) {
        if (size >= maxPostingsOfWord) break
        const list = this.#postings(form)
        lists.push(list)
        size += list.length / 2
      }
      return {lists, size}
    })
    let total = 0
    return all
      .sort((one, other) => one.size - other.size)
      .filter(({size}, at) => {
        total += size
        return at === 0 || total <= maxPostings
      })
      .map(({lists}) => lists)
  }

  #addWord(lists: readonly Uint32Array[], weights: TextWeights): void {
    const {slotOf} = this.#order
    const {count: sectionCount, norms} = this.#norms
    const counts = this.#counts
    const metByWord = this.#metByWord
    let frequency = 0
    for (const pairs of lists) {
      for (let i = 0; i < pairs.length; i += 2) {
        const slot = slotOf(pairs[i + 1]!)
        const count = slot === undefined ? 0 : weighedCount(pairs[i]!, weights)
        if (slot === undefined || count <= 0) continue
        if (counts[slot] === 0) metByWord[frequency++] = slot
        counts[slot]! += count
        if (pairs[i]! > textCounts) this.#isHeading[slot] = 1
      }
    }
    const idf = idfOf(sectionCount, frequency)
    for (let at = 0; at < frequency; at++) {
      const slot = metByWord[at]!
      const count = counts[slot]!
      if (this.#words[slot] === 0) this.#met[this.#metCount++] = slot
      this.#words[slot]!++
      this.#headingWords[slot]! += this.#isHeading[slot]!
      this.#scores[slot]! += (idf * count * (k1 + 1)) / (count + norms[slot]!)
      this.#isHeading[slot] = 0
      counts[slot] = 0
    }
  }
}
