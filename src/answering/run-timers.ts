import type {ErrorCode} from '../domain/index.ts'
import type {Deadlines} from './answering-limits.ts'

export interface RunTimersOptions {
  readonly deadlines: Deadlines
  /** How long a run waits for its first reader. */
  readonly firstReaderMs: number
  readonly onDeadline: (code: Extract<ErrorCode, 'first_token_timeout' | 'answer_timeout'>) => void
  /** Called when there has been no reader for too long. */
  readonly onAbandoned: () => void
}

/** The timers that end a run: no output from the generator, an answer that takes too long, no readers. */
export class RunTimers {
  readonly #onAbandoned: () => void
  #firstToken: NodeJS.Timeout | null
  readonly #answer: NodeJS.Timeout
  #abandonment: NodeJS.Timeout | null

  constructor({deadlines, firstReaderMs, onDeadline, onAbandoned}: RunTimersOptions) {
    this.#onAbandoned = onAbandoned
    this.#firstToken = setTimeout(onDeadline, deadlines.firstTokenMs, 'first_token_timeout')
    this.#answer = setTimeout(onDeadline, deadlines.answerMs, 'answer_timeout')
    this.#abandonment = setTimeout(onAbandoned, firstReaderMs)
  }

  /** Clears the deadline of the first token. Called for every token. */
  generatorResponded(): void {
    if (this.#firstToken === null) return
    clearTimeout(this.#firstToken)
    this.#firstToken = null
  }

  /** Calls `onAbandoned` after `ms`, unless a reader joins. */
  lastReaderLeft(ms: number): void {
    this.readerJoined()
    this.#abandonment = setTimeout(this.#onAbandoned, ms)
  }

  /** A reader has joined. */
  readerJoined(): void {
    if (this.#abandonment !== null) clearTimeout(this.#abandonment)
    this.#abandonment = null
  }

  /** Nothing is called after this, unless `lastReaderLeft` is. */
  clear(): void {
    this.generatorResponded()
    clearTimeout(this.#answer)
    this.readerJoined()
  }
}
