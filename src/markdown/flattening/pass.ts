import {countWords} from '../../text/words.ts'
import type {Fate} from '../fidelity.ts'
import {withoutTags} from '../tags.ts'
import type {Ranges} from '../unread-text.ts'
import {TextCursor} from './cursor.ts'
import type {FlattenContext} from './flatten-context.ts'
import {OpenContainers} from './open-containers.ts'
import type {Reading} from './reading.ts'
import {FlatWriter} from './writer.ts'

/** Options of a pass over a text. */
export interface PassOptions {
  /** Source line of the text's first line. */
  readonly firstLine: number
  readonly path: string
  /** The result is a single line: a heading, a cell, a label. */
  readonly isInline?: boolean
  /** The text is in an HTML block, where Markdown has no meaning. */
  readonly isRaw?: boolean
  /** How many passes it is inside: its lines have none of their own in the source. */
  readonly depth?: number
}

/** Reads the dialects. */
export interface Reader {
  /** Reads a line as a whole and returns true, or prepares reading its text and returns false. */
  readLine(pass: Pass): boolean
  /** Reads text up to the end of its line, or beyond it if a construct does. */
  readText(pass: Pass): void
  /** Whether no construct begins anywhere in a text. */
  isPlain(text: string): boolean
}

const maxDepth = 12

/** One pass over a text, with its own position, output and containers. After `run`, the result is in `write`. */
export class Pass implements Reading {
  readonly context: FlattenContext
  readonly path: string
  readonly isInline: boolean
  readonly at: TextCursor
  readonly write: FlatWriter
  readonly containers: OpenContainers
  readonly #reader: Reader
  readonly #depth: number
  /** The first construct noted since the current one began. */
  #noted: {readonly construct: string; readonly fate: Fate} | null = null
  readonly #taken: [start: number, end: number][] = []

  constructor(context: FlattenContext, reader: Reader, text: string, options: PassOptions) {
    const {firstLine, path, isInline = false, isRaw = false, depth = 0} = options
    this.context = context
    this.path = path
    this.isInline = isInline
    this.#reader = reader
    this.#depth = depth
    const indentation = (): number => this.containers.indentation
    this.at = new TextCursor(context, text, {firstLine, isOwnText: depth === 0, indentation})
    this.write = new FlatWriter(this.at, {isInline, isRaw})
    this.containers = new OpenContainers(this.write)
  }

  /** Ranges of the text that a construct removed and reported. */
  get taken(): Ranges {
    return this.#taken
  }

  run(): void {
    const {at} = this
    while (!at.isAtEnd) {
      if (at.isAtLineStart && !this.isInline && this.#reader.readLine(this)) continue
      at.enterLine()
      this.#reader.readText(this)
    }
    if (at.isAtLineStart) this.write.beginLine()
    else this.write.endLine()
    this.containers.closeAll()
  }

  note(construct: string, fate: Fate, detail?: string, lost = ''): void {
    this.#noted ??= {construct, fate}
    this.context.note(construct, fate, this.at.line, detail, lost === '' ? 0 : countWords(lost))
  }

  /** Runs a construct's `read`. If it leaves a note, the words that it wrote, or removed, are counted for it. */
  accounted(read: () => boolean): boolean {
    const {at, write, context} = this
    const from = at.p
    const line = write.lineCount
    const {column} = write
    const outer = this.#noted
    this.#noted = null
    const isRead = read()
    const own = this.#noted as {readonly construct: string; readonly fate: Fate} | null
    this.#noted = outer
    if (!own) return isRead
    if (own.fate !== 'flattened') this.#taken.push([from, at.p])
    if (own.fate === 'dropped') context.count(own.construct, {dropped: countWords(at.text.slice(from, at.p))})
    else {
      const written = write.textSince(line, column).replace(/\]\([^)\n]*\)/g, ']')
      context.count(own.construct, {kept: countWords(written)})
    }
    return isRead
  }

  inline(text: string, isRaw = this.write.isRaw): string {
    if (this.#depth >= maxDepth) return withoutTags(text).replace(/\s+/g, ' ')
    if (!isRaw && this.#reader.isPlain(text)) return text.replace(/[ \t]+/g, ' ').trim()
    const inner = this.#inner(text, {path: this.path, isInline: true, isRaw})
    const anchor = inner.write.pendingAnchor
    if (anchor !== null) this.write.anchor(anchor)
    return inner.write.written.joined.replace(/[ \t]+/g, ' ').trim()
  }

  nested(text: string, path = this.path): void {
    if (this.#depth >= maxDepth) {
      this.write.put(withoutTags(text).replace(/\s+/g, ' '))
      return
    }
    const isIncluded = path !== this.path
    if (isIncluded) this.context.stack.push(path)
    const inner = this.#inner(text, {path, isInline: this.write.isOneLine})
    if (isIncluded) this.context.stack.pop()
    this.write.append(inner.write, {isIncluded})
  }

  #inner(text: string, options: Pick<PassOptions, 'path' | 'isInline' | 'isRaw'>): Pass {
    const depth = this.#depth + 1
    const inner = new Pass(this.context, this.#reader, text, {...options, firstLine: this.at.line, depth})
    inner.run()
    return inner
  }
}
