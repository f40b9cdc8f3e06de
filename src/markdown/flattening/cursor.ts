import {columnsOf} from './container.ts'
import type {FlattenContext} from './flatten-context.ts'
import {Lookahead} from './lookahead.ts'
import type {Cursor, MeasuredLine} from './reading.ts'

/** A cursor over a text whose first line has the source line `firstLine`; all its lines have it if the text is not the page's own. */
export class TextCursor implements Cursor {
  readonly text: string
  readonly #context: FlattenContext
  #ahead: Lookahead | null = null
  readonly #isOwnText: boolean
  readonly #lastLine: number
  /** Columns that containers indent. */
  readonly #indentation: () => number
  #p = 0
  #line: number
  #isAtLineStart = true
  /** Offset of the next line break that is not counted yet. */
  #break: number

  constructor(
    context: FlattenContext,
    text: string,
    options: {readonly firstLine: number; readonly isOwnText: boolean; readonly indentation: () => number},
  ) {
    this.text = text
    this.#context = context
    this.#isOwnText = options.isOwnText
    this.#indentation = options.indentation
    this.#line = options.firstLine
    this.#lastLine = options.firstLine + (options.isOwnText ? (text.match(/\n/g)?.length ?? 0) : 0)
    this.#break = this.#breakFrom(0)
  }

  get ahead(): Lookahead {
    this.#ahead ??= new Lookahead(this.#context, this.text)
    return this.#ahead
  }

  get p(): number {
    return this.#p
  }

  get line(): number {
    return this.#line
  }

  get isAtLineStart(): boolean {
    return this.#isAtLineStart
  }

  get isAtEnd(): boolean {
    return this.#p >= this.text.length
  }

  advance(to: number): void {
    while (this.#break < to) {
      if (this.#isOwnText) this.#line++
      this.#break = this.#breakFrom(this.#break + 1)
    }
    this.#p = to
  }

  skip(length: number): void {
    this.#p += length
  }

  skipSpace(): void {
    while (this.text[this.#p] === ' ' || this.text[this.#p] === '\t') this.#p++
  }

  nextLine(end: number): true {
    this.advance(Math.min(end + 1, this.text.length))
    this.#isAtLineStart = true
    return true
  }

  enterLine(to = this.#p): true {
    this.advance(to)
    this.#isAtLineStart = false
    return true
  }

  lineEnd(from = this.#p): number {
    const end = this.text.indexOf('\n', from)
    return end < 0 ? this.text.length : end
  }

  lineAfter(end: number): string {
    if (end >= this.text.length) return ''
    return this.text.slice(end + 1, this.lineEnd(end + 1))
  }

  measure(from: number): MeasuredLine {
    const end = this.lineEnd(from)
    const start = this.#afterIndentation(from, end)
    const rest = this.text.slice(start, end)
    return {start, rest, indent: columnsOf(/^[ \t]*/.exec(rest)![0]), end}
  }

  lineBelow(count: number): number {
    return this.#isOwnText ? Math.min(this.#line + count, this.#lastLine) : this.#line
  }

  #breakFrom(at: number): number {
    const found = this.text.indexOf('\n', at)
    return found < 0 ? Number.POSITIVE_INFINITY : found
  }

  #afterIndentation(from: number, end: number): number {
    let start = from
    let left = this.#indentation()
    while (left > 0 && start < end) {
      const char = this.text[start]
      if (char === ' ') left--
      else if (char === '\t') left -= 4
      else break
      start++
    }
    return start
  }
}
