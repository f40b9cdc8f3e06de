import {
  findSources,
  type Question,
  RefusedError,
  type Source,
  type Transport,
} from '../../../packages/client/src/index.ts'

/** Pause in typing after which the sources of the question are looked for. */
const pauseMs = 400
/** Shorter text is rarely a question, unless each of its characters may be a word. */
const minChars = 8
const caseless = /\p{Lo}/u

/**
 * The sources of the question in the box, found while the reader pauses in typing, so that they are there with Enter.
 * Nothing depends on it: what fails or is late is found again by the question itself.
 */
export class SourcesAhead {
  readonly #transport: Transport
  #timer: ReturnType<typeof setTimeout> | undefined
  #sent = new AbortController()
  #found: {readonly key: string; readonly sources: readonly Source[]} | null = null
  /** The server is too old to have it. */
  #isUnknown = false

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Looks for the sources of a question, unless there is another call before the pause is over. */
  lookFor(question: Question): void {
    this.cancel()
    const {length} = question.question.trim()
    if (this.#isUnknown || (length < minChars && !caseless.test(question.question))) return
    this.#timer = setTimeout(() => void this.#find(question), pauseMs)
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
  }

  async #find(question: Question): Promise<void> {
    const key = keyOf(question)
    if (this.#found?.key === key) return
    this.#sent = new AbortController()
    const {signal} = this.#sent
    try {
      const {sources} = await findSources(question, this.#transport, signal)
      if (!signal.aborted) this.#found = {key, sources}
    } catch (error) {
      if (error instanceof RefusedError && (error.status === 404 || error.status === 405))
        this.#isUnknown = true
    }
  }
}

function keyOf(question: Question): string {
  return JSON.stringify(question)
}
