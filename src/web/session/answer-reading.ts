import type {StreamUpdate} from '../../../packages/client/src/index.ts'
import {yieldTask} from './yield-task.ts'

export interface AnswerReadingOptions {
  readonly updates: (signal: AbortSignal) => AsyncGenerator<StreamUpdate>
  /** Called with each update; returns false when the answer is no longer needed. */
  readonly onUpdate: (updates: StreamUpdate) => boolean
  /** Called when reading failed, unless it was aborted. */
  readonly onFailure: (error: unknown) => void
  readonly stopOnServer: (answerId: string) => Promise<unknown>
}

/** A burst of events is handled in slices of this length, so that the browser can draw and handle input in between. */
const maxSliceMs = 8

/** Reads one answer until its end, until it is detached, or until it is stopped on the server. */
export class AnswerReading {
  readonly #options: AnswerReadingOptions
  readonly #controller = new AbortController()
  #isDetached = false
  /** Stopped before the server has sent the answer's id: reading goes on until it does, and then stops the answer. */
  #stopsOnceNamed = false

  constructor(options: AnswerReadingOptions) {
    this.#options = options
  }

  get isDetached(): boolean {
    return this.#isDetached
  }

  /** Settles when reading is over; never rejects. Call once. */
  async read(): Promise<void> {
    const {updates, onUpdate, onFailure} = this.#options
    const {signal} = this.#controller
    try {
      let sliceStart = performance.now()
      for await (const item of updates(signal)) {
        if (signal.aborted) return
        if (performance.now() - sliceStart > maxSliceMs) {
          await yieldTask()
          sliceStart = performance.now()
        }
        const isWanted = onUpdate(item)
        if (this.#stopsOnceNamed && item.type === 'event' && item.event.type === 'start') {
          this.#stopsOnceNamed = false
          await this.#stopOnServer(item.event.answerId)
        }
        if (!this.#stopsOnceNamed && (this.#isDetached || !isWanted)) return
      }
    } catch (error) {
      if (!signal.aborted) onFailure(error)
    }
  }

  /** Stops reading, but not the answer; a pending stop on the server is still carried out. */
  detach(): void {
    this.#isDetached = true
    if (!this.#stopsOnceNamed) this.#controller.abort()
  }

  /** Stops the answer on the server. @param answerId null when the server has not sent it yet. */
  stop(answerId: string | null): void {
    if (answerId === null) this.#stopsOnceNamed = true
    else void this.#stopOnServer(answerId)
  }

  async #stopOnServer(answerId: string): Promise<void> {
    try {
      await this.#options.stopOnServer(answerId)
    } catch {
      // The server cannot be reached: disconnecting ends the answer too, after the server's grace time.
      this.#controller.abort()
    }
  }
}
