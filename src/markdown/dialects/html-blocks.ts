import type {Reading} from '../flattening/reading.ts'
import {attributeOf, wholeString} from '../jsx-text.ts'
import {decodeEntities, type Tag, withoutTags} from '../tags.ts'
import {closeElement, elementContainer} from './elements.ts'
import {codeSpanOf} from './markdown-text.ts'

/** `<pre>` as a code block. */
export function pre(reading: Reading, tag: Tag): boolean {
  const {at, write, context} = reading
  const close = at.ahead.closingTag('pre', tag.end)
  if (!close) {
    at.advance(tag.end)
    write.break()
    return true
  }
  let inner = at.text.slice(tag.end, close.start)
  const code = /^\s*<code([^>]*)>/i.exec(inner)
  const named =
    /(?:class(?:Name)?|lang|language)\s*=\s*["']?(?:[^"'>]*\s)?(?:language-|lang-|highlight-)?([\w+#-]+)/.exec(
      `${code?.[1] ?? ''} ${tag.attributes.map(({name, value}) => `${name}="${value ?? ''}"`).join(' ')}`,
    )
  const language = code || /language-/.test(named?.[0] ?? '') ? (named?.[1] ?? '') : ''
  const template =
    /^\s*(?:<code[^>]*>)?\s*\{\s*(`[\s\S]*`|"[\s\S]*"|'[\s\S]*')\s*\}\s*(?:<\/code>)?\s*$/.exec(inner)
  inner = template && context.mdx ? (wholeString(template[1]!) ?? inner) : decodeEntities(withoutTags(inner))
  reading.note('html:pre', 'flattened')
  const lines = inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n')
  if (write.isOneLine) {
    const flat = lines
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' ')
    write.put(` ${codeSpanOf(flat)} `)
    at.advance(close.end)
    return true
  }
  write.break()
  const longest = Math.max(2, ...lines.map((line) => /`{3,}/.exec(line)?.[0].length ?? 0))
  const mark = '`'.repeat(longest + 1)
  write.lines([`${mark}${language}`, ...lines, mark].map((text) => ({text})))
  at.advance(close.end)
  write.blank()
  return true
}

/** `<h2>` and the like as a Markdown heading, with its id. */
export function headingElement(reading: Reading, tag: Tag): boolean {
  const {at, write} = reading
  const name = tag.name.toLowerCase()
  const close = at.ahead.closingTag(name, tag.end, Math.min(at.text.length, tag.end + 5000))
  if (!close || write.isOneLine) {
    at.advance(tag.end)
    write.break()
    return true
  }
  write.takeAnchor()
  const inner = reading.inline(at.text.slice(tag.end, close.start))
  const id = attributeOf(tag, 'id') ?? write.takeAnchor()
  reading.note('html:heading', 'flattened')
  write.break()
  if (inner !== '') write.heading(Number(name[1]), inner, {id})
  at.advance(close.end)
  write.blank()
  return true
}

/** A caption or summary as a separate paragraph in bold. */
export function captionElement(reading: Reading, tag: Tag): boolean {
  const {at, write} = reading
  const name = tag.name.toLowerCase()
  const close = at.ahead.closingTag(name, tag.end, Math.min(at.text.length, tag.end + 3000))
  write.break()
  if (!close || /<(?:p|div|ul|table)\b/i.test(at.text.slice(tag.end, close.start))) {
    at.advance(tag.end)
    return true
  }
  const inner = reading.inline(at.text.slice(tag.end, close.start))
  write.put(inner === '' || /[*\\]/.test(inner) ? inner : `**${inner}**`)
  at.advance(close.end)
  write.break()
  at.skipSpace()
  return true
}

/** The tags of a list, whose items become Markdown items. */
export function listElement(reading: Reading, tag: Tag): boolean {
  const {at, write, context} = reading
  const ordered = tag.name.toLowerCase() === 'ol'
  at.advance(tag.end)
  if (write.isOneLine) {
    write.put(' ')
    return true
  }
  const name = ordered ? 'ol' : 'ul'
  if (tag.kind === 'open') {
    write.openList(ordered)
    if (context.mdx) elementContainer(reading, tag, name)
  } else {
    if (context.mdx) closeElement(reading, name)
    write.closeList()
  }
  return true
}

/** The tags of a list item. */
export function itemElement({at, write}: Reading, tag: Tag): boolean {
  at.advance(tag.end)
  if (write.isOneLine) {
    write.put(tag.kind === 'close' ? ' ' : ' • ')
    return true
  }
  if (tag.kind === 'close') write.closeItem()
  else {
    write.openItem()
    at.skipSpace()
  }
  return true
}

/** `<br>`: a new line, if there can be one. */
export function lineBreak({at, write}: Reading, tag: Tag): boolean {
  at.advance(tag.end)
  if (write.isOneLine) write.put(' ')
  else if (write.hasContent && !/^[ \t]*\n/.test(at.text.slice(at.p, at.lineEnd() + 1))) {
    write.newLine()
    at.skipSpace()
  }
  return true
}
