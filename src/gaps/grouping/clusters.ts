import {addScaled, dot, dotAt} from '../../lib/vector-math.ts'
import {unit} from '../vectors.ts'

/** How much the middle of questions about anything weighs beside the gaps, while there are few. */
const weightOfAny = 3

/**
 * Gaps by their middles, for finding the one that a question belongs to. They are compared as seen from what they have in
 * common: nearly every question names the product, and would be like every other. Every middle is compared: of 5,000, with
 * vectors of 384 dimensions, that takes about three milliseconds.
 */
export class Clusters {
  readonly #dimensions: number
  readonly #ids: string[] = []
  readonly #places = new Map<string, number>()
  readonly #sums: Float32Array[] = []
  /** Unit vectors, concatenated; longer than it needs to be. */
  #middles: Float32Array
  /** The sum of the middles, with `weightOfAny` times that of questions about anything. */
  readonly #total: Float32Array

  /** @param anything the mean of questions about anything */
  constructor(anything: Float32Array) {
    const dimensions = anything.length
    this.#dimensions = dimensions
    this.#total = anything.map((value) => value * weightOfAny)
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
    this.#put(place, unit(sum))
  }

  /** The nearest one; of equally near ones that which was added first. Null if there is none. */
  nearest(vector: Float32Array): {readonly id: string; readonly cosine: number} | null {
    const common = this.#total.map((value) => value / (weightOfAny + this.#ids.length))
    const commonSquare = dot(common, common)
    const commonPart = dot(vector, common)
    const length = Math.sqrt(Math.max(0, dot(vector, vector) - 2 * commonPart + commonSquare))
    let best = -1
    let cosine = Number.NEGATIVE_INFINITY
    for (let place = 0; place < this.#ids.length; place++) {
      const at = place * this.#dimensions
      const middlePart = dotAt(common, this.#middles, at)
      const middleLength = Math.sqrt(Math.max(0, 1 - 2 * middlePart + commonSquare))
      const product = dotAt(vector, this.#middles, at) - commonPart - middlePart + commonSquare
      const likeness = length * middleLength === 0 ? 0 : product / (length * middleLength)
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
    this.#put(place, unit(sum))
  }

  #put(place: number, middle: Float32Array): void {
    const at = place * this.#dimensions
    addScaled(this.#total, this.#middles.subarray(at, at + this.#dimensions), -1)
    addScaled(this.#total, middle, 1)
    this.#middles.set(middle, at)
  }

  sumOf(id: string): Float32Array {
    return this.#sums[this.#places.get(id)!]!
  }
}
