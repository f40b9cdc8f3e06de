/**
 * Runs tasks one at a time for each key, in the order of the calls. Tasks of different keys run concurrently. Nothing is
 * kept for a key without tasks.
 */
export class KeyedTurns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Number of keys with tasks under way. */
  get size(): number {
    return this.#last.size
  }

  /** Settles as `work` does. A task that fails does not prevent the next one. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(work)
    const settled = result.then(
      () => {},
      () => {},
    )
    this.#last.set(key, settled)
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    return result
  }
}
