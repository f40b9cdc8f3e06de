import {FlatLines} from './flat-lines.ts'
import type {CodeLines, Cursor, HeadingOptions, WholeLine, Writer} from './reading.ts'

/** A list marker at the beginning of a text. */
export const listMarker = /^(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)/

/** Writes the lines of a pass: the one that has begun, and what those below begin with. */
export class FlatWriter implements Writer {
  /** The complete lines. */
  readonly written = new FlatLines()
  readonly #at: Pick<Cursor, 'line'>
  readonly #isInline: boolean
  readonly #isRawText: boolean
  #current = ''
  #hasContent = false
  #lead = ''
  #isRow = false
  #isInTable = false
  #isRaw: boolean
  #rawOffset = 0
  /** What lines of the HTML block begin with, outside its lists. */
  #rawLead = ''
  #lists: {readonly ordered: boolean; readonly lead: string}[] = []
  #anchor: {readonly id: string; readonly lines: number} | null = null

  constructor(
    at: Pick<Cursor, 'line'>,
    {isInline, isRaw}: {readonly isInline: boolean; readonly isRaw: boolean},
  ) {
    this.#at = at
    this.#isInline = isInline
    this.#isRawText = isRaw
    this.#isRaw = isRaw
  }

  get hasContent(): boolean {
    return this.#hasContent
  }

  get lastCharacter(): string {
    return this.#current.at(-1) ?? ''
  }

  get lineCount(): number {
    return this.written.count
  }

  get lastLine(): string {
    return this.written.last
  }

  get lastText(): string | null {
    return this.written.lastText
  }

  /** Whether the last line has nothing but quote marks, or there is none. */
  get isAfterBlank(): boolean {
    return this.lastLine.replace(/[>\s]/g, '') === ''
  }

  get lead(): string {
    return this.#lead
  }

  get isOneLine(): boolean {
    return this.#isInline || this.#isRow
  }

  get isCell(): boolean {
    return this.#isInline || this.#isInTable
  }

  /** Where the text of the list item begins that holds the HTML block. */
  get rawOffset(): number {
    return this.#rawOffset
  }

  get isRaw(): boolean {
    return this.#isRaw
  }

  get isInTable(): boolean {
    return this.#isInTable
  }

  /** Width of the current line. */
  get column(): number {
    return this.#current.length
  }

