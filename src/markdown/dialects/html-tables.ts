import type {Pass} from '../flattening/pass.ts'
import {attributeOf} from '../jsx-text.ts'
import {type Tag, tagAt} from '../tags.ts'

/** An HTML table as a pipe table; the cells of one that contains blocks become paragraphs. */
export function table(pass: Pass, tag: Tag): boolean {
  const close = pass.ahead.closingTag('table', tag.end)
  const inner = close ? pass.text.slice(tag.end, close.start) : ''
  if (
    !close ||
    pass.isOneLine() ||
    /<table[\s>]|(?:^|\n)[ \t]*(?:`{3}|~{3}|#{1,6}[ \t])|<h[1-6][\s>]/i.test(inner)
  ) {
    pass.note('html:table', 'flattened', 'its cells become paragraphs')
    pass.advance(tag.end)
    pass.break()
    return true
  }
  pass.note('html:table', 'flattened')
  pass.break()
  const lead = pass.current
  const rest = pass.prefix
  const raw = pass.raw && pass.context.mdx !== true
  const rows: {readonly cells: string[]; readonly line: number; readonly header: boolean}[] = []
  let caption = ''
  let row: {cells: string[]; line: number; header: boolean} | null = null
  let cell: {from: number; span: number} | null = null
  let p = tag.end
  const firstLine = pass.line
  const lineAt = (_offset: number): number => {
    if (pass.options.fixedLine) return firstLine
    return pass.line
  }
  const endCell = (to: number): void => {
    if (!cell) return
    const text = pass.text.slice(cell.from, to)
    pass.advance(cell.from)
    // After a blank line the rest of the cell is Markdown, as on the site.
    const content = pass
      .inline(text, raw && !/\n[ \t]*\n/.test(text))
      .replace(/(^|[^\\])\|/g, '$1\\|')
      .replace(/(^|[^\\])\|/g, '$1\\|')
    row ??= {cells: [], line: pass.line, header: false}
    row.cells.push(content)
    for (let n = 1; n < Math.min(cell.span, 20); n++) row.cells.push('')
    cell = null
  }
  const endRow = (): void => {
    if (row && row.cells.length > 0) rows.push(row)
    row = null
  }
  while (p < close.start) {
    const at = pass.text.indexOf('<', p)
    if (at < 0 || at >= close.start) break
    if (pass.text.startsWith('<!--', at)) {
      const end = pass.text.indexOf('-->', at)
      p = end < 0 ? close.start : end + 3
      continue
    }
    const found = tagAt(pass.text, at)
    if (!found) {
      p = at + 1
      continue
    }
    const name = found.name.toLowerCase()
    if (name === 'tr' || name === 'thead' || name === 'tbody' || name === 'tfoot') {
      endCell(at)
      endRow()
      if (name === 'tr' && found.kind === 'open') {
        pass.advance(at)
        row = {cells: [], line: lineAt(at), header: false}
      }
    } else if (name === 'td' || name === 'th') {
      endCell(at)
      if (found.kind === 'open') {
        if (!row) {
          pass.advance(at)
          row = {cells: [], line: lineAt(at), header: false}
        }
        if (name === 'th') row.header = true
        cell = {from: found.end, span: Number(attributeOf(found, 'colspan') ?? 1) || 1}
      }
    } else if (name === 'caption' && found.kind === 'open') {
      const end = pass.ahead.closingTag('caption', found.end, close.start)
      if (end) {
        caption = pass.inline(pass.text.slice(found.end, end.start), raw)
        p = end.end
        continue
      }
    }
    p = found.end
  }
  endCell(close.start)
  endRow()
  const width = Math.max(0, ...rows.map(({cells}) => cells.length))
  const emit = (text: string, line: number): void => {
    pass.out.push(text)
    pass.lines.push(line)
  }
  if (caption !== '') {
    emit(`${lead}**${caption.replaceAll('*', '\\*')}**`, firstLine)
    emit(rest.trimEnd(), firstLine)
  }
  if (width > 0) {
    const format = (cells: readonly string[]): string => {
      const padded = Array.from({length: width}, (_, n) => cells[n] ?? '')
      return `| ${padded.join(' | ')} |`
    }
    const head = rows[0]!.header ? rows.shift()! : null
    emit(`${caption === '' ? lead : rest}${format(head?.cells ?? [])}`, head?.line ?? firstLine)
    emit(`${rest}|${' --- |'.repeat(width)}`, head?.line ?? firstLine)
    for (const {cells, line} of rows) emit(rest + format(cells), line)
  }
  pass.current = rest
  pass.hasContent = false
  pass.advance(close.end)
  pass.blank()
  return true
}
