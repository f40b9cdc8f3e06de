import type {Dialect, Line, Reading} from '../../markdown/dialect-kit.ts'

/** kramdown: a list whose attribute is `{:toc}` is replaced by the table of contents. */
export const kramdown: Dialect = {
  name: 'kramdown',
  fences: [{starts: '-*+0123456789', read: readContents}],
}

function readContents(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  if (!/^(?:[-*+]|\d+\.)[ \t]+\S/.test(text)) return false
  if (!/^[ \t]*\{:(?:[^{}\n]*\s)?toc(?:\s[^{}\n]*)?\}[ \t]*$/.test(at.lineAfter(end))) return false
  reading.note('toc', 'dropped')
  at.nextLine(end)
  return at.nextLine(at.lineEnd())
}
