import type {Definition, Nodes} from 'mdast'

/** The flattened text of a page, with the source lines of its lines and the definitions of its references. */
export class FlatSource {
  readonly text: string
  readonly #lines: readonly number[]
  readonly #definitions: ReadonlyMap<string, Definition>

  /**
   * @param lines at `i`, the one-based source line of line `i` of the flattened text
   * @param definitions by identifier
   */
  constructor(text: string, lines: readonly number[], definitions: ReadonlyMap<string, Definition>) {
    this.text = text
    this.#lines = lines
    this.#definitions = definitions
  }

  startLineOf(node: Nodes): number {
    return this.sourceLine(node.position!.start.line)
  }

  endLineOf(node: Nodes): number {
    return this.sourceLine(node.position!.end.line)
  }

  /** The source line of a one-based line of the flattened text. */
  sourceLine(flatLine: number): number {
    const last = this.#lines.length - 1
    return this.#lines[Math.min(Math.max(flatLine - 1, 0), last)] ?? 1
  }

  /** The last line of the source file that is in the text. */
  get lastLine(): number {
    return this.#lines.at(-1) ?? 1
  }

  /** The definition that links of the form `[text][identifier]` refer to. */
  definitionOf(identifier: string): Definition | undefined {
    return this.#definitions.get(identifier)
  }
}
