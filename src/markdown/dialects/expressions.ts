import {headOf} from '../../lib/cut.ts'
import {bracketedCodeEnd} from '../code-end.ts'
import {lostIn, mayShow} from '../flattening/exported-text.ts'
import type {Reading} from '../flattening/reading.ts'
import {componentText, proseIn, stringsOf, wholeString} from '../jsx-text.ts'
import {escapedText, unindented} from './markdown-text.ts'
import {reach} from './reach.ts'

/** A JavaScript expression in MDX. */
export function expression(reading: Reading): boolean {
  const {at, write, context} = reading
  if (context.scans.isSpent) return false
  const {end, reached} = bracketedCodeEnd(at.text, at.p, Math.min(reach(reading), at.p + 20_000))
  context.scans.spend(reached - at.p)
  if (end < 0) return false
  const code = at.text.slice(at.p + 1, end - 1)
  const written = code.replace(/\/\*[\s\S]*?\*\//g, '').trim()
  const own = context.exported.get(written)
  if (context.mdx === 'guessed' && !own && !looksLikeExpression(code)) return false
  const bare = own?.data && mayShow(reading, own.data.length) ? own.data : written
  if (bare === '' || /^(?:\/\/[^\n]*)$/.test(bare)) {
    reading.note('comment', 'dropped')
    at.advance(end)
    return true
  }
  if (own?.markup?.length === 1 && mayShow(reading, own.code.length)) {
    reading.note('mdx:expression', 'flattened')
    at.advance(end)
    reading.nested(String(own.markup[0]))
    return true
  }
  const string = wholeString(bare)
  if (string !== null) {
    reading.note('mdx:expression', 'flattened')
    write.put(write.isCell ? string.replace(/[\n|]/g, ' ') : escapedText(string).replace(/\n/g, ' '))
    at.advance(end)
    return true
  }
  if (/^-?\d[\d.]*$/.test(bare)) {
    write.put(bare)
    at.advance(end)
    return true
  }
  const from = code.search(/<(?:[A-Za-z]|>)/)
  const to = code.lastIndexOf('>')
  if (from >= 0 && to > from) {
    const data = mappedData(code)
    const outside = `${code.slice(data.length, Math.max(from, data.length))} ${code.slice(to + 1)}`
    const lost = `${proseIn(outside)} ${lostIn(context, code)}`.trim()
    reading.note('mdx:expression', lost === '' ? 'flattened' : 'not-understood', 'the elements in it', lost)
    const inner = code
      .slice(from, to + 1)
      .replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
      // Between the elements of a choice: `) : (`, `) : kind === "a" ? (`.
      .replace(/>\s*\)\s*:\s*(?:[\w.=!"'&|\s]{1,200}\?\s*)?\(\s*(?=<)/g, '>\n\n')
    const texts = data === '' ? [] : textsIn(data)
    if (texts.length > 0) reading.nested(texts.map((text) => `- ${text}`).join('\n'))
    reading.nested(unindented(inner))
  } else {
    const strings = stringsOf(code).filter((text) => /\p{L}\s+\p{L}/u.test(text))
    const lost = lostIn(context, code)
    if (strings.length > 0) write.put(escapedText(strings.join(' ')))
    const isRead = strings.length > 0 && lost === ''
    reading.note('mdx:expression', isRead ? 'flattened' : 'not-understood', headOf(written, 100), lost)
  }
  at.advance(end)
  return true
}

/** The list of data that an expression makes elements of: `[{title: 'Kettle'}].map((pot) => <Card … />)`; empty without one. */
function mappedData(code: string): string {
  const start = code.search(/\S/)
  if (code[start] !== '[') return ''
  const {end} = bracketedCodeEnd(code, start)
  return end > 0 && /^\s*\.\s*(?:map|flatMap)\b/.test(code.slice(end)) ? code.slice(0, end) : ''
}

/** The texts in data, as a property that holds the data shows them. */
function textsIn(data: string): readonly string[] {
  const attributes = [{name: 'items', value: data.trim(), isCode: true}]
  return componentText({name: 'List', kind: 'self-closing', attributes, end: 0}).texts
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
