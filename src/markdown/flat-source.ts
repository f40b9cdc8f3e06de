import type {Definition, Nodes} from 'mdast'

/** The text of a page as it was parsed: where its lines are in the source file, and what its references mean. */
export class FlatSource {
  readonly text: string
  readonly #lines: readonly number[]
  readonly #definitions: ReadonlyMap<string, Definition>

  /** `lines[i]` is the one-based source line of the flat line `i`; definitions by their identifier. */
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

  /** The source line of a one-based flat line. */
  sourceLine(flatLine: number): number {
    const last = this.#lines.length - 1
    return this.#lines[Math.min(Math.max(flatLine - 1, 0), last)] ?? 1
  }

  /** The last line of the source file that the text reaches. */
  get lastLine(): number {
    return this.#lines.at(-1) ?? 1
  }

  /** Where links of the form `[text][identifier]` lead. */
  definitionOf(identifier: string): Definition | undefined {
    return this.#definitions.get(identifier)
  }
}
