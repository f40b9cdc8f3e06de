/** Answers that are remembered; the oldest are forgotten first. */
const maxAnswers = 10_000
/** Readers of one answer that are sent a late ending; invented numbers could ask without end. */
const maxPerAnswer = 1_000

/**
 * The numbers under which readers of an answer that a crash cut off were sent its ending.
 *
 * A crash loses the last moments' events, so a reader may have seen more than the journal has, and the terminal event
 * that recovery added may stand at a number that this reader knows as something else. Such a reader is sent the ending
 * under the next number; only a reader that was sent it there is past the end.
 */
export class LateEndings {
  readonly #seqs = new Map<string, Set<number>>()

  /** Remembers that readers are sent the ending under this number. */
  add(answerId: string, seq: number): void {
    this.#seqsOf(answerId).add(seq)
  }

  /**
   * Whether a reader that has seen all up to `after` is still to be sent the ending, under the number `after + 1`;
   * it is remembered as sent then.
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
