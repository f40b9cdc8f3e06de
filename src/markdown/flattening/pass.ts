import {countWords} from '../../text/words.ts'
import type {Fate} from '../fidelity.ts'
import {withoutTags} from '../tags.ts'
import {type Container, columnsOf, type Opening, quoteCallout} from './container.ts'
import type {FlattenContext} from './flatten-context.ts'
import {Lookahead} from './lookahead.ts'

/** Options of a pass over a text. */
export interface PassOptions {
  /** Source line of the text's first line. */
  readonly firstLine: number
  readonly path: string
  /** The result is a single line: a heading, a cell, a label. */
  readonly inline?: boolean
  /** The text is in an HTML block, where Markdown has no meaning. */
  readonly raw?: boolean
  /** All lines have the source line `firstLine`, as in an included file. */
  readonly fixedLine?: boolean
  readonly depth?: number
}

/** Reads the dialects. A pass knows only its position and what it has written. */
export interface Reader {
  /** Reads a line as a whole and returns true, or prepares reading its text and returns false. */
  readLine(pass: Pass): boolean
  /** Reads text up to the end of its line, or beyond it if a construct does. */
  readText(pass: Pass): void
}

const maxDepth = 12

/** A list marker at the beginning of a text. */
export const listMarker = /^(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)/

/**
 * One pass over a text: its position, what it has written and which containers are open. Constructs read `text` at `p`,
 * `put` and `push` what they show, and `advance`. After `run`, the result is in `out`, `lines` and `headingIds`.
 */
export class Pass {
  readonly out: string[] = []
  /** Source line of each line of `out`. */
  readonly lines: number[] = []
  /** Explicit heading ids by one-based line of `out`. */
  readonly headingIds = new Map<number, string>()
  readonly context: FlattenContext
  readonly text: string
  readonly options: PassOptions
  readonly ahead: Lookahead
  readonly stack: Container[] = []
  readonly lastLine: number
  p = 0
  line: number
  /** The line being written. */
  current = ''
  hasContent = false
  /** What a new line has to begin with to stay in the same list item or quote. */
  prefix = ''
  atLineStart = true
  /** The line cannot be broken, because it is a table row. */
  oneLine = false
  inTable = false
  /** Inside an HTML block, where Markdown has no meaning. */
  raw: boolean
  rawPrefix = ''
  /** Content columns of the open list items. */
  listOffsets: number[] = []
  htmlLists: {readonly ordered: boolean; readonly prefix: string}[] = []
  /** An `<a name>` that may be the id of the heading around or below it. */
  pendingAnchor: {readonly id: string; readonly out: number} | null = null
  afterDefinition = false
  /** Constructs noted since the current one began; emptied by `accounted`. */
  readonly noted: {readonly construct: string; readonly fate: Fate}[] = []
  /** Ranges of `text` that a construct removed and reported. */
  readonly taken: [start: number, end: number][] = []
  readonly #reader: Reader

  constructor(context: FlattenContext, reader: Reader, text: string, options: PassOptions) {
    this.context = context
    this.#reader = reader
    this.text = text
    this.options = options
    this.ahead = new Lookahead(context, text)
    this.line = options.firstLine
    this.lastLine = options.firstLine + (text.match(/\n/g)?.length ?? 0)
    this.raw = options.raw ?? false
  }

  run(): void {
    const {inline} = this.options
    while (this.p < this.text.length) {
      if (this.atLineStart && !inline && this.#reader.readLine(this)) continue
      this.atLineStart = false
      this.readText()
    }
    this.endLine()
    while (this.stack.length > 0) this.close(this.stack.length - 1, false)
  }

  readText(): void {
    this.#reader.readText(this)
  }

  /** The result on one line. */
  get joined(): string {
    return this.out
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' ')
  }

  put(text: string): void {
    if (text === '') return
    this.current += text
    if (!this.hasContent && text.trim() !== '') this.hasContent = true
  }

  push(text: string): void {
    this.out.push(text)
    this.lines.push(this.line)
  }

  endLine(): void {
    if (this.hasContent || this.current.trim() !== '') this.push(this.current.trimEnd())
    else if (this.current !== '' || this.options.inline) this.push(this.current.trimEnd())
    this.current = ''
    this.hasContent = false
  }

  /** Ends the current block, so that what follows is another one. */
  break(): void {
    if (this.isOneLine()) {
      this.put(' ')
      return
    }
    if (this.hasContent) {
      this.push(this.current.trimEnd())
      this.current = this.prefix
      this.hasContent = false
    } else if (listMarker.test(this.current.trim())) return
    else this.current = this.prefix
    this.blank()
  }

  blank(): void {
    const blank = this.prefix.trimEnd()
    const last = this.out.at(-1)
    if (last !== undefined && last.replace(/[>\s]/g, '') !== '') this.push(blank)
  }

  /** Writes a separate paragraph. */
  block(text: string): void {
    if (text.trim() === '') return
    this.break()
    this.put(text)
    this.break()
  }

