import {DocentError, rateLimited} from '../domain/index.ts'

/**
 * Limits the number of concurrent answers, from the moment a question is admitted until its answer has ended. Checking
 * and counting are one synchronous step, so that a burst cannot exceed the limit.
 */
export class Admission {
  readonly #max: number
  #active = 0
  #isClosed = false
  #resolveIdle: (() => void) | null = null
  #idle: Promise<void> | null = null

  constructor(max: number) {
    this.#max = max
  }

  /** Admitted answers that have not ended. */
  get active(): number {
    return this.#active
  }

  /**
   * Admits one answer.
   * @returns a function that releases its slot; only the first call has an effect.
   * @throws DocentError `shutting_down` once closed, `rate_limited` if all slots are taken.
   */
  enter(): () => void {
    if (this.#isClosed) throw new DocentError('shutting_down', 'The server accepts no new questions')
    if (this.#active >= this.#max) {
      throw rateLimited('all_answers', 'Too many answers are being written; ask again in a moment.', {
        retryAfterMs: 1000,
      })
    }
    this.#active += 1
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#active -= 1
      if (this.#active === 0) this.#resolveIdle?.()
    }
  }

  /** Admits no more answers. */
  close(): void {
    this.#isClosed = true
  }

  /** Resolves when no admitted answer is left. Call it after `close`, or the wait may never end. */
  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve()
    this.#idle ??= new Promise((resolve) => {
      this.#resolveIdle = resolve
    })
    return this.#idle
  }
}
