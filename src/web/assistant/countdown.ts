import type {ReactiveController, ReactiveControllerHost} from 'lit'

export interface CountdownOptions {
  /** Remaining time; 0 for none. */
  readonly remainingMs: () => number
  /** Called when the time runs out while it is shown. */
  readonly onElapsed: () => void
}

/** Up to this the remaining time is shown in seconds, and updated each second; beyond it as a time of day. */
export const maxSecondsShown = 90

/** Updates its host while a wait is shown. */
export class Countdown implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: CountdownOptions
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, options: CountdownOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostUpdated(): void {
    const remainingMs = this.#options.remainingMs()
    if (remainingMs === 0 || this.#timer !== undefined) return
    const isLong = remainingMs > maxSecondsShown * 1_000
    this.#timer = setTimeout(() => this.#tick(), isLong ? 10_000 : remainingMs % 1_000 || 1_000)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    this.#timer = undefined
    this.#host.requestUpdate()
    if (this.#options.remainingMs() === 0) this.#options.onElapsed()
  }
}
