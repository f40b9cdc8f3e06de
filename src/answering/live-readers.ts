import {type DocentError, isTerminal, type SequencedEvent} from '../domain/index.ts'
import {laggingError, type RunReader} from './run-reader.ts'

export interface LiveReadersOptions {
  /** All events of the run so far; grows while the run goes on. */
  readonly events: readonly SequencedEvent[]
  readonly hasEnded: () => boolean
  /** A reader that is further behind than this does not need more events yet. */
  readonly pauseLagEvents: number
  /** A reader that reads nothing while this many events arrive is ended. */
  readonly maxReaderLagEvents: number
  /** Called when a reader joins. */
  readonly onReaderJoined: () => void
  /** Called when the last reader has left. */
  readonly onLastReaderLeft: () => void
}

/** The readers of one run: each is a position in its events. */
export class LiveReaders {
  readonly options: LiveReadersOptions
  readonly #readers = new Set<LiveReader>()
  #release: (() => void) | null = null
  #hadReaders = false

  constructor(options: LiveReadersOptions) {
    this.options = options
  }

  /** Opens a reader of the events after `after`. It counts until it leaves or the signal aborts. */
  read(after: number, signal: AbortSignal): RunReader {
    const {events, hasEnded, onReaderJoined} = this.options
    const reader = new LiveReader(this, after, signal)
    if (hasEnded() && after >= events.length) {
      reader.leave()
      return reader
    }
    this.#readers.add(reader)
    this.#hadReaders = true
    onReaderJoined()
    reader.listen()
    return reader
  }

  get areThere(): boolean {
    return this.#readers.size > 0
  }

  /** Whether there were readers, and none is left. */
  get areGone(): boolean {
    return this.#hadReaders && this.#readers.size === 0
  }

  /** Call it after each event. */
  notify(isDelta: boolean): void {
    for (const reader of this.#readers) reader.notify(isDelta)
  }

  /** Ends all readers for this reason: they can go on by resuming. */
  fail(failure: DocentError): void {
    for (const reader of [...this.#readers]) reader.fail(failure)
  }

  /** Whether every reader is too far behind to need more events. True without readers. */
  get areAllLagging(): boolean {
    for (const reader of this.#readers) if (reader.lag <= this.options.pauseLagEvents) return false
    return true
  }

  /** Resolves once a reader has caught up, or there are no readers, or the run has ended. */
  async waitUntilCaughtUp(): Promise<void> {
    while (!this.options.hasEnded() && this.#readers.size > 0 && this.areAllLagging) {
      await new Promise<void>((resolve) => {
        this.#release = () => {
          this.#release = null
          resolve()
        }
      })
    }
  }

  /** Makes a pending `waitUntilCaughtUp` check again. */
  release(): void {
    this.#release?.()
  }

  /** Called by a reader that has read an event. */
  onAdvance(reader: LiveReader): void {
    if (this.#release !== null && reader.lag <= this.options.pauseLagEvents) this.#release()
  }

  /** Called by a reader that has left. */
  onLeave(reader: LiveReader): void {
    if (!this.#readers.delete(reader)) return
    this.release()
    if (this.#readers.size === 0) this.options.onLastReaderLeft()
  }
}

class LiveReader implements RunReader {
  readonly #readers: LiveReaders
  readonly #after: number
  readonly #signal: AbortSignal
  #position: number
  #lengthAtRead: number
  #isOver = false
  #failure: DocentError | null = null
  #wake: (() => void) | null = null
  #ignoresDeltas = false

  constructor(readers: LiveReaders, after: number, signal: AbortSignal) {
    this.#readers = readers
    this.#after = after
    this.#signal = signal
    this.#position = Math.min(after, readers.options.events.length)
    this.#lengthAtRead = readers.options.events.length
  }

  listen(): void {
    if (this.#signal.aborted) this.leave()
    else this.#signal.addEventListener('abort', this.leave, {once: true})
  }

  get lag(): number {
    return this.#readers.options.events.length - this.#position
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get failure(): DocentError | null {
    return this.#failure
  }

  next(): SequencedEvent | null {
    if (this.#isOver) return null
    const {events} = this.#readers.options
    let next = events[this.#position++]
    // Who reads an answer of another process may have seen more of it than has come here.
    while (next !== undefined && next.seq <= this.#after) next = events[this.#position++]
    if (next === undefined) {
      this.#position = events.length
      return null
    }
    this.#lengthAtRead = events.length
    this.#readers.onAdvance(this)
    if (isTerminal(next.event)) this.leave()
    return next
  }

  wait({ignoreDeltas = false, timeoutMs}: {ignoreDeltas?: boolean; timeoutMs?: number} = {}): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? null : setTimeout(() => this.#wake?.(), timeoutMs)
      this.#ignoresDeltas = ignoreDeltas
      this.#wake = () => {
        this.#wake = null
        if (timer !== null) clearTimeout(timer)
        resolve()
      }
    })
  }

  notify(isDelta: boolean): void {
    const {events, maxReaderLagEvents} = this.#readers.options
    if (events.length - this.#lengthAtRead > maxReaderLagEvents && this.#wake === null) {
      this.fail(laggingError())
    } else if (!(isDelta && this.#ignoresDeltas)) {
      this.#wake?.()
    }
  }

  fail(failure: DocentError): void {
    if (this.#isOver) return
    this.#failure = failure
    this.leave()
  }

  /** An arrow function, because it is also a listener. */
  readonly leave = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#signal.removeEventListener('abort', this.leave)
    this.#wake?.()
    this.#readers.onLeave(this)
  }
}
