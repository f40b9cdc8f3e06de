import {headingIdOf} from '../heading-id.ts'
import {accounted} from './accounted.ts'
import {columnsOf} from './container.ts'
import type {DialectTables, Line, LineConstruct, Starts} from './dialect.ts'
import {listMarker, type Pass} from './pass.ts'

/** Reads a line as a whole and returns true, or prepares reading its text and returns false. */
export function readLine(pass: Pass, tables: DialectTables): boolean {
  pass.oneLine = false
  learnIndentation(pass)
  const {rest: whole, end} = pass.measure(pass.p)
  if (whole.trim() === '') {
    pass.raw = pass.options.raw ?? false
    pass.inTable = false
    pass.prefix = ''
    if (pass.out.at(-1) !== '') pass.push('')
    pass.nextLine(end)
    return true
  }
  pass.afterDefinition = false
  leaveIndented(pass, whole, end)
  const {start, rest, indent} = pass.measure(pass.p)
  const afterBlank = (pass.out.at(-1) ?? '').replace(/[>\s]/g, '') === ''
  const quote = /^[ \t]*(?:>[ \t]?)+/.exec(rest)?.[0] ?? ''
  const body = rest.slice(quote.length)
  const text = body.trimStart()
  if (quote === '') leaveLists(pass, indent, afterBlank, text)
  if (pass.raw) {
    pass.current = pass.rawPrefix + (pass.htmlLists.at(-1)?.prefix ?? '')
    pass.prefix = pass.current
    pass.hasContent = false
    pass.advance(start + rest.length - text.length)
    return false
  }

  const listOffset = pass.listOffsets.at(-1) ?? 0
  const lead = quote + body.slice(0, body.length - text.length)
  const line: Line = {text, lead, quote, body, indent, start, end, listOffset}
  if (isConstruct(pass, tables.fences, line)) return true
  const isCode =
    indent >= listOffset + 4 &&
    quote === '' &&
    afterBlank &&
    pass.context.mdx !== true &&
    !pass.insideComponent()
  if (isCode) {
    pass.push(rest)
    pass.nextLine(end)
    finishIndentedCode(pass, listOffset)
    return true
  }
  pass.prefix = lead
  return isConstruct(pass, tables.lines, line) || beginText(pass, line)
}

function isConstruct(pass: Pass, table: Starts<LineConstruct>, line: Line): boolean {
  for (const construct of table.get(line.text[0]!) ?? [])
    if (accounted(pass, () => construct.read(pass, line))) return true
  return false
}

/** The indentation of an element's content is known only from its first line. */
function learnIndentation(pass: Pass): void {
  const container = pass.stack.at(-1)
  if (!container || container.strip >= 0) return
  const {rest, indent} = pass.measure(pass.p)
  if (rest.trim() === '') return
  const isInside = indent > container.indent && !/^\s*<\//.test(rest)
  container.strip = isInside ? Math.min(indent - container.indent, 12) : 0
}

/** Closes indented containers at the first line that is not indented. */
function leaveIndented(pass: Pass, rest: string, end: number): void {
  for (let n = 0; n < pass.stack.length; n++) {
    const container = pass.stack[n]!
    if (container.kind !== 'indent') continue
    const full = columnsOf(/^[ \t]*/.exec(pass.text.slice(pass.p, end))![0])
    const outer = pass.stack.slice(0, n).reduce((sum, other) => sum + Math.max(0, other.strip), 0)
    if (full - outer > container.indent) continue
    if (container.name === 'definition') {
      const isAnother = /^[ \t]*[:~][ \t]/.test(rest)
      if (pass.out.at(-1)?.trim() !== '' && !isAnother) return
      if (isAnother) pass.afterDefinition = true
    }
    pass.close(n, true)
    if (pass.out.at(-1)?.trim() !== '') pass.push('')
    return
  }
}

function leaveLists(pass: Pass, indent: number, afterBlank: boolean, text: string): void {
  while (pass.listOffsets.length > 0 && indent < pass.listOffsets.at(-1)!) {
    if (!afterBlank && !listMarker.test(text) && !/^(?:#{1,6}\s|`{3}|~{3})/.test(text)) break
    pass.listOffsets.pop()
  }
}

/** Copies indented code unchanged; it continues over blank lines. */
function finishIndentedCode(pass: Pass, listOffset: number): void {
  while (pass.p < pass.text.length) {
    const {rest, indent, end} = pass.measure(pass.p)
    if (rest.trim() !== '' && indent < listOffset + 4) return
    if (pass.stack.some((container) => container.kind === 'indent') && rest.trim() === '') return
    pass.push(rest.trim() === '' ? '' : rest)
    pass.nextLine(end)
  }
}

/** Reads list markers and recognises table rows, HTML blocks and underlined headings; the rest is the line's text. */
function beginText(pass: Pass, line: Line): boolean {
  const {end} = line
  const {text, p} = readMarkers(pass, line)
  const after = pass.lineAfter(end)
  const cells = pass.inTable || (text.includes('|') && delimiterRow.test(after) && after.includes('-'))
  pass.inTable = cells
  pass.oneLine = cells
  pass.hasContent = false
  pass.advance(p)
  if (!cells && pass.context.mdx !== true && rawStart.test(text) && !/^<\w+[^>]*\smarkdown\b/.test(text)) {
    pass.raw = true
    pass.rawPrefix = pass.prefix
    pass.htmlLists = []
  }
  if (cells || !/^[ \t]*(?:=+|-{2,})[ \t]*$/.test(after)) return false
  const named = headingIdOf(text)
  if (!named) return false
  pass.put(pass.inline(named.text))
  pass.headingIds.set(pass.out.length + 1, named.id)
  pass.endLine()
  pass.nextLine(end)
  return true
}

/** Reads list markers and sets the prefix of new lines in their items. */
function readMarkers(pass: Pass, line: Line): {readonly text: string; readonly p: number} {
  let p = line.start + line.lead.length
  let current = line.lead
  let {text} = line
  for (let n = 0; n < 6; n++) {
    const marker = listMarker.exec(text)
    if (!marker || /^(?:[-*_][ \t]*){3,}$/.test(text)) break
    const gap = /^[ \t]{0,4}/.exec(text.slice(marker[0].length))![0]
    const whole = marker[0] + gap
    const column = columnsOf(current)
    current += whole
    text = text.slice(whole.length)
    p += whole.length
    pass.prefix += ' '.repeat(marker[0].length + Math.max(1, columnsOf(gap)))
    if (line.quote === '') {
      while (pass.listOffsets.length > 0 && pass.listOffsets.at(-1)! > column) pass.listOffsets.pop()
      pass.listOffsets.push(pass.prefix.length)
    }
    // MDN writes definitions as list items that begin with a colon.
    const colon = /^:[ \t]+/.exec(text)
    if (colon) {
      p += colon[0].length
      text = text.slice(colon[0].length)
      pass.note('definition-list', 'flattened')
      break
    }
  }
  pass.current = current
  return {text, p}
}

const delimiterRow = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*\|?[ \t]*$/

/** CommonMark's HTML blocks of the sixth kind: no Markdown until the next blank line. */
const rawStart =
  /^<\/?(?:address|article|aside|blockquote|body|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i
