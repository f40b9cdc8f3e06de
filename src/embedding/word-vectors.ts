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
  readonly #longestPiece: number
  /** 32-bit words of a sketch. */
  readonly #length: number
  #sketches: Int32Array
  /** By word id: 0 not computed, 1 known, 2 unknown to the model. */
  #states: Uint8Array
  /** The cosine by the number of differing bits. */
  readonly #cosines: Float32Array

  constructor(table: PieceTable) {
    this.#table = table
    this.#longestPiece = Math.max(...[...table.vocabulary.keys()].map((piece) => piece.length))
    this.#length = Math.ceil(table.dimensions / bitsPerWord)
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
    for (let at = id * length, to = other * length, end = at + length; at < end; at++, to++) {
      bits += bitCount(sketches[at]! ^ sketches[to]!)
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
    for (let at = 0; at < vector.length; at++) {
      if (vector[at]! > 0) this.#sketches[start + (at >> 5)]! |= 1 << (at & 31)
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
  #vectorOf(word: string): Int32Array | null {
    const {vectors, dimensions} = this.#table
    const parts = /^[a-z0-9]+$/.test(word) ? [word] : (word.normalize('NFD').match(/[\p{L}\p{N}]+/gu) ?? [])
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
      let piece: number | undefined
      for (; end > start; end--) {
        piece = this.#table.vocabulary.get((start > 0 ? '##' : '') + word.slice(start, end))
        if (piece !== undefined) break
      }
      if (piece === undefined) return []
      pieces.push(piece)
      start = end
    }
    return pieces
  }
}

/** The number of bits that are set (Warren, "Hacker's Delight"). */
function bitCount(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
