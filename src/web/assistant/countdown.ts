import type {ReactiveController, ReactiveControllerHost} from 'lit'

export interface CountdownOptions {
  /** Milliseconds left; 0 for none. */
  readonly left: () => number
  /** It has run out while it was shown. */
  readonly onOver: () => void
}

/** What is told in seconds is drawn each second; a longer time is told by the clock. */
export const longestInSeconds = 90

/** Draws its host anew while something is waited for. */
export class Countdown implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: CountdownOptions
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(host: ReactiveControllerHost, options: CountdownOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostUpdated(): void {
    const left = this.#options.left()
    if (left === 0 || this.#timer !== null) return
    const isLong = left > longestInSeconds * 1_000
    this.#timer = setTimeout(() => this.#tick(), isLong ? 10_000 : left % 1_000 || 1_000)
  }

  hostDisconnected(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #tick(): void {
    this.#timer = null
    this.#host.requestUpdate()
    if (this.#options.left() === 0) this.#options.onOver()
  }
}