  /** What was written after `column` of the line with index `line`. */
  textSince(line: number, column: number): string {
    return [...this.written.texts.slice(line), this.#current].join('\n').slice(column)
  }

  put(text: string): void {
    // Blanks after what a line begins with would widen it, up to indented code.
    const added = this.#hasContent || this.isOneLine ? text : text.replace(/^[ \t]+/, '')
    if (added === '') return
    this.#current += added
    if (!this.#hasContent && added.trim() !== '') this.#hasContent = true
  }

  line(text: string): void {
    this.written.add(text, this.#at.line)
  }

  newLine(): void {
    if (!this.#hasContent) return
    this.line(this.#current.trimEnd())
    this.#restart()
  }

  break(): void {
    if (this.isOneLine) {
      this.put(' ')
      return
    }
    if (this.#hasContent) this.newLine()
    else if (listMarker.test(this.#current.trim())) return
    else this.#current = this.#lead
    this.blank()
  }

  blank(): void {
    if (!this.isAfterBlank) this.line(this.#lead.trimEnd())
  }

  block(text: string): void {
    if (text.trim() === '') return
    this.break()
    this.put(text)
    this.break()
  }

  label(text: string): void {
    const label = text.trim()
    if (label !== '') this.block(/[*\\]/.test(label) ? label : `**${label}**`)
  }

  heading(level: number, text: string, {lead = this.#current, ...known}: HeadingOptions = {}): void {
    this.line(`${lead}${'#'.repeat(level)} ${text}`.trimEnd())
    this.written.markHeading(known)
    this.#restart()
    this.#anchor = null
  }

  code({fence, info, body, lastLine}: CodeLines, lead = this.#current || this.#lead): void {
    const width = /^[ \t>]*/.exec(lead)![0]
    const longest = Math.max(0, ...body.map(({text}) => /^[ \t]*(`{3,}|~{3,})/.exec(text)?.[1]?.length ?? 0))
    const mark = longest >= fence.length ? fence[0]!.repeat(longest + 1) : fence
    this.line(`${lead}${mark}${info}`)
    for (const {text, line} of body) this.written.add(lead.includes('>') ? `${width}${text}` : text, line)
    this.written.add(`${width}${' '.repeat(lead.length - width.length)}${mark}`, lastLine)
    this.#restart()
  }

  lines(lines: readonly WholeLine[]): void {
    for (const [n, {text, line = this.#at.line}] of lines.entries()) {
      const lead = n === 0 ? this.#current : this.#lead
      this.written.add(text === '' ? lead.trimEnd() : lead + text, line)
    }
    this.#restart()
  }

  leaveNoLine(): void {
    if (!this.#hasContent && !this.isOneLine && this.#current.trim() === '') this.#current = ''
  }

  dropMarker(): void {
    if (!this.#hasContent) this.#current = this.#lead
  }

  anchor(id: string): void {
    this.#anchor = {id, lines: this.written.count}
  }

  /** The last anchor, wherever it is. */
  get pendingAnchor(): string | null {
    return this.#anchor?.id ?? null
  }

  takeAnchor(): string | null {
    const anchor = this.#anchor
    this.#anchor = null
    return anchor && this.written.isBlankFrom(anchor.lines) ? anchor.id : null
  }

  markTerm(): number {
    return this.written.markTerm()
  }

  openList(ordered: boolean): void {
    this.newLine()
    if (this.#lists.length === 0) this.blank()
    this.#lists.push({ordered, lead: this.#lead.slice(this.#rawLead.length)})
  }

  closeList(): void {
    this.newLine()
    const list = this.#lists.pop()
    this.#begin(this.#rawLead + (list?.lead ?? ''))
    if (this.#lists.length === 0) this.blank()
  }

  openItem(): void {
    this.closeItem()
    const base = this.#lead
    const marker = this.#lists.at(-1)?.ordered ? '1. ' : '- '
    this.#begin(base + ' '.repeat(marker.length), base + marker)
  }

  closeItem(): void {
    this.newLine()
    this.#begin(this.#rawLead + (this.#lists.at(-1)?.lead ?? ''))
  }

  leaveBlock(lead: string): void {
    if (this.#hasContent) this.line(this.#current.trimEnd())
    this.#begin(lead)
    this.blank()
  }

  /** Begins a line of the source: what a construct left unfinished belongs to the line before. */
  beginLine(): void {
    this.#current = ''
    this.#hasContent = false
    this.#isRow = false
  }

  /** What lines that a construct writes begin with from here on. */
  setLead(lead: string): void {
    this.#lead = lead
  }

  /** A blank line of the source: it ends tables and HTML blocks. */
  blankLine(): void {
    this.#isRaw = this.#isRawText
    this.#isInTable = false
    this.#lead = ''
    if (this.written.count === 0 || this.lastLine !== '') this.line('')
  }

  /** Begins the text of a line: after `start`, with `lead` before the lines below. */
  beginText({
    start,
    lead,
    isRow,
  }: {
    readonly start: string
    readonly lead: string
    readonly isRow: boolean
  }): void {
    this.#begin(lead, start)
    this.#isRow = isRow
    this.#isInTable = isRow
  }

  /** Begins an HTML block, in a list item whose text begins at a column, or at 0. It ends where the item does. */
  beginRaw(listOffset: number): void {
    this.#isRaw = true
    this.#rawOffset = listOffset
    this.#rawLead = this.#lead
    this.#lists = []
  }

  /** Begins another line of an HTML block. */
  beginRawLine(): void {
    this.#begin(this.#rawLead + (this.#lists.at(-1)?.lead ?? ''))
  }

  endTable(): void {
    this.line('')
    this.#isInTable = false
  }

  /** Ends the line, also a blank one. */
  endLine(headingId: string | null = null): void {
    const isWritten = this.#hasContent || this.#current.trim() !== ''
    if (isWritten || this.#current !== '' || this.#isInline) this.line(this.#current.trimEnd())
    this.written.markHeading({id: headingId})
    this.#current = ''
    this.#hasContent = false
  }

  /**
   * Writes what another pass has written, as blocks of their own. They are from another file if they are `included`, and
   * their source line is by default the cursor's.
   */
  append(
    other: FlatWriter,
    {
      isIncluded = false,
      line: at = this.#at.line,
    }: {readonly isIncluded?: boolean; readonly line?: number} = {},
  ): void {
    if (this.isOneLine) {
      this.put(other.written.joined)
      return
    }
    this.break()
    for (const [n, line] of other.written.texts.entries()) {
      const lead = n === 0 && this.#current !== '' ? this.#current : this.#lead
      this.written.add(line === '' ? this.#lead.trimEnd() : lead + line, at)
      const heading = other.written.headingAt(n + 1)
      this.written.markHeading(isIncluded ? {...heading, isIncluded} : heading)
    }
    this.#restart()
    this.blank()
  }

  #restart(): void {
    this.#current = this.#lead
    this.#hasContent = false
  }

  #begin(lead: string, start = lead): void {
    this.#lead = lead
    this.#current = start
    this.#hasContent = false
  }
}
