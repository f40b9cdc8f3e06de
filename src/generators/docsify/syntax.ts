import {codeInclude, type Dialect, includeWhole, type Line, type Reading} from '../../markdown/dialect-kit.ts'

/** Docsify: embedded files, settings in the titles of links, `{docsify-ignore}`. */
export const docsifySyntax: Dialect = {
  name: 'docsify',
  lines: [{starts: '[', read: readEmbedded}],
  text: [
    {starts: ']', read: readSettings},
    {starts: '{', read: readMark},
  ],
}

/** `[name](file.md ':include :type=code :fragment=part')`. */
function readEmbedded(reading: Reading, {text, end}: Line): boolean {
  const {at, write} = reading
  const match = /^\[([^[\]]*)\]\(\s*<?([^\s<>()]+)>?\s+(["']):include([^"'\n]*)\3\s*\)[ \t]*$/.exec(text)
  if (!match) return false
  const [, name, file, , settings] = match as unknown as [string, string, string, string, string]
  const type = /:type=([\w-]+)/.exec(settings)?.[1] ?? null
  const region = /:fragment=([\w-]+)/.exec(settings)?.[1] ?? null
  if (/^(?:iframe|video|audio|mermaid)$/.test(type ?? '') || /^[a-z]+:/i.test(file))
    write.block(`[${name}](${file})`)
  else if (type === null && /\.(?:md|markdown|html?)$/.test(file)) includeWhole(reading, file, 'include')
  else codeInclude(reading, file, {region})
  return at.nextLine(end)
}

/** `](file ':ignore')`: the title is no text. */
function readSettings({at, write}: Reading): boolean {
  if (write.isRaw) return false
  const match = /^\]\(\s*(<[^<>\n]*>|[^\s()]+)\s+(["']):[\w-][^"'\n]*\2\s*\)/.exec(
    at.text.slice(at.p, at.p + 2000),
  )
  if (!match) return false
  write.put(`](${match[1]})`)
  at.advance(at.p + match[0].length)
  return true
}

function readMark(reading: Reading): boolean {
  const {at} = reading
  const match = /^\{docsify-(?:ignore(?:-all)?|updated)\}/.exec(at.text.slice(at.p, at.p + 40))
  if (!match) return false
  reading.note('docsify', 'dropped')
  at.skip(match[0].length)
  return true
}
