import type {SequencedEvent} from '../domain/index.ts'
import {createSafeCutter} from './safe-cut.ts'

/** Gathered text longer than this is handed out without waiting further. UTF-16 units. */
const maxGatheredChars = 8_192
/** Windows for which a piece may be kept back for want of a safe place to cut. */
const maxKeptWindows = 3

/**
 * Deltas that are gathered for a window of time and handed out as one. That one has the `seq` and time of its last
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

  /** Whether there is so much that it should not wait for the window's end. */
  get isFull(): boolean {
    return this.#chars >= maxGatheredChars
  }

  /** Milliseconds until the window's end; negative after it. */
  get restMs(): number {
    return this.#openedAt + this.#windowMs - performance.now()
  }

  /** Only deltas. */
  add(piece: SequencedEvent): void {
    if (this.isEmpty) this.#openedAt = performance.now()
    this.#pieces.push(piece)
    this.#chars += textOf(piece).length
  }

  /** All of it, wherever it ends. There must be some. */
  takeAll(): SequencedEvent {
    return this.#take(this.#pieces.length)
  }

  /** As much as ends where no character and no Markdown mark is cut in two; all of it where there is no such place. */
  takeMost(): SequencedEvent {
    return this.#take(this.#safeCount() || this.#pieces.length)
  }

  /**
   * What goes at the window's end: as `takeMost`, but where there is no safe place the pieces are kept for another
   * window, three at most. Null then.
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
    this.#cutter.passed(text)
    const {seq, at} = taken.at(-1)!
    return {seq, at, event: {type: 'delta', text}}
  }
}

function textOf({event}: SequencedEvent): string {
  return event.type === 'delta' ? event.text : ''
}
