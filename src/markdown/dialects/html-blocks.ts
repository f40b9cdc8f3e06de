import type {Pass} from '../flattening/pass.ts'
import {attributeOf, wholeString} from '../jsx-text.ts'
import {decodeEntities, type Tag, withoutTags} from '../tags.ts'
import {closeElement, elementContainer} from './elements.ts'
import {codeSpanOf} from './markdown-text.ts'

/** `<pre>` as a code block. */
export function pre(pass: Pass, tag: Tag): boolean {
  const close = pass.ahead.closingTag('pre', tag.end)
  if (!close) {
    pass.advance(tag.end)
    pass.break()
    return true
  }
  let inner = pass.text.slice(tag.end, close.start)
  const code = /^\s*<code([^>]*)>/i.exec(inner)
  const named =
    /(?:class(?:Name)?|lang|language)\s*=\s*["']?(?:[^"'>]*\s)?(?:language-|lang-|highlight-)?([\w+#-]+)/.exec(
      `${code?.[1] ?? ''} ${tag.attributes.map(({name, value}) => `${name}="${value ?? ''}"`).join(' ')}`,
    )
  const language = code || /language-/.test(named?.[0] ?? '') ? (named?.[1] ?? '') : ''
  const template =
    /^\s*(?:<code[^>]*>)?\s*\{\s*(`[\s\S]*`|"[\s\S]*"|'[\s\S]*')\s*\}\s*(?:<\/code>)?\s*$/.exec(inner)
  inner =
    template && pass.context.mdx ? (wholeString(template[1]!) ?? inner) : decodeEntities(withoutTags(inner))
  pass.note('html:pre', 'flattened')
  const lines = inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n')
  if (pass.isOneLine()) {
    const flat = lines
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' ')
    pass.put(` ${codeSpanOf(flat)} `)
    pass.advance(close.end)
    return true
  }
  pass.break()
  const lead = pass.current
  const rest = pass.prefix
  pass.current = ''
  const longest = Math.max(2, ...lines.map((line) => /`{3,}/.exec(line)?.[0].length ?? 0))
  const mark = '`'.repeat(longest + 1)
  pass.push(`${lead}${mark}${language}`)
  for (const line of lines) pass.push(line === '' ? rest.trimEnd() : rest + line)
  pass.push(`${rest}${mark}`)
  pass.current = rest
  pass.hasContent = false
  pass.advance(close.end)
  pass.blank()
  return true
}

/** `<h2>` and the like as a Markdown heading, with its id. */
export function headingElement(pass: Pass, tag: Tag): boolean {
  const name = tag.name.toLowerCase()
  const close = pass.ahead.closingTag(name, tag.end, Math.min(pass.text.length, tag.end + 5000))
  if (!close || pass.isOneLine()) {
    pass.advance(tag.end)
    pass.break()
    return true
  }
  pass.pendingAnchor = null
  const inner = pass.inline(pass.text.slice(tag.end, close.start))
  const inside = pass.pendingAnchor as {readonly id: string} | null
  const id = attributeOf(tag, 'id') ?? inside?.id ?? null
  pass.note('html:heading', 'flattened')
  pass.break()
  if (inner !== '') {
    pass.push(`${pass.current}${'#'.repeat(Number(name[1]))} ${inner}`)
    if (id !== null) pass.headingIds.set(pass.out.length, id)
  }
  pass.current = pass.prefix
  pass.hasContent = false
  pass.pendingAnchor = null
  pass.advance(close.end)
  pass.blank()
  return true
}

/** A caption or summary as a separate paragraph in bold. */
export function captionElement(pass: Pass, tag: Tag): boolean {
  const name = tag.name.toLowerCase()
  const close = pass.ahead.closingTag(name, tag.end, Math.min(pass.text.length, tag.end + 3000))
  pass.break()
  if (!close || /<(?:p|div|ul|table)\b/i.test(pass.text.slice(tag.end, close.start))) {
    pass.advance(tag.end)
    return true
  }
  const inner = pass.inline(pass.text.slice(tag.end, close.start))
  pass.put(inner === '' || /[*\\]/.test(inner) ? inner : `**${inner}**`)
  pass.advance(close.end)
  pass.break()
  pass.skipSpace()
  return true
}

/** The tags of a list, whose items become Markdown items. */
export function listElement(pass: Pass, tag: Tag): boolean {
  const ordered = tag.name.toLowerCase() === 'ol'
  pass.advance(tag.end)
  if (pass.isOneLine()) {
    pass.put(' ')
    return true
  }
  if (tag.kind === 'open') {
    if (pass.hasContent) {
      pass.push(pass.current.trimEnd())
      pass.current = pass.prefix
      pass.hasContent = false
    }
    if (pass.htmlLists.length === 0) pass.blank()
    pass.htmlLists.push({ordered, prefix: pass.prefix.slice(pass.rawPrefix.length)})
    if (pass.context.mdx) elementContainer(pass, tag, ordered ? 'ol' : 'ul')
  } else {
    if (pass.hasContent) {
      pass.push(pass.current.trimEnd())
      pass.hasContent = false
    }
    const list = pass.htmlLists.pop()
    if (pass.context.mdx) closeElement(pass, ordered ? 'ol' : 'ul')
    pass.prefix = pass.rawPrefix + (list?.prefix ?? '')
    pass.current = pass.prefix
    if (pass.htmlLists.length === 0) pass.blank()
  }
  return true
}

/** The tags of a list item. */
export function itemElement(pass: Pass, tag: Tag): boolean {
  pass.advance(tag.end)
  if (pass.isOneLine()) {
    pass.put(tag.kind === 'close' ? ' ' : ' • ')
    return true
  }
  if (pass.hasContent) pass.push(pass.current.trimEnd())
  pass.hasContent = false
  const list = pass.htmlLists.at(-1)
  const base = pass.rawPrefix + (list?.prefix ?? '')
  if (tag.kind === 'close') {
    pass.prefix = base
    pass.current = base
    return true
  }
  const marker = list?.ordered ? '1. ' : '- '
  pass.current = base + marker
  pass.prefix = base + ' '.repeat(marker.length)
  pass.skipSpace()
  return true
}

/** `<br>`: a new line, if there can be one. */
export function lineBreak(pass: Pass, tag: Tag): boolean {
  pass.advance(tag.end)
  if (pass.isOneLine()) pass.put(' ')
  else if (pass.hasContent && !/^[ \t]*\n/.test(pass.text.slice(pass.p, pass.lineEnd() + 1))) {
    pass.push(pass.current.trimEnd())
    pass.current = pass.prefix
    pass.hasContent = false
    pass.skipSpace()
  }
  return true
}
