/**
 * Runs work one at a time for each key, in the order in which it came; work of different keys runs side by side.
 * Nothing is kept of a key without any.
 */
export class KeyedTurns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Keys with work under way. */
  get size(): number {
    return this.#last.size
  }

  /** Resolves or rejects as `work` does. Work that fails does not hold up the next. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(work)
    const settled = mine.then(
      () => {},
      () => {},
    )
    this.#last.set(key, settled)
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    return mine
  }
}
