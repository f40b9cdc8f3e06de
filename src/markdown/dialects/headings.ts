import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {headingIdOf} from '../heading-id.ts'
import {label} from './callouts.ts'

/** Headings, with explicit ids in any notation. */
export const headings: Dialect = {
  name: 'headings',
  lines: [{starts: '#', read: readHeading}],
}

function readHeading(pass: Pass, {text: trimmed, lead, end}: Line): boolean {
  const match = /^(#{1,6})(?:[ \t]+(.*)|)$/.exec(trimmed)
  if (!match) return false
  let text = match[2] ?? ''
  let stop = end
  // A comment that continues on the next line is not part of the heading.
  const comment = text.lastIndexOf('<!--')
  if (comment >= 0 && !text.includes('-->', comment) && closesInParagraph(pass, end)) {
    text = text.slice(0, comment)
    stop = pass.text.indexOf('<!--', end - (match[2]!.length - comment))
  }
  const tab = /^\[([^\]]+)\]\(#tab\/[^)]*\)[ \t]*$/.exec(text)
  if (tab) {
    pass.note('docfx:tab', 'flattened')
    label(pass, pass.inline(tab[1]!))
    pass.current = ''
    pass.nextLine(end)
    return true
  }
  const before = pass.pendingAnchor
  const named = headingIdOf(text)
  pass.pendingAnchor = null
  const shown = pass.inline((named?.text ?? text).replace(/[ \t]+#+[ \t]*$/, ''), false)
  const inside = pass.pendingAnchor as {readonly id: string} | null
  const early = before && pass.out.slice(before.out).every((line) => line.trim() === '') ? before.id : null
  const id = named?.id ?? inside?.id ?? early
  pass.pendingAnchor = null
  pass.push(`${lead}${match[1]} ${shown}`.trimEnd())
  if (id !== null && id !== undefined) pass.headingIds.set(pass.out.length, id)
  pass.current = ''
  pass.hasContent = false
  if (stop < end) {
    pass.advance(stop)
    pass.prefix = lead
    pass.atLineStart = false
    pass.readText()
  } else pass.nextLine(end)
  return true
}

function closesInParagraph(pass: Pass, from: number): boolean {
  const close = pass.ahead.next('-->', from)
  return close >= 0 && close < pass.ahead.paragraphEnd(from)
}
