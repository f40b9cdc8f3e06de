import type {Dialect, Reading} from '../../markdown/dialect-kit.ts'

/** Zola: a comment mark inside its braces shows a shortcode instead of running it. */
export const zolaSyntax: Dialect = {
  name: 'zola',
  text: [{starts: '{', read: readEscaped}],
}

function readEscaped(reading: Reading): boolean {
  const {at, write} = reading
  const found = /^(\{[{%])\/\*([^\n]{0,1000}?)\*\/([}%]\})/.exec(at.text.slice(at.p, at.p + 1100))
  if (!found) return false
  reading.note('shortcode:escaped', 'flattened')
  write.put(`${found[1]!}${found[2]!}${found[3]!}`.replace(/[<*_[\]]/g, '\\$&'))
  at.skip(found[0].length)
  return true
}
