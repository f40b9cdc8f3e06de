import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {headingIdOf} from '../heading-id.ts'

/** Headings, with explicit ids in any notation. */
export const headings: Dialect = {
  name: 'headings',
  lines: [{starts: '#', read: readHeading}],
}

function readHeading(reading: Reading, {text: trimmed, lead, end}: Line): boolean {
  const {at, write} = reading
  const match = /^(#{1,6})(?:[ \t]+(.*)|)$/.exec(trimmed)
  if (!match) return false
  let text = match[2] ?? ''
  let stop = end
  // A comment that continues on the next line is not part of the heading.
  const comment = text.lastIndexOf('<!--')
  if (comment >= 0 && !text.includes('-->', comment) && closesInParagraph(reading, end)) {
    text = text.slice(0, comment)
    stop = at.text.indexOf('<!--', end - (match[2]!.length - comment))
  }
  const tab = /^\[([^\]]+)\]\(#tab\/[^)]*\)[ \t]*$/.exec(text)
  if (tab) {
    reading.note('docfx:tab', 'flattened')
    write.label(reading.inline(tab[1]!))
    return at.nextLine(end)
  }
  const above = write.takeAnchor()
  const named = headingIdOf(text)
  const shown = reading.inline((named?.text ?? text).replace(/[ \t]+#+[ \t]*$/, ''), false)
  const inside = write.takeAnchor()
  write.heading(match[1]!.length, shown, named?.id ?? inside ?? above, lead)
  return stop < end ? at.enterLine(stop) : at.nextLine(end)
}

function closesInParagraph({at}: Reading, from: number): boolean {
  const close = at.ahead.next('-->', from)
  return close >= 0 && close < at.ahead.paragraphEnd(from)
}
