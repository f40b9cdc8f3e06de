import type {Reading} from '../flattening/reading.ts'
import {attributeOf, wholeString} from '../jsx-text.ts'
import {decodeEntities, type Tag, withoutTags} from '../tags.ts'
import {codeSpanOf, destinationOf} from './markdown-text.ts'
import {resolvedDestination, shortcodesInCode} from './shortcode-values.ts'

/** `<code>` and the like as a code span, with a link around it. */
export function codeElement(reading: Reading, tag: Tag): boolean {
  const {at, write, context} = reading
  const close = at.ahead.closingTag(tag.name, tag.end, Math.min(at.text.length, tag.end + 20_000))
  if (!close) {
    at.advance(tag.end)
    return true
  }
  const source = at.text.slice(tag.end, close.start)
  if (/\n[ \t]*\n/.test(source) || /<(?:p|div|ul|table|pre)\b/i.test(source)) {
    at.advance(tag.end)
    return true
  }
  let code = source
  if (context.mdx && code.includes('{')) {
    code = code.replace(
      /\{\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*\}/g,
      (whole, string: string) => wholeString(string) ?? whole,
    )
  }
  // Markdown applies inside an inline element, but in a code element it can only be a link.
  const link = write.isRaw ? null : /^\s*\[([^\]]*)\]\(([^()\s]*)\)\s*$/.exec(code)
  const anchor = /^\s*<a\s[^>]*href=["']([^"']*)["'][^>]*>([\s\S]*)<\/a>\s*$/i.exec(code)
  if (code.includes('{{')) code = shortcodesInCode(reading, code)
  const words = decodeEntities(withoutTags(link ? link[1]! : code))
    .replace(/\s+/g, ' ')
    .replace(/^`+|`+$/g, '')
  const span = codeSpanOf(words.trim())
  const target = link?.[2] ?? anchor?.[1]
  write.put(target && span !== '' && !/[\s()<>]/.test(target) ? `[${span}](${target})` : span)
  at.advance(close.end)
  return true
}

/** Emphasis, if Markdown's marks mean the same there; else only the text. */
export function emphasis({at, write}: Reading, tag: Tag, mark: string): boolean {
  at.advance(tag.end)
  if (tag.kind !== 'open') return true
  const close = at.ahead.closingTag(tag.name, tag.end, Math.min(at.text.length, tag.end + 500))
  if (!close) return true
  const inner = at.text.slice(tag.end, close.start)
  const before = write.lastCharacter || ' '
  const after = at.text[close.end] ?? ' '
  const plain = /^[^\s*_`<>[\]{}\\][^*_`<>[\]{}\\\n]*[^\s*_`<>[\]{}\\]$|^[^\s*_`<>[\]{}\\]$/.test(inner)
  if (!plain || /[\w*_]/.test(before) || /[\w*_]/.test(after)) return true
  write.put(`${mark}${inner}${mark}`)
  at.advance(close.end)
  return true
}

/** A link, or an anchor that may become the id of a heading. */
export function anchorElement(reading: Reading, tag: Tag): boolean {
  const {at, write} = reading
  const id = attributeOf(tag, 'id') ?? attributeOf(tag, 'name')
  if (id !== null && attributeOf(tag, 'href') === null) write.anchor(id)
  at.advance(tag.end)
  const href = attributeOf(tag, 'href')
  if (tag.kind !== 'open' || href === null || href === '') return true
  const close = at.ahead.closingTag('a', tag.end, Math.min(at.text.length, tag.end + 3000))
  if (!close) return true
  const inner = at.text.slice(tag.end, close.start)
  if (
    /\n[ \t]*\n|<(?:div|p|ul|ol|li|h\d|table|pre|section|article|br|figure)\b|<[A-Z]|```/i.test(inner) &&
    /<(?:div|p|ul|ol|li|h\d|table|pre|section|article|figure)\b|\n[ \t]*\n|<[A-Z]/.test(inner)
  )
    return true
  const label = reading.inline(inner)
  const target = resolvedDestination(reading, href)
  write.put(label === '' ? '' : label.includes('](') ? label : `[${label}](${destinationOf(target)})`)
  at.advance(close.end)
  return true
}

/** An image: its alternative text, and its caption if it has one. */
export function image(reading: Reading, tag: Tag): boolean {
  const {at, write} = reading
  const alt = (attributeOf(tag, 'alt') ?? '').replace(/\s+/g, ' ').trim()
  const source = attributeOf(tag, 'src') ?? ''
  const caption = attributeOf(tag, 'caption')
  at.advance(tag.end)
  const target = source.startsWith('data:') || /[{}]/.test(source) ? '' : destinationOf(source)
  const isCell = write.isCell
  const tidy = decodeEntities(alt).replace(/[[\]\\`*_<]/g, '\\$&')
  if (alt !== '') write.put(`![${isCell ? tidy.replaceAll('|', '\\|') : tidy}](${target})`)
  if (caption) write.put(` ${reading.inline(caption, false)}`)
  return true
}
