import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {proseIn, wholeString} from '../jsx-text.ts'
import {macroCall, macroText} from '../macros.ts'
import {expression} from './expressions.ts'
import {escapedText} from './markdown-text.ts'

/** Double braces: KumaScript macros, Vue and Liquid expressions. */
export const templates: Dialect = {
  name: 'templates',
  text: [{starts: '{', read: readDoubleBrace}],
}

function readDoubleBrace(reading: Reading): boolean {
  const {at, write, context} = reading
  if (!at.text.startsWith('{{', at.p)) return false
  const text = at.text
  const p = at.p
  const end = closingBraces(text, p + 2)
  if (end < 0 || end - p > 2000) return false
  const inside = text.slice(p + 2, end)
  const isCut = /\n[ \t]*\n/.test(inside)
  if (isCut || (inside.includes('{') && !context.templates)) return context.mdx ? expression(reading) : false
  const call = macroCall(inside)
  if (call) {
    const shown = macroText(call)
    if (shown !== null) {
      reading.note(`macro:${call.name}`, shown === '' ? 'dropped' : 'flattened')
      at.advance(end + 2)
      const isBox =
        shown.startsWith('**') && !write.hasContent && /^\s*(?:\n|$|\{\{)/.test(text.slice(at.p, at.p + 200))
      if (isBox) write.block(shown)
      else write.put(write.isCell ? shown.replaceAll('|', '\\|') : shown)
      return true
    }
  }
  const literal = wholeString(inside.split('|')[0]!.trim())
  if (literal !== null && (context.templates || context.mdx === false)) {
    reading.note('template', 'flattened')
    write.put(escapedText(literal))
    at.advance(end + 2)
    return true
  }
  if (context.templates) {
    const construct = call && inside.includes('(') ? `macro:${call.name}` : 'template'
    reading.note(construct, 'not-understood', inside.trim(), proseIn(inside))
    at.advance(end + 2)
    return true
  }
  if (context.mdx === true) return expression(reading)
  return false
}

/** Offset of the braces that close those before `from`, past objects inside; −1 if there are none. */
function closingBraces(text: string, from: number): number {
  const plain = text.indexOf('}}', from)
  let depth = 0
  for (let p = text.indexOf('{', from); p >= 0 && p < plain; p = text.indexOf('{', p + 1)) depth++
  if (depth === 0) return plain
  const marks = /[{}]/g
  marks.lastIndex = from
  depth = 0
  for (let mark = marks.exec(text); mark && mark.index - from < 2000; mark = marks.exec(text)) {
    if (mark[0] === '{') depth++
    else if (depth > 0) depth--
    else return text[mark.index + 1] === '}' ? mark.index : plain
  }
  return plain
}
