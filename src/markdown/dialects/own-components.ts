import {lostIn, mayShow} from '../flattening/exported-text.ts'
import type {Reading} from '../flattening/reading.ts'
import type {Exported, Markup} from '../module-exports.ts'
import {type Tag, withoutTags} from '../tags.ts'
import {openComponent} from './elements.ts'
import {unindented} from './markdown-text.ts'
import {paragraphEnd} from './reach.ts'

/** The export of the page that a tag names. */
export function ownOf({context}: Reading, {name}: Tag): Exported | null {
  const {exported} = context
  return exported.get(name) ?? exported.get(name.split('.')[0]!) ?? null
}

/**
 * A component that the page itself defines: shows its definition, with the tag's properties filled in. False if it
 * computes what it shows, so that it is read like any other component.
 */
export function ownComponent(reading: Reading, tag: Tag, own: Exported, isBlock: boolean): boolean {
  const {at, write, context} = reading
  if (own.markup === null) {
    const lost = lostIn(context, tag.name.split('.')[0]!)
    if (lost !== '') reading.note('mdx:export', 'not-understood', `${tag.name} computes what it shows`, lost)
    return false
  }
  const {before, after} = shownBy(own.markup, tag)
  if (!mayShow(reading, before.length + after.length)) {
    reading.note(`jsx:${tag.name}`, 'not-understood', 'the page shows too much of what it exports')
    at.advance(tag.end)
    return true
  }
  reading.note(`jsx:${tag.name}`, 'flattened', 'defined on the page')
  const close = tag.kind === 'open' ? at.ahead.closingTag(tag.name, tag.end, paragraphEnd(reading)) : null
  const inside = close ? at.text.slice(tag.end, close.start) : ''
  if (tag.kind === 'self-closing' || close) {
    at.advance(close?.end ?? tag.end)
    show(reading, before + inside + after, isBlock)
    return true
  }
  at.advance(tag.end)
  if (hasText(before)) show(reading, before, isBlock)
  if (isBlock) {
    write.break()
    openComponent(reading, tag, {after: hasText(after) ? after : ''})
    at.skipSpace()
  }
  return true
}

function show(reading: Reading, markup: string, isBlock: boolean): void {
  const {write} = reading
  if (isBlock) reading.nested(markup)
  else write.put(reading.inline(markup, false))
}

/** The elements with the tag's properties filled in, before and after the tag's content. */
function shownBy(markup: Markup, tag: Tag): {readonly before: string; readonly after: string} {
  const own = new Set(markup.map((part) => (typeof part === 'string' ? '' : part.property)))
  const given = new Map(
    tag.attributes.map(({name, value, isCode}) => [name, isCode ? value! : JSON.stringify(value)]),
  )
  const parts = ['', '']
  let n = 0
  for (const part of markup) {
    if (typeof part === 'string') parts[n] += unindented(part)
    else if (part.property === 'children' && !given.has('children')) n = 1
    else if (part.property === '...')
      parts[n] += [...given]
        .filter(([name]) => name !== '' && !own.has(name))
        .map(([name, code]) => `${name}={${code}}`)
        .join(' ')
    else parts[n] += `{${given.get(part.property) ?? part.fallback}}`
  }
  return {before: parts[0]!, after: parts[1]!}
}

function hasText(markup: string): boolean {
  return /[\p{L}\p{N}]/u.test(withoutTags(markup))
}
