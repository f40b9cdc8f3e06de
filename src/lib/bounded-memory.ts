/**
 * A map that forgets what was not asked for lately once what it holds outweighs its bound.
 *
 * Two generations: what is asked for moves into the young one; when that weighs half of the bound it becomes the
 * old one, and the old one goes. So a look-up costs one or two of a plain map, and nothing is ever searched for.
 */
export class BoundedMemory<Key, Value> {
  readonly #half: number
  readonly #weigh: (value: Value) => number
  #young = new Map<Key, Value>()
  #old = new Map<Key, Value>()
  #weight = 0

  /** `bound` in the unit of `weigh`, by default one for each value. */
  constructor(bound: number, weigh: (value: Value) => number = () => 1) {
    this.#half = bound / 2
    this.#weigh = weigh
  }

  /** Values held. */
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
    this.#weight += this.#weigh(value)
    this.#young.set(key, value)
    if (this.#weight < this.#half) return
    this.#old = this.#young
    this.#young = new Map()
    this.#weight = 0
  }
}
