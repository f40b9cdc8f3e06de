/** Maximum number of answers remembered; the oldest are forgotten first. */
const maxAnswers = 10_000
/** Maximum number of late endings for one answer: a client could ask with any number of invented values. */
const maxPerAnswer = 1_000

/**
 * The sequence numbers under which readers of an answer that a crash cut off were sent its ending.
 *
 * A crash loses the most recent events, so a reader may have seen more than the journal has, and the terminal event that
 * recovery added may have a number that this reader knows as a different event. Such a reader is sent the ending under
 * the next number; only a reader that was sent it there is past the end.
 */
export class LateEndings {
  readonly #seqs = new Map<string, Set<number>>()

  /** Remembers that readers are sent the ending under this number. */
  add(answerId: string, seq: number): void {
    this.#seqsOf(answerId).add(seq)
  }

  /**
   * Whether a reader that has seen everything up to `after` must still be sent the ending, under `after + 1`;
   * if so, it is remembered as sent.
   */
  claim(answerId: string, after: number): boolean {
    const seqs = this.#seqsOf(answerId)
    if (seqs.has(after) || seqs.size > maxPerAnswer) return false
    seqs.add(after + 1)
    return true
  }

  #seqsOf(answerId: string): Set<number> {
    let seqs = this.#seqs.get(answerId)
    if (seqs === undefined) {
      seqs = new Set()
      this.#seqs.set(answerId, seqs)
      if (this.#seqs.size > maxAnswers) this.#seqs.delete(this.#seqs.keys().next().value!)
    }
    return seqs
  }
}
