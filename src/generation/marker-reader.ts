import {completeMarker, numbersIn, partialMarker} from './marker-syntax.ts'

/** Complete markers that touch each other, as `[1][2]`. */
export interface MarkerGroup {
  /** As written. */
  readonly text: string
  readonly numbers: readonly number[]
  /** Numbers of the last marker, which an address after it would belong to. */
  readonly last: readonly number[]
}

/** Longest marker held back; what is longer is text. */
export const maxHeld = 80

/** Reads markers character by character, and holds back what may become one. */
export class MarkerReader {
  /** The beginning of a marker, from its bracket on; empty when none is open. */
  partial = ''
  /** The complete markers before it. */
  group: MarkerGroup | null = null

  get isOpen(): boolean {
    return this.partial !== ''
  }

  /** @param bracket the character that a marker may begin with */
  begin(bracket: string): void {
    this.partial = bracket
  }

  /** Reads the next character of a marker; returns false for one that cannot follow, which is not read. */
  push(char: string): boolean {
    const candidate = this.partial + char
    const match = completeMarker.exec(candidate)
    // `[[1]` is complete only with its second bracket.
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

  /** Returns everything that is held back, as written, and forgets it. */
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
