import type {AnswerEvent} from '../../../src/domain/index.ts'
import {AnswerLostError} from './answer-lost-error.ts'
import {type AnswerResult, ResultCollector} from './answer-result.ts'
import type {StreamUpdate} from './answer-stream.ts'

/** An event with its number: 1 for `start`, then without gaps. */
export type NumberedEvent = AnswerEvent & {readonly seq: number}

/** An event, or a change of the connection. */
export type AnswerUpdate = NumberedEvent | Extract<StreamUpdate, {type: 'connection'}>

export interface AnswerOptions {
  readonly read: (signal: AbortSignal) => AsyncGenerator<StreamUpdate>
  readonly stop: (answerId: string) => Promise<unknown>
  /** Null for a question that is to be asked. */
  readonly answerId: string | null
  /** Number of the last event that is known. */
  readonly after: number
  readonly signal: AbortSignal | undefined
}

/**
 * An answer that is read as it is written. Iterate over it for its events, or over `updates()` for changes of the
 * connection as well, or await `final()`. Nothing is sent before that. It is read once, and a lost connection is
 * resumed: each event comes once and in order. Leaving the loop ends the connection, and what was not read is lost.
 */
export class Answer implements AsyncIterable<NumberedEvent> {
  readonly #options: AnswerOptions
  readonly #connection = new AbortController()
  readonly #collected = new ResultCollector()
  readonly #result: Promise<AnswerResult>
  #settle!: {resolve(result: AnswerResult): void; reject(error: unknown): void}
  #isBegun = false
  #isEnded = false
  #answerId: string | null
  #seq: number
  #stopsOnceNamed = false

  constructor(options: AnswerOptions) {
    this.#options = options
    this.#answerId = options.answerId
    this.#seq = options.after
    this.#result = new Promise((resolve, reject) => {
      this.#settle = {resolve, reject}
    })
    // Whoever iterates gets the error there, and need not await the result.
    this.#result.catch(() => {})
  }

  /** Null until the server has sent it, with the event `start`. */
  get answerId(): string | null {
    return this.#answerId
  }

  /** Number of the last event that was read; where `client.resume` goes on. */
  get seq(): number {
    return this.#seq
  }

  /**
   * The events, to the terminal one, `done` or `error`.
   * @throws RefusedError before the first event when the question is refused; AnswerLostError; the signal's reason on
   * abort; Error when it is read a second time.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<NumberedEvent> {
    return this.#leavable(this.#events())
  }

  /** The same, with `{type: 'connection', status}` when the connection opens, is lost, or waits for the network. */
  updates(): AsyncIterableIterator<AnswerUpdate> {
    return this.#leavable(this.#updates())
  }

  /**
   * The whole answer. Reads it, unless it is being iterated over; then it waits for that to end. An answer that fails
   * on its way resolves too, with its `ending`, its `error`, and the text so far.
   * @throws as iterating does; AbortError when the iteration was left before the end.
   */
  async final(): Promise<AnswerResult> {
    if (!this.#isBegun) for await (const _ of this);
    return this.#result
  }

  /**
   * Ends the answer on the server, also before its first word. Go on iterating: the last event says that it was stopped.
   * Before the server has sent the answer's id this returns at once, and the answer is stopped when it comes. An answer
   * that was not asked yet never will be, and one that has ended stays as it is.
   * @throws RefusedError, or what the network throws; then the answer may go on.
   */
  async stop(): Promise<void> {
    if (this.#isEnded) return
    if (this.#answerId !== null) await this.#options.stop(this.#answerId)
    else if (this.#isBegun) this.#stopsOnceNamed = true
    else this.#connection.abort(new DOMException('The answer was stopped before it was asked', 'AbortError'))
  }

  async *#events(): AsyncGenerator<NumberedEvent> {
    for await (const update of this.#updates()) if (update.type !== 'connection') yield update
  }

  async *#updates(): AsyncGenerator<AnswerUpdate> {
    if (this.#isBegun) throw new Error('An answer is read once; client.resume reads it again.')
    this.#isBegun = true
    const {read, signal} = this.#options
    const connection = this.#connection
    const onAbort = (): void => connection.abort(signal!.reason)
    signal?.addEventListener('abort', onAbort)
    try {
      signal?.throwIfAborted()
      for await (const update of read(connection.signal)) {
        if (update.type === 'connection') yield update
        else if (update.type === 'broke-off')
          throw new AnswerLostError(update.cause, this.#answerId, this.#seq)
        else yield this.#add(update.seq, update.event)
      }
    } catch (error) {
      this.#settle.reject(error)
      throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#end()
    }
  }

  #add(seq: number, event: AnswerEvent): NumberedEvent {
    this.#seq = seq
    this.#collected.add(event)
    if (event.type === 'start') this.#answerId = event.answerId
    if (this.#stopsOnceNamed && this.#answerId !== null) {
      this.#stopsOnceNamed = false
      // Where the server cannot be told, it stops by itself some time after its reader has left.
      this.#options.stop(this.#answerId).catch((error: unknown) => this.#connection.abort(error))
    }
    if (event.type === 'done' || event.type === 'error') {
      this.#isEnded = true
      this.#settle.resolve(this.#collected.resultOf(this.#answerId ?? '', event))
    }
    return {...event, seq}
  }

  /** Closes what is open; nothing happens a second time. */
  #end(): void {
    this.#isEnded = true
    const left = new DOMException('The answer was left before its end', 'AbortError')
    this.#connection.abort(left)
    this.#settle.reject(left)
  }

  /** `return` of a generator waits for a `next` that is pending; leaving must not wait for the server. */
  #leavable<T>(items: AsyncGenerator<T>): AsyncIterableIterator<T> {
    let isLeft = false
    const over = {done: true, value: undefined} as const
    return {
      next: () => items.next().catch((error: unknown) => (isLeft ? over : Promise.reject(error))),
      return: async () => {
        isLeft = true
        this.#isBegun = true
        this.#end()
        items.return(undefined).catch(() => {})
        return over
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}
