import type {Reading} from '../flattening/reading.ts'
import {attributeOf} from '../jsx-text.ts'
import {type Tag, tagAt} from '../tags.ts'

/** An HTML table as a pipe table; the cells of one that contains blocks become paragraphs. */
export function table(reading: Reading, tag: Tag): boolean {
  const {at, write} = reading
  const close = at.ahead.closingTag('table', tag.end)
  const inner = close ? at.text.slice(tag.end, close.start) : ''
  if (
    !close ||
    write.isOneLine ||
    /<table[\s>]|(?:^|\n)[ \t]*(?:`{3}|~{3}|#{1,6}[ \t])|<h[1-6][\s>]/i.test(inner)
  ) {
    reading.note('html:table', 'flattened', 'its cells become paragraphs')
    at.advance(tag.end)
    write.break()
    return true
  }
  reading.note('html:table', 'flattened')
  write.break()
  const firstLine = at.line
  const {rows, caption} = new TableRows(reading, tag.end, close.start)
  write.lines([
    ...(caption === '' ? [] : [`**${caption.replaceAll('*', '\\*')}**`, '']).map((text) => ({
      text,
      line: firstLine,
    })),
    ...pipeTable(rows, firstLine),
  ])
  at.advance(close.end)
  write.blank()
  return true
}

interface Row {
  readonly cells: readonly string[]
  readonly line: number
  readonly isHeader: boolean
}

/** The rows of a pipe table, the first as its head if it is one. */
function pipeTable(rows: readonly Row[], firstLine: number): {text: string; line: number}[] {
  const width = Math.max(0, ...rows.map(({cells}) => cells.length))
  if (width === 0) return []
  const format = (cells: readonly string[]): string =>
    `| ${Array.from({length: width}, (_, n) => cells[n] ?? '').join(' | ')} |`
  const head = rows[0]!.isHeader ? rows[0]! : {cells: [], line: firstLine}
  const body = rows[0]!.isHeader ? rows.slice(1) : rows
  return [
    {text: format(head.cells), line: head.line},
    {text: `|${' --- |'.repeat(width)}`, line: head.line},
    ...body.map(({cells, line}) => ({text: format(cells), line})),
  ]
}

/** Reads the content of a table, tag by tag; closing tags may be missing. */
class TableRows {
  readonly rows: Row[] = []
  caption = ''
  readonly #reading: Reading
  readonly #isRaw: boolean
  #row: {cells: string[]; line: number; isHeader: boolean} | null = null
  #cell: {readonly from: number; readonly span: number} | null = null

  constructor(reading: Reading, from: number, end: number) {
    this.#reading = reading
    this.#isRaw = reading.write.isRaw && reading.context.mdx !== true
    const {text} = reading.at
    for (let p = text.indexOf('<', from); p >= 0 && p < end; p = text.indexOf('<', p)) {
      if (text.startsWith('<!--', p)) {
        const close = text.indexOf('-->', p)
        p = close < 0 ? end : close + 3
        continue
      }
      const found = tagAt(text, p)
      p = found ? this.#readTag(found, p, end) : p + 1
    }
    this.#endCell(end)
    this.#endRow()
  }

  /** Returns the offset to go on from. */
  #readTag(tag: Tag, start: number, end: number): number {
    const name = tag.name.toLowerCase()
    if (name === 'tr' || name === 'thead' || name === 'tbody' || name === 'tfoot') {
      this.#endCell(start)
      this.#endRow()
      if (name === 'tr' && tag.kind === 'open') this.#rowAt(start)
    } else if (name === 'td' || name === 'th') {
      this.#endCell(start)
      if (tag.kind !== 'open') return tag.end
      const row = this.#row ?? this.#rowAt(start)
      row.isHeader ||= name === 'th'
      this.#cell = {from: tag.end, span: Number(attributeOf(tag, 'colspan') ?? 1) || 1}
    } else if (name === 'caption' && tag.kind === 'open') {
      const {at} = this.#reading
      const close = at.ahead.closingTag('caption', tag.end, end)
      if (!close) return tag.end
      this.caption = this.#reading.inline(at.text.slice(tag.end, close.start), this.#isRaw)
      return close.end
    }
    return tag.end
  }

  #rowAt(start: number): {cells: string[]; line: number; isHeader: boolean} {
    this.#reading.at.advance(start)
    this.#row = {cells: [], line: this.#reading.at.line, isHeader: false}
    return this.#row
  }

  #endCell(to: number): void {
    if (!this.#cell) return
    const {from, span} = this.#cell
    const {at} = this.#reading
    const text = at.text.slice(from, to)
    at.advance(from)
    // After a blank line the rest of the cell is Markdown, as on the site.
    const content = this.#reading
      .inline(text, this.#isRaw && !/\n[ \t]*\n/.test(text))
      .replace(/(?<!\\)\|/g, '\\|')
    this.#row ??= {cells: [], line: at.line, isHeader: false}
    this.#row.cells.push(content, ...Array.from({length: Math.min(span, 20) - 1}, () => ''))
    this.#cell = null
  }

  #endRow(): void {
    if (this.#row && this.#row.cells.length > 0) this.rows.push(this.#row)
    this.#row = null
  }
}
