import {bitCountsOf, sumOfBytes, wordsPerCount} from '../lib/bit-counts.ts'
import {wordOf} from '../text/word-ids.ts'

/** How alike single words are, by their ids of `text/word-ids.ts`. */
export interface WordVectors {
  /** An estimate of their cosine, 0 to 1; 0 where the model knows no piece of one. */
  similarity(id: number, other: number): number
}

/** A table of word pieces: what a model without attention consists of. */
export interface PieceTable {
  /** Ids by piece; a piece that continues a word begins with `##`. */
  readonly vocabulary: ReadonlyMap<string, number>
  /** Vectors by id, concatenated, of length 127. */
  readonly vectors: Int8Array
  readonly dimensions: number
}

const bitsPerWord = 32

/**
 * Words as the signs of their vectors, one bit a dimension: the share of differing bits estimates the angle between
 * two vectors (Charikar, "Similarity estimation techniques from rounding algorithms", 2002). At 384 dimensions
 * comparing two takes twelve exclusive ors instead of 384 products, and a word takes 48 bytes.
 */
export class WordSketches implements WordVectors {
  readonly #table: PieceTable
  /** Pieces that continue a word, without their `##`. */
  readonly #continuations: ReadonlyMap<string, number>
  readonly #longestPiece: number
  /** 32-bit words of a sketch, a multiple of `wordsPerCount`. */
  readonly #length: number
  #sketches: Int32Array
  /** By word id: 0 not computed, 1 known, 2 unknown to the model. */
  #states: Uint8Array
  /** The cosine by the number of differing bits. */
  readonly #cosines: Float32Array

  constructor(table: PieceTable) {
    this.#table = table
    const pieces = [...table.vocabulary]
    this.#continuations = new Map(
      pieces.filter(([piece]) => piece.startsWith('##')).map(([piece, id]) => [piece.slice(2), id]),
    )
    this.#longestPiece = Math.max(...pieces.map(([piece]) => piece.length))
    this.#length = wordsPerCount * Math.ceil(table.dimensions / (bitsPerWord * wordsPerCount))
    this.#sketches = new Int32Array(1024 * this.#length)
    this.#states = new Uint8Array(1024)
    this.#cosines = Float32Array.from({length: table.dimensions + 1}, (_, bits) =>
      Math.max(0, Math.cos((Math.PI * bits) / table.dimensions)),
    )
  }

  similarity(id: number, other: number): number {
    if (id === other) return 1
    if (!this.#isKnown(id) || !this.#isKnown(other)) return 0
    const sketches = this.#sketches
    const length = this.#length
    let bits = 0
    for (let at = id * length, to = other * length, end = at + length; at < end; at += 3, to += 3) {
      const first = sketches[at]! ^ sketches[to]!
      const second = sketches[at + 1]! ^ sketches[to + 1]!
      bits += sumOfBytes(bitCountsOf(first, second, sketches[at + 2]! ^ sketches[to + 2]!))
    }
    return this.#cosines[bits]!
  }

  #isKnown(id: number): boolean {
    const state = this.#states[id] ?? 0
    return state === 0 ? this.#compute(id) : state === 1
  }

  #compute(id: number): boolean {
    if (id >= this.#states.length) this.#grow(id)
    const vector = this.#vectorOf(wordOf(id))
    this.#states[id] = vector === null ? 2 : 1
    if (vector === null) return false
    const start = id * this.#length
    // The sign bit of the negative value is set where the value is greater than 0.
    for (let at = 0; at < vector.length; at++) {
      this.#sketches[start + (at >> 5)]! |= (-vector[at]! >>> 31) << (at & 31)
    }
    return true
  }

  #grow(id: number): void {
    const capacity = Math.max(id + 1, this.#states.length * 2)
    const states = new Uint8Array(capacity)
    states.set(this.#states)
    this.#states = states
    const sketches = new Int32Array(capacity * this.#length)
    sketches.set(this.#sketches)
    this.#sketches = sketches
  }

  /** The sum of a word's pieces; null when the model knows none. */
  #vectorOf(word: string): Int32Array | Int8Array | null {
    const {vocabulary, vectors, dimensions} = this.#table
    const isPlain = /^[a-z0-9]+$/.test(word)
    const whole = isPlain ? vocabulary.get(word) : undefined
    if (whole !== undefined) return vectors.subarray(whole * dimensions, (whole + 1) * dimensions)
    const parts = isPlain ? [word] : (word.normalize('NFD').match(/[\p{L}\p{N}]+/gu) ?? [])
    const pieces = parts.flatMap((part) => this.#piecesOf(part))
    if (pieces.length === 0) return null
    const sum = new Int32Array(dimensions)
    for (const piece of pieces) {
      for (let at = 0; at < dimensions; at++) sum[at]! += vectors[piece * dimensions + at]!
    }
    return sum
  }

  /** The longest pieces first, as WordPiece splits a word; empty when some part is not in the vocabulary. */
  #piecesOf(word: string): number[] {
    const pieces: number[] = []
    let start = 0
    while (start < word.length) {
      let end = Math.min(word.length, start + this.#longestPiece)
      const vocabulary = start > 0 ? this.#continuations : this.#table.vocabulary
      let piece: number | undefined
      for (; end > start; end--) {
        piece = vocabulary.get(word.slice(start, end))
        if (piece !== undefined) break
      }
      if (piece === undefined) return []
      pieces.push(piece)
      start = end
    }
    return pieces
  }
}
