import type {Container} from '../flattening/container.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'

/** Definition lists and abbreviations of Markdown Extra. */
export const definitions: Dialect = {
  name: 'definitions',
  lines: [
    {starts: ':', read: readDefinition},
    {
      starts: '*',
      read(reading, {text, end}) {
        if (!/^\*\[[^\]]+\]:[ \t]/.test(text)) return false
        reading.note('abbreviation', 'dropped')
        return reading.at.nextLine(end)
      },
    },
  ],
}

/** `: meaning` below a term. */
function readDefinition(reading: Reading, {text, indent, lead, start: lineStart}: Line): boolean {
  const {at, write, containers} = reading
  const marker = /^[:~][ \t]+/.exec(text)?.[0]
  const term = write.lastText
  if (marker === undefined || term === null) return false
  const follows = containers.hasLeftDefinition || containers.innermost?.name === 'definition'
  if (!follows && /^\s*(?:[-*+>|#]|\d+[.)]|```|~~~)/.test(term)) return false
  reading.note('definition-list', 'flattened')
  const isSibling = (open: Container): boolean => open.name === 'definition' && open.indent >= indent
  const isFurther = containers.hasLeftDefinition || containers.find(isSibling) !== undefined
  for (let open = containers.find(isSibling); open; open = containers.find(isSibling)) containers.close(open)
  const start = isFurther ? write.lineCount : write.markTerm()
  if (write.lastLine.trim() !== '') write.line('')
  containers.open({
    kind: 'indent',
    name: 'definition',
    indent,
    size: 0,
    strip: Math.min(marker.length, 4),
    start,
    shownAs: isFurther ? 'more-of-item' : 'item',
  })
  write.put(lead)
  return at.enterLine(lineStart + lead.length + marker.length)
}
