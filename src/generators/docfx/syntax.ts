import {codeSpanOf, type Dialect, type Reading} from '../../markdown/dialect-kit.ts'

/** DocFX: references to documented objects, `<xref:System.String>`, show their names. */
export const docfxSyntax: Dialect = {
  name: 'docfx',
  text: [{starts: '<', read: readReference}],
}

function readReference(reading: Reading): boolean {
  const {at, write} = reading
  const found = /^<xref:([^>\s?]{1,400})(?:\?[^>\s]*)?>/.exec(at.text.slice(at.p, at.p + 600))
  if (!found) return false
  reading.note('docfx:xref', 'flattened')
  at.skip(found[0].length)
  const name = found[1]!
    .replace(/%2A$|\*$/i, '')
    .replace(/%60\d*|`\d*/g, '')
    .replace(/%23|#/g, '.')
  write.put(codeSpanOf(name))
  return true
}
