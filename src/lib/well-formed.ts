/** The text with U+FFFD for each lone half of a surrogate pair, which no UTF-8 and no API takes. */
export function wellFormed(text: string): string {
  // Node 20 has it, the library of ES2023 does not know it yet.
  return (text as string & {toWellFormed(): string}).toWellFormed()
}

/** Makes a text well formed that comes in pieces: a half at the end of one waits for the other half. */
export class WellFormedPieces {
  #half = ''

  /** As much of the text as is whole. */
  push(piece: string): string {
    const text = this.#half + piece
    const last = text.charCodeAt(text.length - 1)
    this.#half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : ''
    return wellFormed(text.slice(0, text.length - this.#half.length))
  }

  /** What stands for a half that never got its other one. */
  end(): string {
    const rest = wellFormed(this.#half)
    this.#half = ''
    return rest
  }
}

/** A JSON value with every string in it well formed; names of fields are taken as they are. */
export function allWellFormed<T>(value: T): T
export function allWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value)
  if (Array.isArray(value)) return value.map((item) => allWellFormed(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, allWellFormed(item)]))
}
