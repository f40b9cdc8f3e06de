import {headingIdOf} from '../heading-id.ts'
import {columnsOf} from './container.ts'
import type {DialectTables, Line, LineConstruct, Starts} from './dialect.ts'
import type {Pass} from './pass.ts'
import {listMarker} from './writer.ts'

/** Reads a line as a whole and returns true, or prepares reading its text and returns false. */
export function readLine(pass: Pass, tables: DialectTables): boolean {
  const {at, write, containers} = pass
  write.beginLine()
  if (containers.isIndentationDue) learnIndentation(pass)
  const {rest: whole, end} = at.measure(at.p)
  if (whole.trim() === '') {
    write.blankLine()
    return at.nextLine(end)
  }
  containers.leaveIndented(/^[ \t]*/.exec(at.text.slice(at.p, end))![0], whole)
  const line = lineAt(pass)
  const {text, lead, quote, indent, start} = line
  if (write.isRaw && line.listOffset < write.rawOffset && listMarker.test(text)) write.blankLine()
  if (write.isRaw) {
    write.beginRawLine()
    at.advance(end - text.length)
    return false
  }
  if (isConstruct(pass, tables.fences, line)) return true
  const isCode =
    indent >= line.listOffset + 4 &&
    quote === '' &&
    write.isAfterBlank &&
    pass.context.mdx !== true &&
    !containers.isInComponent
  if (isCode) {
    readIndentedCode(pass, start, line)
    return true
  }
  write.setLead(lead)
  return isConstruct(pass, tables.lines, line) || beginText(pass, line)
}

/** The line at the cursor, after it has left the list items that it is not in. */
function lineAt({at, containers}: Pass): Line {
  const {start, rest, indent, end} = at.measure(at.p)
  const quote = /^[ \t]*(?:>[ \t]?)+/.exec(rest)?.[0] ?? ''
  const body = rest.slice(quote.length)
  const text = body.trimStart()
  if (quote === '') containers.leaveItems(indent, text)
  const lead = quote + body.slice(0, body.length - text.length)
  return {text, lead, quote, body, indent, start, end, listOffset: containers.listOffset}
}

function isConstruct(pass: Pass, table: Starts<LineConstruct>, line: Line): boolean {
  for (const construct of table.get(line.text[0]!) ?? [])
    if (pass.accounted(() => construct.read(pass, line))) return true
  return false
}

/** The indentation of a container's content is known only from its first line. */
function learnIndentation({at, containers}: Pass): void {
  const {rest, indent} = at.measure(at.p)
  if (rest.trim() !== '') containers.learnIndentation(rest, indent)
}

/** Copies indented code unchanged; it continues over blank lines. */
function readIndentedCode({at, write, containers}: Pass, start: number, {end, listOffset}: Line): void {
  write.line(at.text.slice(start, end))
  at.nextLine(end)
  while (!at.isAtEnd) {
    const {rest, indent, end} = at.measure(at.p)
    const isBlank = rest.trim() === ''
    if (isBlank ? containers.isIndented : indent < listOffset + 4) return
    write.line(isBlank ? '' : rest)
    at.nextLine(end)
  }
}

/** Reads list markers and recognises table rows, HTML blocks and underlined headings; the rest is the line's text. */
function beginText(pass: Pass, line: Line): boolean {
  const {at, write} = pass
  const {end} = line
  const {text, start, lead} = readMarkers(pass, line)
  const after = at.lineAfter(end)
  const isRow = write.isInTable || (text.includes('|') && delimiterRow.test(after) && after.includes('-'))
  write.beginText({start, lead, isRow})
  at.advance(end - text.length)
  if (!isRow && pass.context.mdx !== true && rawStart.test(text) && !/^<\w+[^>]*\smarkdown\b/.test(text))
    write.beginRaw(pass.containers.listOffset)
  if (isRow || !/^[ \t]*(?:=+|-{2,})[ \t]*$/.test(after)) return false
  const named = headingIdOf(text)
  if (!named) return false
  write.put(pass.inline(named.text))
  write.endLine(named.id)
  return at.nextLine(end)
}

/** Reads list markers: the line's text, what it begins with, and what the lines below have to begin with. */
function readMarkers(
  pass: Pass,
  line: Line,
): {readonly text: string; readonly start: string; readonly lead: string} {
  let start = line.lead
  let {text, lead} = line
  for (let n = 0; n < 6; n++) {
    const marker = listMarker.exec(text)
    if (!marker || /^(?:[-*_][ \t]*){3,}$/.test(text)) break
    const gap = /^[ \t]{0,4}/.exec(text.slice(marker[0].length))![0]
    const whole = marker[0] + gap
    const column = columnsOf(start)
    start += whole
    text = text.slice(whole.length)
    lead += ' '.repeat(marker[0].length + Math.max(1, columnsOf(gap)))
    if (line.quote === '') pass.containers.enterItem(column, lead.length)
    // MDN writes definitions as list items that begin with a colon.
    const colon = /^:[ \t]+/.exec(text)
    if (colon) {
      text = text.slice(colon[0].length)
      pass.note('definition-list', 'flattened')
      break
    }
  }
  return {text, start, lead}
}

const delimiterRow = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*\|?[ \t]*$/

/** CommonMark's HTML blocks of the sixth kind: no Markdown until the next blank line. */
const rawStart =
  /^<\/?(?:address|article|aside|blockquote|body|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i
