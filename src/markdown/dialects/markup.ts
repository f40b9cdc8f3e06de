import {neverClosed} from '../fidelity.ts'
import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {attributeOf} from '../jsx-text.ts'
import {blockElements, hiddenElements, inlineElements, type Tag, tagAt, withoutTags} from '../tags.ts'
import {component} from './components.ts'
import {definitionElement} from './definition-elements.ts'
import {elementContainer, hasStrayValue, isPlaceholder} from './elements.ts'
import {captionElement, headingElement, itemElement, lineBreak, listElement, pre} from './html-blocks.ts'
import {anchorElement, codeElement, emphasis, image} from './html-inline.ts'
import {table} from './html-tables.ts'
import {paragraphEnd, reach} from './reach.ts'

/** Everything that begins with `<`: comments, addresses, HTML elements, components. */
export const markup: Dialect = {
  name: 'markup',
  text: [
    {starts: '<', read: readComment},
    {starts: '<', read: readAddress},
    {starts: '<', read: readTag},
  ],
}

type ElementReader = (reading: Reading, tag: Tag) => boolean

/** Elements that are read as a whole, from the opening tag to the closing one. */
const wholeElements: ReadonlyMap<string, ElementReader> = new Map([
  ['pre', pre],
  ...byName('code kbd samp tt', codeElement),
  ['table', table],
  ...byName('h1 h2 h3 h4 h5 h6', headingElement),
  ...byName('summary figcaption legend caption', captionElement),
])

/** Elements whose tags and content are read one by one. */
const otherElements: ReadonlyMap<string, ElementReader> = new Map([
  ['a', anchorElement],
  ['img', image],
  ['br', lineBreak],
  ...byName('b strong', (reading, tag) => emphasis(reading, tag, '**')),
  ...byName('i em', (reading, tag) => emphasis(reading, tag, '*')),
  ...byName('dl dt dd', definitionElement),
  ...byName('ul ol menu', listElement),
  ['li', itemElement],
])

function byName(names: string, reader: ElementReader): [string, ElementReader][] {
  return names.split(' ').map((name) => [name, reader])
}

function readComment(reading: Reading): boolean {
  const {at, write} = reading
  const {text, p} = at
  const next = text[p + 1]
  if (next !== '!' && next !== '?') return false
  const [open, close] = text.startsWith('<!--', p)
    ? ['<!--', '-->']
    : text.startsWith('<![CDATA[', p)
      ? ['<![CDATA[', ']]>']
      : next === '?'
        ? ['<?', '?>']
        : ['<!', '>']
  if (open === '<!' && !/[A-Za-z]/.test(text[p + 2] ?? '')) return false
  const limit = open === '<!' ? paragraphEnd(reading) : reach(reading)
  const end = text.startsWith('<!-->', p) ? p + 2 : at.ahead.next(close!, p + open!.length)
  if (end < 0 && open === '<!--' && !write.hasContent && !reading.isInline) return unclosedComment(reading)
  if (end < 0 || end >= limit) return false
  reading.note('comment', 'dropped')
  const isFirst = !write.hasContent
  at.advance(end + close!.length)
  // A comment that is alone on its lines leaves no empty line.
  if (isFirst && /^[ \t]*(?:\n|$)/.test(text.slice(at.p, at.lineEnd() + 1))) write.leaveNoLine()
  return true
}

/** In CommonMark, a block that begins with an unclosed comment hides everything up to the end of the page. */
function unclosedComment(reading: Reading): true {
  const {at} = reading
  reading.note('comment', 'not-understood', neverClosed, at.text.slice(at.p))
  at.advance(at.text.length)
  return true
}

function readAddress({at, write}: Reading): boolean {
  const address = /^<((?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)|[^\s<>@/]+@[^\s<>@]+\.[^\s<>@]+)>/.exec(
    at.text.slice(at.p, at.p + 2000),
  )?.[0]
  if (address === undefined || /^<\w+:[a-z]+(?:\s|>)/.test(address)) return false
  write.put(address)
  at.skip(address.length)
  return true
}

function readTag(reading: Reading): boolean {
  const {at, context} = reading
  const tag = tagAt(at.text, at.p)
  if (!tag || hasStrayValue(tag)) return false
  const id = attributeOf(tag, 'id') ?? (tag.name === 'a' ? attributeOf(tag, 'name') : null)
  if (id) context.fragments.add(id)
  const name = tag.name.toLowerCase()
  const isComponent = /^[A-Z]/.test(tag.name) || tag.name.includes('.')
  const isHtml = blockElements.has(name) || inlineElements.has(name) || hiddenElements.has(name)
  if (isComponent && (!isHtml || context.mdx)) return !isPlaceholder(reading, tag) && component(reading, tag)
  if (tag.name === '') {
    at.advance(tag.end)
    return true
  }
  if (isHtml) return readElement(reading, tag, name)
  if (!isPlaceholder(reading, tag)) return component(reading, tag)
  reading.note('placeholder', 'flattened', `<${tag.name}>`)
  return false
}

function readElement(reading: Reading, tag: Tag, name: string): boolean {
  const {at, write, context} = reading
  if (hiddenElements.has(name)) {
    const end = tag.kind === 'open' ? at.ahead.closingTag(name, tag.end) : null
    const drawn = name === 'svg' && end ? drawnText(at.text.slice(tag.end, end.start)) : ''
    reading.note(`html:${name}`, drawn === '' ? 'dropped' : 'not-understood', undefined, drawn)
    at.advance(end ? end.end : tag.end)
    return true
  }
  const whole = tag.kind === 'open' ? wholeElements.get(name) : undefined
  if (whole) return whole(reading, tag)
  const other = otherElements.get(name)
  if (other) return other(reading, tag)
  at.advance(tag.end)
  if (blockElements.has(name)) {
    write.break()
    at.skipSpace()
    if (context.mdx && !reading.isInline) elementContainer(reading, tag, name)
  } else if (name === 'option' || name === 'button') write.put(' ')
  return true
}

/** The words in a drawing. They are labels in no order, so they are not kept. */
function drawnText(svg: string): string {
  return [...svg.matchAll(/<text\b[^>]*>([\s\S]*?)<\/text>/gi)]
    .map((match) => withoutTags(match[1]!))
    .join(' ')
}
