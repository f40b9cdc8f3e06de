import {
  findSources,
  type Question,
  RefusedError,
  type Source,
  type Transport,
} from '../../../packages/client/src/index.ts'
import {isCaseless} from './caseless.ts'

/** Pause in typing after which the sources of the question are looked for. */
const pauseMs = 400
/** Shortest time between two requests: each does the whole search of an answer, and slow typing is full of pauses. */
const minIntervalMs = 1_500
/** How long nothing is sent after a refusal that names no time, and the most otherwise. */
const refusedMs = 10_000
const maxRefusedMs = 60_000
/** Shorter text is rarely a question, unless each of its characters may be a word. */
const minChars = 8

/**
 * The sources of the question in the box, found while the reader pauses in typing, so that they are there with Enter.
 * Nothing depends on it: what fails or is late is found again by the question itself.
 */
export class SourcesAhead {
  readonly #transport: Transport
  #timer: ReturnType<typeof setTimeout> | undefined
  #sent = new AbortController()
  /** The question that waits or was sent; null for none. */
  #wanted: string | null = null
  #found: {readonly key: string; readonly sources: readonly Source[]} | null = null
  /** The server is too old to have it. */
  #isUnknown = false
  /** No request is sent before, in milliseconds since the epoch. */
  #notBefore = 0

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Looks for the sources of a question, unless there is another call before the pause is over. */
  lookFor(question: Question): void {
    const key = keyOf(question)
    if (key === this.#wanted) return
    this.cancel()
    const {length} = question.question.trim()
    if (this.#isUnknown || (length < minChars && !isCaseless(question.question))) return
    this.#wanted = key
    const waitMs = Math.max(pauseMs, this.#notBefore - Date.now())
    this.#timer = setTimeout(() => void this.#find(question), waitMs)
  }

  /** The sources that were found for exactly this question; none where they are not there. */
  takeFor(question: Question): readonly Source[] {
    this.cancel()
    const found = this.#found
    this.#found = null
    return found?.key === keyOf(question) ? found.sources : []
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#sent.abort()
    this.#wanted = null
  }

  async #find(question: Question): Promise<void> {
    const key = keyOf(question)
    if (this.#found?.key === key) return
    this.#notBefore = Date.now() + minIntervalMs
    this.#sent = new AbortController()
    const {signal} = this.#sent
    try {
      const {sources} = await findSources(question, this.#transport, signal)
      if (!signal.aborted) this.#found = {key, sources}
    } catch (error) {
      if (!signal.aborted) this.#wanted = null
      if (!(error instanceof RefusedError)) return
      if (error.status === 404 || error.status === 405) this.#isUnknown = true
      this.#notBefore = Date.now() + Math.min(error.retryAfterMs ?? refusedMs, maxRefusedMs)
    }
  }
}

function keyOf(question: Question): string {
  return JSON.stringify(question)
}
