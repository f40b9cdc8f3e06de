/** Keeps the k best of many: a heap with the worst kept one as its root. Of equal scores the smaller slot is better. */
export class TopK {
  readonly #k: number
  readonly #slots: number[] = []
  readonly #scores: number[] = []

  constructor(k: number) {
    this.#k = Math.max(0, Math.floor(k))
  }

  offer(slot: number, score: number): void {
    const size = this.#slots.length
    if (size < this.#k) {
      this.#slots.push(slot)
      this.#scores.push(score)
      this.#siftUp(size)
    } else if (size > 0 && this.#isWorse(this.#scores[0]!, this.#slots[0]!, score, slot)) {
      this.#slots[0] = slot
      this.#scores[0] = score
      this.#siftDown(0)
    }
  }

  /** Best first. */
  best(): {slot: number; score: number}[] {
    return this.#slots
      .map((slot, i) => ({slot, score: this.#scores[i]!}))
      .sort((one, other) => other.score - one.score || one.slot - other.slot)
  }

  #isWorse(score: number, slot: number, otherScore: number, otherSlot: number): boolean {
    return score < otherScore || (score === otherScore && slot > otherSlot)
  }

  #worse(i: number, j: number): boolean {
    return this.#isWorse(this.#scores[i]!, this.#slots[i]!, this.#scores[j]!, this.#slots[j]!)
  }

  #swap(i: number, j: number): void {
    const {0: slot, 1: score} = [this.#slots[i]!, this.#scores[i]!]
    this.#slots[i] = this.#slots[j]!
    this.#scores[i] = this.#scores[j]!
    this.#slots[j] = slot
    this.#scores[j] = score
  }

  #siftUp(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!this.#worse(i, parent)) return
      this.#swap(i, parent)
      i = parent
    }
  }

  #siftDown(from: number): void {
    for (let i = from; ; ) {
      let worst = i
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.#slots.length && this.#worse(child, worst)) worst = child
      }
      if (worst === i) return
      this.#swap(i, worst)
      i = worst
    }
  }
}
