import {headOf} from '../../lib/cut.ts'
import {bracketedCodeEnd} from '../code-end.ts'
import {lostIn, mayShow} from '../flattening/exported-text.ts'
import type {Pass} from '../flattening/pass.ts'
import {proseIn, stringsOf, wholeString} from '../jsx-text.ts'
import {escapedText} from './markdown-text.ts'
import {reach} from './reach.ts'

/** A JavaScript expression in MDX. */
export function expression(pass: Pass): boolean {
  if (pass.context.scansLeft <= 0) return false
  const {end, reached} = bracketedCodeEnd(pass.text, pass.p, Math.min(reach(pass), pass.p + 20_000))
  pass.context.scansLeft -= reached - pass.p
  if (end < 0) return false
  const code = pass.text.slice(pass.p + 1, end - 1)
  const written = code.replace(/\/\*[\s\S]*?\*\//g, '').trim()
  const own = pass.context.exported.get(written)
  if (pass.context.mdx === 'guessed' && !own && !looksLikeExpression(code)) return false
  const bare = own?.data && mayShow(pass, own.data.length) ? own.data : written
  if (bare === '' || /^(?:\/\/[^\n]*)$/.test(bare)) {
    pass.note('comment', 'dropped')
    pass.advance(end)
    return true
  }
  if (own?.markup?.length === 1 && mayShow(pass, own.code.length)) {
    pass.note('mdx:expression', 'flattened')
    pass.advance(end)
    pass.nested(String(own.markup[0]))
    return true
  }
  const string = wholeString(bare)
  if (string !== null) {
    pass.note('mdx:expression', 'flattened')
    pass.put(pass.isCell() ? string.replace(/[\n|]/g, ' ') : escapedText(string).replace(/\n/g, ' '))
    pass.advance(end)
    return true
  }
  if (/^-?\d[\d.]*$/.test(bare)) {
    pass.put(bare)
    pass.advance(end)
    return true
  }
  const from = code.search(/<(?:[A-Za-z]|>)/)
  const to = code.lastIndexOf('>')
  if (from >= 0 && to > from) {
    const lost =
      `${proseIn(`${code.slice(0, from)} ${code.slice(to + 1)}`)} ${lostIn(pass.context, code)}`.trim()
    pass.note('mdx:expression', lost === '' ? 'flattened' : 'not-understood', 'the elements in it', lost)
    const inner = code.slice(from, to + 1).replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
    pass.nested(inner)
  } else {
    const strings = stringsOf(code).filter((text) => /\p{L}\s+\p{L}/u.test(text))
    const lost = lostIn(pass.context, code)
    if (strings.length > 0) pass.put(escapedText(strings.join(' ')))
    const isRead = strings.length > 0 && lost === ''
    pass.note('mdx:expression', isRead ? 'flattened' : 'not-understood', headOf(written, 100), lost)
  }
  pass.advance(end)
  return true
}

/** If only the text suggests MDX, braces count as code when they can hardly be prose. */
function looksLikeExpression(code: string): boolean {
  const bare = code.trim()
  return (
    bare === '' ||
    /^\/[*/]/.test(bare) ||
    wholeString(bare) !== null ||
    /^(?:props|frontmatter|import\.meta|Astro)\b[\w.[\]'"()?]*$/.test(bare) ||
    /<[A-Za-z>]/.test(bare)
  )
}
