import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'

/** Definition lists and abbreviations of Markdown Extra. */
export const definitions: Dialect = {
  name: 'definitions',
  lines: [
    {starts: ':', read: readDefinition},
    {
      starts: '*',
      read(pass, {text, end}) {
        if (!/^\*\[[^\]]+\]:[ \t]/.test(text)) return false
        pass.note('abbreviation', 'dropped')
        return pass.endConstruct(end)
      },
    },
  ],
}

/** `: meaning` below a term. */
function readDefinition(pass: Pass, {text, indent, lead, start}: Line): boolean {
  const marker = /^[:~][ \t]+/.exec(text)?.[0]
  if (marker === undefined) return false
  let n = pass.out.length - 1
  while (n >= 0 && pass.out[n]!.trim() === '') n--
  const term = pass.out[n]
  if (term === undefined || pass.out.length - n > 3) return false
  const follows = pass.afterDefinition || pass.stack.at(-1)?.name === 'definition'
  if (!follows && (/^\s*(?:[-*+>|#]|\d+[.)]|```|~~~)/.test(term) || n < 0)) return false
  pass.note('definition-list', 'flattened')
  const inner = pass.stack.findIndex(
    (container) => container.name === 'definition' && container.indent >= indent,
  )
  if (inner >= 0) pass.close(inner, false)
  else if (/^\s*[^*`_[\]\\<]+$/.test(term)) pass.out[n] = `${/^\s*/.exec(term)![0]}**${term.trim()}**`
  if (pass.out.at(-1)!.trim() !== '') pass.push('')
  pass.open({
    kind: 'indent',
    name: 'definition',
    indent,
    size: 0,
    strip: Math.min(marker.length, 4),
    quote: false,
  })
  pass.prefix = lead
  pass.current = lead
  pass.hasContent = false
  pass.advance(start + lead.length + marker.length)
  pass.atLineStart = false
  return true
}
