import {type DocentError, isTerminal, type SequencedEvent} from '../domain/index.ts'
import {laggingError, type RunReader} from './run-reader.ts'

export interface LiveReadersOptions {
  /** All events of the run so far; grows while the run goes on. */
  readonly events: readonly SequencedEvent[]
  readonly isEnded: () => boolean
  /** Behind by more than this, a reader wants no more for now. */
  readonly pauseLagEvents: number
  /** A reader that reads nothing while so many events come is ended. */
  readonly maxReaderLagEvents: number
  /** Called when a reader begins. */
  readonly onRead: () => void
  /** Called when the last reader has left. */
  readonly onUnread: () => void
}

/** The readers of one run: a set of positions in its events. */
export class LiveReaders {
  readonly options: LiveReadersOptions
  readonly #readers = new Set<LiveReader>()
  #release: (() => void) | null = null

  constructor(options: LiveReadersOptions) {
    this.options = options
  }

  /** A reader of the events after `after`. It counts until it leaves or the signal aborts. */
  read(after: number, signal: AbortSignal): RunReader {
    const {events, isEnded, onRead} = this.options
    const reader = new LiveReader(this, Math.min(after, events.length), signal)
    if (isEnded() && after >= events.length) {
      reader.leave()
      return reader
    }
    this.#readers.add(reader)
    onRead()
    reader.listen()
    return reader
  }

  /** To be called after each event. */
  notice(isDelta: boolean): void {
    for (const reader of this.#readers) reader.notice(isDelta)
  }

  /** Whether no reader is near enough to want more. True without readers. */
  get allLag(): boolean {
    for (const reader of this.#readers) if (reader.lag <= this.options.pauseLagEvents) return false
    return true
  }

  /** Resolves once some reader is near enough, or nobody reads, or the run is over. */
  async catchUp(): Promise<void> {
    while (!this.options.isEnded() && this.#readers.size > 0 && this.allLag) {
      await new Promise<void>((resolve) => {
        this.#release = () => {
          this.#release = null
          resolve()
        }
      })
    }
  }

  /** Lets a waiting `catchUp` look again. */
  release(): void {
    this.#release?.()
  }

  /** To be called when a reader has read an event. */
  advanced(reader: LiveReader): void {
    if (this.#release !== null && reader.lag <= this.options.pauseLagEvents) this.#release()
  }

  /** To be called when a reader has left. */
  remove(reader: LiveReader): void {
    if (!this.#readers.delete(reader)) return
    this.release()
    if (this.#readers.size === 0) this.options.onUnread()
  }
}

class LiveReader implements RunReader {
  readonly #all: LiveReaders
  readonly #signal: AbortSignal
  #position: number
  #lengthAtRead: number
  #isOver = false
  #failure: DocentError | null = null
  #wake: (() => void) | null = null
  #isQuiet = false

  constructor(all: LiveReaders, position: number, signal: AbortSignal) {
    this.#all = all
    this.#signal = signal
    this.#position = position
    this.#lengthAtRead = all.options.events.length
  }

  listen(): void {
    if (this.#signal.aborted) this.leave()
    else this.#signal.addEventListener('abort', this.leave, {once: true})
  }

  get lag(): number {
    return this.#all.options.events.length - this.#position
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get failure(): DocentError | null {
    return this.#failure
  }

  next(): SequencedEvent | null {
    if (this.#isOver) return null
    const {events} = this.#all.options
    const next = events[this.#position]
    if (next === undefined) return null
    this.#position += 1
    this.#lengthAtRead = events.length
    this.#all.advanced(this)
    if (isTerminal(next.event)) this.leave()
    return next
  }

  wait({quietly = false, timeoutMs}: {quietly?: boolean; timeoutMs?: number} = {}): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? null : setTimeout(() => this.#wake?.(), timeoutMs)
      this.#isQuiet = quietly
      this.#wake = () => {
        this.#wake = null
        if (timer !== null) clearTimeout(timer)
        resolve()
      }
    })
  }

  notice(isDelta: boolean): void {
    const {events, maxReaderLagEvents} = this.#all.options
    if (events.length - this.#lengthAtRead > maxReaderLagEvents && this.#wake === null) {
      this.#failure = laggingError()
      this.leave()
    } else if (!(isDelta && this.#isQuiet)) {
      this.#wake?.()
    }
  }

  /** An arrow function, since it is a listener too. */
  readonly leave = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#signal.removeEventListener('abort', this.leave)
    this.#wake?.()
    this.#all.remove(this)
  }
}
