import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {resolvedDestination} from './hugo-values.ts'

/** Links and images of Markdown, with shortcodes in their destinations. */
export const links: Dialect = {
  name: 'links',
  text: [{starts: ']', read: readLinkEnd}],
}

/** `](destination)`: unchanged, except that its shortcodes are resolved and data URLs are removed. */
function readLinkEnd(pass: Pass): boolean {
  if (pass.raw || pass.text[pass.p + 1] !== '(') return false
  const limit = Math.min(pass.lineEnd(), pass.p + 4000)
  let depth = 0
  let end = -1
  for (let p = pass.p + 1; p < limit; p++) {
    const char = pass.text[p]
    if (char === '\\') p++
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) {
      end = p
      break
    }
  }
  if (end < 0) {
    // An image in a data URL may be longer than the limit.
    const data = pass.text.startsWith('](data:', pass.p) ? pass.text.indexOf(')', pass.p) : -1
    if (data < 0 || data > pass.lineEnd()) return false
    pass.put(']()')
    pass.advance(data + 1)
    return true
  }
  const inside = pass.text.slice(pass.p + 2, end)
  const target = inside.includes('{{') ? resolvedDestination(pass, inside) : inside
  pass.put(target.startsWith('data:') ? ']()' : `](${target})`)
  pass.advance(end + 1)
  return true
}
