import {lostIn, mayShow} from '../flattening/exported-text.ts'
import type {Reading} from '../flattening/reading.ts'
import {attributeOf, calloutNames, componentText, isMachineProperty} from '../jsx-text.ts'
import type {Tag} from '../tags.ts'
import {closeElement, openComponent} from './elements.ts'
import {image} from './html-inline.ts'
import {includeWhole} from './includes.ts'
import {capital, destinationOf} from './markdown-text.ts'
import {ownComponent, ownOf} from './own-components.ts'

/** A JSX component or custom element: the texts in its properties, then its content. */
export function component(reading: Reading, written: Tag): boolean {
  const {at, write, containers, context} = reading
  const tag = withExports(reading, written)
  const key = tag.name.toLowerCase().split('.').at(-1)!
  const construct = `jsx:${tag.name}`
  const lineRest = at.text.slice(tag.end, at.lineEnd(tag.end)).trim()
  const wasEmpty = !write.hasContent
  if (tag.kind === 'close') {
    const opened = containers.find(({kind, name}) => kind === 'element' && name === tag.name)
    at.advance(tag.end)
    if (opened) closeElement(reading, tag.name)
    else if (wasEmpty) write.break()
    if (opened?.after) reading.nested(opened.after)
    if (opened || wasEmpty) at.skipSpace()
    return true
  }
  const file = context.imports.get(tag.name)
  if (file !== undefined || (key === 'snippet' && attributeOf(tag, 'file') !== null)) {
    const spec = file ?? `snippets/${attributeOf(tag, 'file')}`
    at.advance(tag.end)
    write.break()
    includeWhole(reading, spec, 'include')
    return true
  }
  const isBlock =
    !write.isOneLine &&
    wasEmpty &&
    (lineRest === '' ||
      lineRest.endsWith(`</${tag.name}>`) ||
      (tag.kind === 'self-closing' && lineRest === ''))
  const own = ownOf(reading, tag)
  if (own && ownComponent(reading, tag, own, isBlock)) return true
  const {label, texts, href, ...code} = componentText(tag)
  const unread = [code.unread, lostInProperties(reading, tag)].filter(Boolean).join(' ')
  if (/^(?:img|image|picture|themedimage|screenshot|zoomimage)$/.test(key)) {
    reading.note(construct, 'flattened')
    image(reading, tag)
    return true
  }
  const given = label ?? (isTabName(tag.name) ? containers.nextLabel() : null)
  const title = given ?? (key in calloutNames && !own ? calloutNames[key]! || calloutTitle(tag) : null)
  const shown = [...(title ? [title] : []), ...texts]
  if (tag.kind === 'self-closing' && shown.length === 0)
    reading.note(construct, 'not-understood', 'it has no text of its own', unread)
  else if (unread !== '') reading.note(construct, 'not-understood', 'code in its properties', unread)
  else reading.note(construct, 'flattened')

  at.advance(tag.end)
  if (!isBlock) {
    // For a tooltip, its own words come first, then what it shows on hover.
    if (shown.length > 0)
      write.put(`${write.hasContent ? ' ' : ''}${reading.inline(shown.join(' '), false)} `)
    return true
  }
  write.break()
  if (tag.kind === 'open' && lineRest === '')
    openComponent(reading, tag, {
      shownAs: key in calloutNames && key !== 'example' && key !== 'summary' ? 'quote' : 'text',
    })
  if (title) {
    const text = reading.inline(title, false)
    const bold = /[*\\]/.test(text) ? text : `**${text}**`
    write.put(href && !text.includes('](') ? `[${bold}](${destinationOf(href)})` : bold)
    write.break()
  }
  for (const text of texts) {
    write.put(reading.inline(text, false))
    write.break()
  }
  at.skipSpace()
  return true
}

/** The tag with the names of exports replaced by their data. */
function withExports(reading: Reading, tag: Tag): Tag {
  const {context} = reading
  const {exported} = context
  if (exported.size === 0) return tag
  const attributes = tag.attributes.map((attribute) => {
    const data = attribute.isCode ? exported.get(attribute.value!.trim())?.data : null
    return data && mayShow(reading, data.length) ? {...attribute, value: data} : attribute
  })
  return {...tag, attributes}
}

/** Text of exports that properties use in code that is not understood. */
function lostInProperties({context}: Reading, {attributes}: Tag): string {
  return attributes
    .filter(({name, isCode}) => isCode && !isMachineProperty(name))
    .map(({value}) => lostIn(context, value!))
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
