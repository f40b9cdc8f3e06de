import type {StreamNews} from './answer-stream.ts'

export interface AnswerReadingOptions {
  readonly news: (signal: AbortSignal) => AsyncGenerator<StreamNews>
  /** Called with each piece of news; returns false when nobody wants the answer any more. */
  readonly onNews: (news: StreamNews) => boolean
  /** Called when reading failed, and was not left. */
  readonly onFailure: (error: unknown) => void
  readonly stopOnServer: (answerId: string) => Promise<void>
}

/** A burst of events is taken in slices of this length, so that frames and keys come between. */
const maxSliceMs = 8

/** One answer being read: until its end, until it is left, or until it is stopped on the server. */
export class AnswerReading {
  readonly #options: AnswerReadingOptions
  readonly #controller = new AbortController()
  #isLeft = false
  /** Stopped before the server had given the answer a name: it is read until it has one, and then stopped there. */
  #awaitsName = false

  constructor(options: AnswerReadingOptions) {
    this.#options = options
  }

  get isLeft(): boolean {
    return this.#isLeft
  }

  /** Reads; settles when reading is over, and never rejects. Call once. */
  async read(): Promise<void> {
    const {news, onNews, onFailure} = this.#options
    const {signal} = this.#controller
    try {
      let sliceStart = performance.now()
      for await (const item of news(signal)) {
        if (signal.aborted) return
        if (performance.now() - sliceStart > maxSliceMs) {
          await breath()
          sliceStart = performance.now()
        }
        const isWanted = onNews(item)
        if (this.#awaitsName && item.type === 'event' && item.event.type === 'start') {
          this.#awaitsName = false
          await this.#stopOnServer(item.event.answerId)
        }
        if (!this.#awaitsName && (this.#isLeft || !isWanted)) return
      }
    } catch (error) {
      if (!signal.aborted) onFailure(error)
    }
  }

  /** Reads on no longer; one that is to be stopped on the server sees to that first. */
  leave(): void {
    this.#isLeft = true
    if (!this.#awaitsName) this.#controller.abort()
  }

  /** @param answerId null when the server has not named the answer yet. */
  stop(answerId: string | null): void {
    if (answerId === null) this.#awaitsName = true
    else void this.#stopOnServer(answerId)
  }

  async #stopOnServer(answerId: string): Promise<void> {
    try {
      await this.#options.stopOnServer(answerId)
    } catch {
      // Unreachable: leaving ends it too, after the server's grace time.
      this.#controller.abort()
    }
  }
}

/** Lets the browser do what it has to do. */
function breath(): Promise<void> {
  const {scheduler} = globalThis as {scheduler?: {yield?: () => Promise<void>}}
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve))
}
