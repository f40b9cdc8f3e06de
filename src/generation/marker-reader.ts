import {numbersIn, partialMarker, wholeMarker} from './marker-syntax.ts'

/** Whole markers that touch each other, as `[1][2]`. */
export interface MarkerGroup {
  /** As it was written. */
  readonly text: string
  readonly numbers: readonly number[]
  /** Numbers of the marker at its end, which an address would belong to. */
  readonly last: readonly number[]
}

/** Longest marker held back; what is longer is text. */
export const maxHeld = 80

/** Reads markers one character at a time, and holds back what may become one. */
export class MarkerReader {
  /** The beginning of a marker, from its bracket on; empty when none is open. */
  partial = ''
  /** The markers before it, which are whole. */
  group: MarkerGroup | null = null

  get isOpen(): boolean {
    return this.partial !== ''
  }

  /** @param bracket that a marker may begin with. */
  begin(bracket: string): void {
    this.partial = bracket
  }

  /** Takes what follows the beginning of a marker; false for what cannot follow it, which is not taken. */
  take(char: string): boolean {
    const candidate = this.partial + char
    const match = wholeMarker.exec(candidate)
    // `[[1]` is whole only with its second bracket; `[1]` may yet be the inner part of nothing.
    if (match !== null) {
      const numbers = numbersIn(match[1] ?? match[2] ?? match[3] ?? '')
      this.group = {
        text: (this.group?.text ?? '') + candidate,
        numbers: [...(this.group?.numbers ?? []), ...numbers],
        last: numbers,
      }
      this.partial = ''
      return true
    }
    if (candidate.length > maxHeld || !partialMarker.test(candidate)) return false
    this.partial = candidate
    return true
  }

  /** Lets go of everything; returns it as it was written. */
  release(): string {
    const text = (this.group?.text ?? '') + this.partial
    this.group = null
    this.partial = ''
    return text
  }
}

export function opensMarker(char: string): boolean {
  return char === '[' || char === '【' || char === '［'
}
