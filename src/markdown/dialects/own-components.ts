import {lostIn, mayShow} from '../flattening/exported-text.ts'
import type {Pass} from '../flattening/pass.ts'
import type {Exported, Markup} from '../module-exports.ts'
import {type Tag, withoutTags} from '../tags.ts'
import {openComponent} from './elements.ts'
import {paragraphEnd} from './reach.ts'

/** The export of the page that a tag names. */
export function ownOf(pass: Pass, {name}: Tag): Exported | null {
  const {exported} = pass.context
  return exported.get(name) ?? exported.get(name.split('.')[0]!) ?? null
}

/**
 * A component that the page itself defines: shows its definition, with the tag's properties filled in. False if it
 * computes what it shows, so that it is read like any other component.
 */
export function ownComponent(pass: Pass, tag: Tag, own: Exported, isBlock: boolean): boolean {
  if (own.markup === null) {
    const lost = lostIn(pass.context, tag.name.split('.')[0]!)
    if (lost !== '') pass.note('mdx:export', 'not-understood', `${tag.name} computes what it shows`, lost)
    return false
  }
  const {before, after} = shownBy(own.markup, tag)
  if (!mayShow(pass, before.length + after.length)) {
    pass.note(`jsx:${tag.name}`, 'not-understood', 'the page shows too much of what it exports')
    pass.advance(tag.end)
    return true
  }
  pass.note(`jsx:${tag.name}`, 'flattened', 'defined on the page')
  const close = tag.kind === 'open' ? pass.ahead.closingTag(tag.name, tag.end, paragraphEnd(pass)) : null
  const inside = close ? pass.text.slice(tag.end, close.start) : ''
  if (tag.kind === 'self-closing' || close) {
    pass.advance(close?.end ?? tag.end)
    show(pass, before + inside + after, isBlock)
    return true
  }
  pass.advance(tag.end)
  if (hasText(before)) show(pass, before, isBlock)
  if (isBlock) {
    pass.break()
    openComponent(pass, tag, {after: hasText(after) ? after : ''})
    pass.skipSpace()
  }
  return true
}

function show(pass: Pass, markup: string, isBlock: boolean): void {
  if (isBlock) pass.nested(markup)
  else pass.put(pass.inline(markup, false))
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
    if (typeof part === 'string') parts[n] += part
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
