import {addScaled, dotAt} from '../../lib/vector-math.ts'
import {unit} from '../vectors.ts'

/**
 * Gaps by their middles, for finding the one that a question belongs to. Every middle is compared: of 5,000, with vectors of
 * 384 dimensions, that takes about a millisecond and a half.
 */
export class Clusters {
  readonly #dimensions: number
  readonly #ids: string[] = []
  readonly #places = new Map<string, number>()
  readonly #sums: Float32Array[] = []
  /** Unit vectors, concatenated; longer than it needs to be. */
  #middles: Float32Array

  constructor(dimensions: number) {
    this.#dimensions = dimensions
    this.#middles = new Float32Array(64 * dimensions)
  }

  get size(): number {
    return this.#ids.length
  }

  add(id: string, sum: Float32Array): void {
    const place = this.#ids.length
    const needed = (place + 1) * this.#dimensions
    if (needed > this.#middles.length) {
      const larger = new Float32Array(needed * 2)
      larger.set(this.#middles)
      this.#middles = larger
    }
    this.#ids.push(id)
    this.#places.set(id, place)
    this.#sums.push(sum)
    this.#middles.set(unit(sum), place * this.#dimensions)
  }

  /** The nearest one; of equally near ones that which was added first. Null if there is none. */
  nearest(vector: Float32Array): {readonly id: string; readonly cosine: number} | null {
    let best = -1
    let cosine = Number.NEGATIVE_INFINITY
    for (let place = 0; place < this.#ids.length; place++) {
      const likeness = dotAt(vector, this.#middles, place * this.#dimensions)
      if (likeness <= cosine) continue
      best = place
      cosine = likeness
    }
    return best < 0 ? null : {id: this.#ids[best]!, cosine}
  }

  /** Takes a question in, which moves the middle. */
  take(id: string, vector: Float32Array): void {
    const place = this.#places.get(id)!
    const sum = this.#sums[place]!
    addScaled(sum, vector, 1)
    this.#middles.set(unit(sum), place * this.#dimensions)
  }

  sumOf(id: string): Float32Array {
    return this.#sums[this.#places.get(id)!]!
  }
}
