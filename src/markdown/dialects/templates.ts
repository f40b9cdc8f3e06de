import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {proseIn, wholeString} from '../jsx-text.ts'
import {macroCall, macroText} from '../macros.ts'
import {expression} from './expressions.ts'
import {escapedText} from './markdown-text.ts'
import {readInclude, selectorOf} from './read-include.ts'

/** Double braces: KumaScript macros, Vue and Liquid expressions, mdBook includes inside a line. */
export const templates: Dialect = {
  name: 'templates',
  text: [{starts: '{', read: readDoubleBrace}],
}

function readDoubleBrace(pass: Pass): boolean {
  if (!pass.text.startsWith('{{', pass.p)) return false
  const text = pass.text
  const p = pass.p
  const end = text.indexOf('}}', p + 2)
  if (end < 0 || end - p > 2000) return false
  const inside = text.slice(p + 2, end)
  if (inside.includes('{') || /\n[ \t]*\n/.test(inside)) return pass.context.mdx ? expression(pass) : false
  const call = macroCall(inside)
  if (call) {
    const shown = macroText(call)
    if (shown !== null) {
      pass.note(`macro:${call.name}`, shown === '' ? 'dropped' : 'flattened')
      pass.advance(end + 2)
      const isBox =
        shown.startsWith('**') &&
        !pass.hasContent &&
        /^\s*(?:\n|$|\{\{)/.test(text.slice(pass.p, pass.p + 200))
      if (isBox) pass.block(shown)
      else pass.put(pass.isCell() ? shown.replaceAll('|', '\\|') : shown)
      return true
    }
  }
  const literal = wholeString(inside.split('|')[0]!.trim())
  if (literal !== null && (pass.context.templates || pass.context.mdx === false)) {
    pass.note('template', 'flattened')
    pass.put(escapedText(literal))
    pass.advance(end + 2)
    return true
  }
  const include = /^#(?:include|rustdoc_include|playground)\s+(\S+)/.exec(inside)
  if (include) {
    pass.advance(end + 2)
    const [file, selector] = selectorOf(include[1]!)
    const part = readInclude(pass, file, 'include', selector)
    if (part) pass.nested(part.text, part.path)
    return true
  }
  if (pass.context.templates) {
    pass.note('template', 'not-understood', inside.trim(), proseIn(inside))
    pass.advance(end + 2)
    return true
  }
  if (pass.context.mdx === true) return expression(pass)
  return false
}
