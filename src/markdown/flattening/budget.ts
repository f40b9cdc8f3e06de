/** An amount that a page may use up in all its parts together. */
export class Budget {
  #left: number

  constructor(total: number) {
    this.#left = total
  }

  get left(): number {
    return this.#left
  }

  get isSpent(): boolean {
    return this.#left <= 0
  }

  /** Whether more was spent than there was. */
  get isOverdrawn(): boolean {
    return this.#left < 0
  }

  spend(amount: number): void {
    this.#left -= amount
  }
}
