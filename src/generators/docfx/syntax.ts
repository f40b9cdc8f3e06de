import {
  codeInclude,
  codeSpanOf,
  type Dialect,
  docfxTarget,
  includeInLine,
  includeWhole,
  type Line,
  type Reading,
} from '../../markdown/dialect-kit.ts'

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

/** Included files, and lines that show nothing. */
export const docfxLines: Dialect = {
  name: 'docfx-lines',
  lines: [
    {starts: '[', read: readIncludeLine},
    {starts: '[', read: readSilent},
  ],
  text: [{starts: '[', read: readIncludeInLine}],
}

/** `[!INCLUDE [name](file.md)]`, `[!code-js[name](file.js)]`. */
function readIncludeLine(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  const file = /^\[!INCLUDE[ \t]*\[[^\]]*\]\(([^)]+)\)\][ \t]*$/i.exec(text)?.[1]
  const code = /^\[!code-?([\w-]*)[ \t]*\[[^\]]*\]\(([^)]+)\)\][ \t]*$/i.exec(text)
  if (file !== undefined) includeWhole(reading, docfxTarget(file).file, 'include')
  else if (code) {
    const {file: source, title, part} = docfxTarget(code[2]!)
    codeInclude(reading, source, {part, title, language: code[1] || null})
  } else return false
  return at.nextLine(end)
}

function readIncludeInLine(reading: Reading): boolean {
  const {at, write} = reading
  if (write.isRaw || !at.text.startsWith('[!', at.p)) return false
  const match = /^\[!INCLUDE[ \t]*\[([^\]]*)\]\(([^)\n]+)\)\]/i.exec(at.text.slice(at.p, at.p + 1000))
  if (!match) return false
  at.advance(at.p + match[0].length)
  includeInLine(reading, docfxTarget(match[2]!).file, 'include')
  return true
}

/** Layout and videos. `[!NOTE]` in a quote is a callout, as on GitHub. */
function readSilent(reading: Reading, {text, lead, end}: Line): boolean {
  if (!/^\[!(?:div|VIDEO|NOTE)\b[^\]]*\][ \t]*$/i.test(text)) return false
  if (lead.includes('>') && /^\[![a-z]+\]/i.test(text)) return false
  reading.note('docfx', 'dropped')
  return reading.at.nextLine(end)
}
