/**
 * A cache of limited weight that drops the entries that have not been read lately.
 *
 * Two generations: reading an entry moves it into the young one. When that weighs half of the limit it becomes the old
 * generation, and the entries of the previous old one are dropped. So a look-up costs one or two look-ups in a plain
 * map, and nothing is ever searched for what to drop.
 */
export class TwoGenerationCache<Key, Value> {
  readonly #maxYoungWeight: number
  readonly #weigh: (value: Value) => number
  #young = new Map<Key, Value>()
  #old = new Map<Key, Value>()
  #youngWeight = 0

  /** `maxWeight` is in the unit of `weigh`, which counts 1 for each value by default. */
  constructor(maxWeight: number, weigh: (value: Value) => number = () => 1) {
    this.#maxYoungWeight = maxWeight / 2
    this.#weigh = weigh
  }

  /** Number of values held. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(key: Key): Value | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const older = this.#old.get(key)
    if (older === undefined) return undefined
    this.#old.delete(key)
    this.set(key, older)
    return older
  }

  set(key: Key, value: Value): void {
    this.#youngWeight += this.#weigh(value)
    this.#young.set(key, value)
    if (this.#youngWeight < this.#maxYoungWeight) return
    this.#old = this.#young
    this.#young = new Map()
    this.#youngWeight = 0
  }
}