  isOneLine(): boolean {
    return this.options.inline === true || this.oneLine
  }

  isCell(): boolean {
    return this.options.inline === true || this.inTable
  }

  advance(to: number): void {
    if (!this.options.fixedLine) {
      for (let at = this.text.indexOf('\n', this.p); at >= 0 && at < to; at = this.text.indexOf('\n', at + 1))
        this.line++
    }
    this.p = to
  }

  lineEnd(from = this.p): number {
    const end = this.text.indexOf('\n', from)
    return end < 0 ? this.text.length : end
  }

  /** Moves to the line after the one that ends at `to`. */
  nextLine(to: number): void {
    this.advance(Math.min(to + 1, this.text.length))
    this.atLineStart = true
  }

  lineAfter(end: number): string {
    if (end >= this.text.length) return ''
    return this.text.slice(end + 1, this.lineEnd(end + 1))
  }

  skipSpace(): void {
    while (this.text[this.p] === ' ' || this.text[this.p] === '\t') this.p++
  }

  /** Counts a construct for the fidelity report. `lost` is text of the source that readers see and that is not written. */
  note(construct: string, fate: Fate, detail?: string, lost = ''): void {
    this.noted.push({construct, fate})
    this.context.note(construct, fate, this.line, detail, lost === '' ? 0 : countWords(lost))
  }

  /** Flattens a part of the text to a single line, in its own pass. */
  inline(text: string, raw = this.raw): string {
    if ((this.options.depth ?? 0) >= maxDepth) return withoutTags(text).replace(/\s+/g, ' ')
    const inner = new Pass(this.context, this.#reader, text, {
      firstLine: this.line,
      path: this.options.path,
      inline: true,
      raw,
      fixedLine: true,
      depth: (this.options.depth ?? 0) + 1,
    })
    inner.run()
    if (inner.pendingAnchor) this.pendingAnchor = {id: inner.pendingAnchor.id, out: this.out.length}
    return inner.joined.replace(/[ \t]+/g, ' ').trim()
  }

  /** Flattens a part of the text with its own lines and writes it here. */
  nested(text: string, path = this.options.path): void {
    if ((this.options.depth ?? 0) >= maxDepth) {
      this.put(withoutTags(text).replace(/\s+/g, ' '))
      return
    }
    const inner = new Pass(this.context, this.#reader, text, {
      firstLine: this.line,
      path,
      inline: this.isOneLine(),
      fixedLine: true,
      depth: (this.options.depth ?? 0) + 1,
    })
    inner.run()
    if (this.isOneLine()) {
      this.put(inner.joined)
      return
    }
    this.break()
    for (const [index, line] of inner.out.entries()) {
      const id = inner.headingIds.get(index + 1)
      const prefix = index === 0 && this.current !== '' ? this.current : this.prefix
      this.push(line === '' ? this.prefix.trimEnd() : prefix + line)
      if (id !== undefined) this.headingIds.set(this.out.length, id)
    }
    this.current = this.prefix
    this.hasContent = false
    this.blank()
  }

  open(container: Opening): void {
    this.stack.push({...container, labels: container.labels ?? [], start: this.out.length, line: this.line})
    if (this.stack.length > 200) this.stack.shift()
  }

  /** Closes the container at `index` and everything that is still open in it. */
  close(index: number, properly: boolean): void {
    const closed = this.stack.splice(index)
    const [container] = closed
    if (!container || !properly || !container.quote) return
    quoteCallout(this.out, container)
  }

  top(kind: Container['kind']): number {
    for (let n = this.stack.length - 1; n >= 0; n--) if (this.stack[n]!.kind === kind) return n
    return -1
  }

  insideComponent(): boolean {
    return this.stack.some((container) => container.kind === 'element' && /^[A-Z]/.test(container.name))
  }

  /** Measures a line: where it begins after the indentation of its containers, and its own indentation. */
  measure(from: number): {
    readonly start: number
    readonly rest: string
    readonly indent: number
    readonly end: number
  } {
    const end = this.lineEnd(from)
    const start = this.#stripFrom(from, end)
    const raw = this.text.slice(start, end)
    const lead = /^[ \t]*/.exec(raw)![0]
    return {start, rest: raw, indent: columnsOf(lead), end}
  }

  #strip(): number {
    let columns = 0
    for (const container of this.stack) if (container.strip > 0) columns += container.strip
    return columns
  }

  #stripFrom(from: number, end: number): number {
    let start = from
    let left = this.#strip()
    while (left > 0 && start < end) {
      const char = this.text[start]
      if (char === ' ') left--
      else if (char === '\t') left -= 4
      else break
      start++
    }
    return start
  }

  /** Ends a construct that has written everything it shows, and moves to the next line. */
  endConstruct(end: number): true {
    this.current = ''
    this.hasContent = false
    this.nextLine(end)
    return true
  }
}
