import type {ErrorCode} from '../domain/index.ts'
import type {Deadlines} from './answering-limits.ts'

export interface RunTimersOptions {
  readonly deadlines: Deadlines
  /** How long a run waits for its first reader. */
  readonly firstReaderMs: number
  readonly onDeadline: (code: Extract<ErrorCode, 'first_token_timeout' | 'answer_timeout'>) => void
  /** Called when nobody has read for too long. */
  readonly onUnread: () => void
}

/** What ends a run by time: no sign of life of the generator, an answer without end, nobody who reads it. */
export class RunTimers {
  readonly #onUnread: () => void
  #firstToken: NodeJS.Timeout | null
  readonly #answer: NodeJS.Timeout
  #unread: NodeJS.Timeout | null

  constructor({deadlines, firstReaderMs, onDeadline, onUnread}: RunTimersOptions) {
    this.#onUnread = onUnread
    this.#firstToken = setTimeout(onDeadline, deadlines.firstTokenMs, 'first_token_timeout')
    this.#answer = setTimeout(onDeadline, deadlines.answerMs, 'answer_timeout')
    this.#unread = setTimeout(onUnread, firstReaderMs)
  }

  /** The generator lives. Called for every token. */
  signOfLife(): void {
    if (this.#firstToken === null) return
    clearTimeout(this.#firstToken)
    this.#firstToken = null
  }

  /** Nobody reads any more: `onUnread` after `ms`. */
  unread(ms: number): void {
    this.read()
    this.#unread = setTimeout(this.#onUnread, ms)
  }

  /** Somebody reads. */
  read(): void {
    if (this.#unread !== null) clearTimeout(this.#unread)
    this.#unread = null
  }

  /** Nothing is called after this, unless `unread` is. */
  clear(): void {
    this.signOfLife()
    clearTimeout(this.#answer)
    this.read()
  }
}
