import type {SequencedEvent} from '../domain/index.ts'
import {createSafeCutter} from './safe-cut.ts'

/** Longer buffered text is delivered without further waiting. UTF-16 units. */
const maxBufferedChars = 8_192
/** Windows for which a piece may be held back because there is no safe place to cut. */
const maxKeptWindows = 3

/**
 * Deltas that are buffered for a window of time and merged into one. The merged delta has the `seq` and time of its last
 * piece, so a reader that resumes after it misses and repeats nothing.
 */
export class PendingDeltas {
  readonly #windowMs: number
  readonly #cutter = createSafeCutter()
  #pieces: SequencedEvent[] = []
  #chars = 0
  #openedAt = 0
  #keptWindows = 0

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0
  }

  /** Whether there is too much to wait for the end of the window. */
  get isFull(): boolean {
    return this.#chars >= maxBufferedChars
  }

  /** Milliseconds until the end of the window; negative after it. */
  get remainingMs(): number {
    return this.#openedAt + this.#windowMs - performance.now()
  }

  /** @param piece a delta. */
  add(piece: SequencedEvent): void {
    if (this.isEmpty) this.#openedAt = performance.now()
    this.#pieces.push(piece)
    this.#chars += textOf(piece).length
  }

  /** Everything, wherever it ends. Must not be empty. */
  takeAll(): SequencedEvent {
    return this.#take(this.#pieces.length)
  }

  /** Everything up to the last safe place, inside no character or Markdown mark; all of it if there is no such place. */
  takeMost(): SequencedEvent {
    return this.#take(this.#safeCount() || this.#pieces.length)
  }

  /**
   * What is delivered at the end of the window: like `takeMost`, but if there is no safe place the pieces are held back
   * for another window, at most three times. Then null.
   */
  takeAtWindowEnd(): SequencedEvent | null {
    const count = this.#keptWindows >= maxKeptWindows ? this.#pieces.length : this.#safeCount()
    if (count > 0) return this.#take(count)
    this.#keptWindows += 1
    this.#openedAt = performance.now()
    return null
  }

  #safeCount(): number {
    return this.#cutter.cut(this.#pieces.map(textOf))
  }

  #take(count: number): SequencedEvent {
    const taken = this.#pieces.slice(0, count)
    this.#pieces = this.#pieces.slice(count)
    const text = taken.map(textOf).join('')
    this.#chars -= text.length
    this.#keptWindows = 0
    this.#openedAt = performance.now()
    this.#cutter.advance(text)
    const {seq, at} = taken.at(-1)!
    return {seq, at, event: {type: 'delta', text}}
  }
}

function textOf({event}: SequencedEvent): string {
  return event.type === 'delta' ? event.text : ''
}
