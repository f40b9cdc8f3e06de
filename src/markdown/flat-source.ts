import type {Nodes} from 'mdast'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Text as parsed, from which parts are cut: edits are applied, container prefixes taken off, lines mapped back. */
export class FlatSource {
  readonly text: string
  readonly #lines: readonly number[]
  readonly #edits: readonly Edit[]

  /** `lines[i]` is the one-based source line of the flat line `i`; edits do not overlap. */
  constructor(text: string, lines: readonly number[], edits: readonly Edit[]) {
    this.text = text
    this.#lines = lines
    this.#edits = [...edits].sort((a, b) => a.start - b.start)
  }

  startLineOf(node: Nodes): number {
    return this.sourceLine(node.position!.start.line)
  }

  endLineOf(node: Nodes): number {
    return this.sourceLine(node.position!.end.line)
  }

  /** The source line of a one-based flat line. */
  sourceLine(flatLine: number): number {
    const last = this.#lines.length - 1
    return this.#lines[Math.min(Math.max(flatLine - 1, 0), last)] ?? 1
  }

  /** The text between two offsets, with edits applied. */
  slice(start: number, end: number): string {
    let low = 0
    let high = this.#edits.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#edits[middle]!.start < start) low = middle + 1
      else high = middle
    }
    let at = start
    let out = ''
    for (let n = low; n < this.#edits.length; n++) {
      const edit = this.#edits[n]!
      if (edit.end > end) break
      if (edit.start < at) continue
      out += this.text.slice(at, edit.start) + edit.text
      at = edit.end
    }
    return out + this.text.slice(at, end)
  }

  /** A block on its own: what its containers put before its lines is taken off. */
  blockOf(node: Nodes): string {
    const {start, end} = node.position!
    return outdented(this.slice(start.offset!, end.offset!), start.column - 1)
  }
}

/** Takes up to `width` columns of indentation and quote markers off every line but the first. */
export function outdented(text: string, width: number): string {
  if (width === 0 || !text.includes('\n')) return text
  const prefix = new RegExp(`^[ \\t>]{0,${width}}`)
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.replace(prefix, '')))
    .join('\n')
}
