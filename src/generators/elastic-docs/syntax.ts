import type {Dialect, Line, Reading} from '../../markdown/dialect-kit.ts'

/** Elastic's docs-builder: `## Heading [its-id]`, and `$$$an-id$$$` anywhere. */
export const elasticSyntax: Dialect = {
  name: 'elastic-docs',
  lines: [{starts: '#', read: readHeading}],
  text: [{starts: '$', read: readAnchor}],
}

function readHeading(reading: Reading, {text, lead, end}: Line): boolean {
  const found = /^(#{1,6})[ \t]+(.+?)[ \t]*\[#?([\w.:-]+)\][ \t]*$/.exec(text)
  if (!found) return false
  reading.write.heading(found[1]!.length, reading.inline(found[2]!, false), {
    id: found[3]!.toLowerCase(),
    lead,
  })
  return reading.at.nextLine(end)
}

function readAnchor({at, write, context}: Reading): boolean {
  const id = /^\$\$\$([\w.:-]{1,200})\$\$\$/.exec(at.text.slice(at.p, at.p + 220))?.[1]
  if (id === undefined || write.isRaw) return false
  context.fragments.add(id)
  at.skip(id.length + 6)
  return true
}
