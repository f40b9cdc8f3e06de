/** The text with U+FFFD for each lone surrogate, which UTF-8 cannot encode and APIs reject. */
export function wellFormed(text: string): string {
  // Node 20 has it; TypeScript's ES2023 library does not declare it yet.
  return (text as string & {toWellFormed(): string}).toWellFormed()
}

/** Makes a text that arrives in pieces well-formed: a high surrogate at the end of a piece is held back for the next one. */
export class WellFormedPieces {
  #half = ''

  /** Returns the text so far that is complete. */
  push(piece: string): string {
    const text = this.#half + piece
    const last = text.charCodeAt(text.length - 1)
    this.#half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : ''
    return wellFormed(text.slice(0, text.length - this.#half.length))
  }

  /** Returns U+FFFD for a half that was never completed, else nothing. */
  end(): string {
    const rest = wellFormed(this.#half)
    this.#half = ''
    return rest
  }
}

/** A JSON value with every string in it made well-formed; field names stay as they are. */
export function allWellFormed<T>(value: T): T
export function allWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value)
  if (Array.isArray(value)) return value.map((item) => allWellFormed(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, allWellFormed(item)]))
}
