import {lostIn, mayShow} from '../flattening/exported-text.ts'
import type {Pass} from '../flattening/pass.ts'
import {attributeOf, calloutNames, componentText, isMachineProperty} from '../jsx-text.ts'
import type {Tag} from '../tags.ts'
import {closeElement, openComponent} from './elements.ts'
import {image} from './html-inline.ts'
import {includeWhole} from './includes.ts'
import {capital, destinationOf} from './markdown-text.ts'
import {ownComponent, ownOf} from './own-components.ts'

/** A JSX component or custom element: the texts in its properties, then its content. */
export function component(pass: Pass, written: Tag): boolean {
  const tag = withExports(pass, written)
  const key = tag.name.toLowerCase().split('.').at(-1)!
  const construct = `jsx:${tag.name}`
  const lineRest = pass.text.slice(tag.end, pass.lineEnd(tag.end)).trim()
  const wasEmpty = !pass.hasContent
  if (tag.kind === 'close') {
    const opened = pass.stack.findLast(({kind, name}) => kind === 'element' && name === tag.name)
    pass.advance(tag.end)
    if (opened) closeElement(pass, tag.name)
    else if (wasEmpty) pass.break()
    if (opened?.after) pass.nested(opened.after)
    if (opened || wasEmpty) pass.skipSpace()
    return true
  }
  const file = pass.context.imports.get(tag.name)
  if (file !== undefined || (key === 'snippet' && attributeOf(tag, 'file') !== null)) {
    const spec = file ?? `snippets/${attributeOf(tag, 'file')}`
    pass.advance(tag.end)
    pass.break()
    includeWhole(pass, spec, 'include')
    pass.current = pass.prefix
    return true
  }
  const isBlock =
    !pass.isOneLine() &&
    wasEmpty &&
    (lineRest === '' ||
      lineRest.endsWith(`</${tag.name}>`) ||
      (tag.kind === 'self-closing' && lineRest === ''))
  const own = ownOf(pass, tag)
  if (own && ownComponent(pass, tag, own, isBlock)) return true
  const {label, texts, href, ...code} = componentText(tag)
  const unread = [code.unread, lostInProperties(pass, tag)].filter(Boolean).join(' ')
  if (/^(?:img|image|picture|themedimage|screenshot|zoomimage)$/.test(key)) {
    pass.note(construct, 'flattened')
    image(pass, tag)
    return true
  }
  const group = pass.stack.at(-1)
  const given = label ?? (isTabName(tag.name) ? (group?.labels.shift() ?? null) : null)
  const title = given ?? (key in calloutNames && !own ? calloutNames[key]! || calloutTitle(tag) : null)
  const shown = [...(title ? [title] : []), ...texts]
  if (tag.kind === 'self-closing' && shown.length === 0)
    pass.note(construct, 'not-understood', 'it has no text of its own', unread)
  else if (unread !== '') pass.note(construct, 'not-understood', 'code in its properties', unread)
  else pass.note(construct, 'flattened')

  pass.advance(tag.end)
  if (!isBlock) {
    // For a tooltip, its own words come first, then what it shows on hover.
    if (shown.length > 0) pass.put(`${pass.hasContent ? ' ' : ''}${pass.inline(shown.join(' '), false)} `)
    return true
  }
  pass.break()
  if (tag.kind === 'open' && lineRest === '')
    openComponent(pass, tag, {quote: key in calloutNames && key !== 'example' && key !== 'summary'})
  if (title) {
    const text = pass.inline(title, false)
    const bold = /[*\\]/.test(text) ? text : `**${text}**`
    pass.put(href && !text.includes('](') ? `[${bold}](${destinationOf(href)})` : bold)
    pass.break()
  }
  for (const text of texts) {
    pass.put(pass.inline(text, false))
    pass.break()
  }
  pass.skipSpace()
  return true
}

/** The tag with the names of exports replaced by their data. */
function withExports(pass: Pass, tag: Tag): Tag {
  const {exported} = pass.context
  if (exported.size === 0) return tag
  const attributes = tag.attributes.map((attribute) => {
    const data = attribute.isCode ? exported.get(attribute.value!.trim())?.data : null
    return data && mayShow(pass, data.length) ? {...attribute, value: data} : attribute
  })
  return {...tag, attributes}
}

/** Text of exports that properties use in code that is not understood. */
function lostInProperties(pass: Pass, {attributes}: Tag): string {
  return attributes
    .filter(({name, isCode}) => isCode && !isMachineProperty(name))
    .map(({value}) => lostIn(pass.context, value!))
    .filter(Boolean)
    .join(' ')
}

function isTabName(name: string): boolean {
  return /(?:^|\.)Tab(?:Item|Panel|s?Content)?$/.test(name)
}

function calloutTitle(tag: Tag): string {
  const type = attributeOf(tag, 'type') ?? attributeOf(tag, 'variant') ?? attributeOf(tag, 'intent') ?? ''
  return calloutNames[type.toLowerCase()] ?? capital(type)
}
