import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {headingIdOf} from '../heading-id.ts'
import {tagAt} from '../tags.ts'

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
  const id = named?.id ?? inside ?? above
  const keepsSlug = named === null
  write.heading(match[1]!.length, shown, {
    id,
    keepsSlug,
    lead,
    slugText: keepsSlug ? slugTextOf(reading, text) : null,
  })
  return stop < end ? at.enterLine(stop) : at.nextLine(end)
}

/** A heading without the tags of its components, whose properties are no part of its id; null if it has none. */
function slugTextOf(reading: Reading, text: string): string | null {
  const component = /<\/?[A-Z]/g
  let kept = ''
  let end = 0
  for (let at = component.exec(text); at; at = component.exec(text)) {
    const tag = isInCode(text, at.index) ? null : tagAt(text, at.index)
    if (!tag) continue
    kept += text.slice(end, at.index)
    end = tag.end
    component.lastIndex = end
  }
  if (end === 0) return null
  const rest = kept + text.slice(end)
  return reading.inline(rest, false) + (/\s$/.test(rest) ? ' ' : '')
}

/** Whether an odd number of runs of backticks comes before. */
function isInCode(text: string, at: number): boolean {
  return (text.slice(0, at).match(/`+/g)?.length ?? 0) % 2 === 1
}

function closesInParagraph({at}: Reading, from: number): boolean {
  const close = at.ahead.next('-->', from)
  return close >= 0 && close < at.ahead.paragraphEnd(from)
}
