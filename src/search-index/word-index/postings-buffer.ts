import type {PostingsList} from './postings.ts'

/** Numbers an entry takes: the term's number, the counts, the section. */
const entrySize = 3
const firstCapacity = 4_096

/** What a term's postings are to become. */
export interface TermChanges {
  readonly term: string
  /** In the order they were made. */
  readonly changes: PostingsList
}

/** Changes by number of the term: those of term `n` are the pairs from `starts[n]` up to `starts[n + 1]`. */
interface SortedChanges {
  readonly starts: Uint32Array
  readonly pairs: Uint32Array
}

/**
 * Collects changes of postings section by section and returns them term by term: sort-based inversion (Witten, Moffat
 * and Bell, "Managing Gigabytes", chapter 5). An entry takes 12 bytes, and 8 more while it is sorted; a term about 120.
 */
export class PostingsBuffer {
  /** Numbers of the terms, in the order they were first met. */
  readonly #terms = new Map<string, number>()
  #entries = new Uint32Array(firstCapacity * entrySize)
  #length = 0

  /** Number of changes collected. */
  get size(): number {
    return this.#length / entrySize
  }

  /** Number of distinct terms among them. */
  get termCount(): number {
    return this.#terms.size
  }

  add(term: string, section: number, counts: number): void {
    if (this.#length === this.#entries.length) this.#grow()
    let number = this.#terms.get(term)
    if (number === undefined) {
      number = this.#terms.size
      this.#terms.set(term, number)
    }
    this.#entries[this.#length++] = number
    this.#entries[this.#length++] = counts
    this.#entries[this.#length++] = section
  }

  /** Empties the buffer. Returns what was in it, by term in alphabetical order. */
  take(): Iterable<TermChanges> {
    const sorted = this.#byTerm()
    // Neighbours in the order of insertion are neighbours on disk.
    const terms = [...this.#terms].sort(([one], [other]) => (one < other ? -1 : 1))
    this.#terms.clear()
    this.#length = 0
    return eachTerm(terms, sorted)
  }

  /** A counting sort, which keeps the order of the changes of a term. */
  #byTerm(): SortedChanges {
    const starts = new Uint32Array(this.#terms.size + 1)
    for (let i = 0; i < this.#length; i += entrySize) starts[this.#entries[i]! + 1]!++
    for (let number = 0; number < this.#terms.size; number++) starts[number + 1]! += starts[number]!
    const next = starts.slice()
    const pairs = new Uint32Array(2 * this.size)
    for (let i = 0; i < this.#length; i += entrySize) {
      const at = 2 * next[this.#entries[i]!]!++
      pairs[at] = this.#entries[i + 1]!
      pairs[at + 1] = this.#entries[i + 2]!
    }
    return {starts, pairs}
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#entries.length)
    larger.set(this.#entries)
    this.#entries = larger
  }
}

function* eachTerm(
  terms: readonly (readonly [term: string, number: number])[],
  {starts, pairs}: SortedChanges,
): Generator<TermChanges> {
  for (const [term, number] of terms) {
    yield {term, changes: pairs.subarray(2 * starts[number]!, 2 * starts[number + 1]!)}
  }
}
