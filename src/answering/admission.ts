import {DocentError} from '../domain/index.ts'

/**
 * How many answers there are at the same time, from the moment a question is let in until its answer has ended.
 * Checking and counting are one synchronous step, so that no burst gets past the bound.
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

  /** Answers let in that have not ended. */
  get active(): number {
    return this.#active
  }

  /**
   * Lets one answer in.
   * @returns what gives its place back; only the first call counts.
   * @throws DocentError `shutting_down` once closed, `rate_limited` when there is no place.
   */
  enter(): () => void {
    if (this.#isClosed) throw new DocentError('shutting_down', 'The server takes no new questions')
    if (this.#active >= this.#max) {
      throw new DocentError('rate_limited', 'Too many answers are being written; ask again in a moment.', {
        retryAfterMs: 1000,
        details: {limit: 'all_answers'},
      })
    }
    this.#active += 1
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      this.#active -= 1
      if (this.#active === 0) this.#resolveIdle?.()
    }
  }

  /** Lets nothing more in. */
  close(): void {
    this.#isClosed = true
  }

  /** Resolves when nothing is inside. To be called once closed, or the wait may never end. */
  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve()
    this.#idle ??= new Promise((resolve) => {
      this.#resolveIdle = resolve
    })
    return this.#idle
  }
}
