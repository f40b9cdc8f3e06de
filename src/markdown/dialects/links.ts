import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {resolvedDestination} from './shortcode-values.ts'

/** Links and images of Markdown, with shortcodes in their destinations. */
export const links: Dialect = {
  name: 'links',
  text: [{starts: ']', read: readLinkEnd}],
}

/** `](destination)`: unchanged, except that its shortcodes are resolved and data URLs are removed. */
function readLinkEnd(reading: Reading): boolean {
  const {at, write} = reading
  if (write.isRaw || at.text[at.p + 1] !== '(') return false
  const limit = Math.min(at.lineEnd(), at.p + 4000)
  let depth = 0
  let end = -1
  for (let p = at.p + 1; p < limit; p++) {
    const char = at.text[p]
    if (char === '\\') p++
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) {
      end = p
      break
    }
  }
  if (end < 0) {
    // An image in a data URL may be longer than the limit.
    const data = at.text.startsWith('](data:', at.p) ? at.text.indexOf(')', at.p) : -1
    if (data < 0 || data > at.lineEnd()) return false
    write.put(']()')
    at.advance(data + 1)
    return true
  }
  const inside = at.text.slice(at.p + 2, end)
  const target = resolvedDestination(reading, inside)
  write.put(target.startsWith('data:') ? ']()' : `](${target})`)
  at.advance(end + 1)
  return true
}
