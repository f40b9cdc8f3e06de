import {neverClosed} from '../fidelity.ts'
import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {attributeOf} from '../jsx-text.ts'
import {blockElements, hiddenElements, inlineElements, type Tag, tagAt, withoutTags} from '../tags.ts'
import {component} from './components.ts'
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

type ElementReader = (pass: Pass, tag: Tag) => boolean

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
  ...byName('b strong', (pass, tag) => emphasis(pass, tag, '**')),
  ...byName('i em', (pass, tag) => emphasis(pass, tag, '*')),
  ...byName('ul ol menu', listElement),
  ['li', itemElement],
])

function byName(names: string, reader: ElementReader): [string, ElementReader][] {
  return names.split(' ').map((name) => [name, reader])
}

function readComment(pass: Pass): boolean {
  const {text, p} = pass
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
  const limit = open === '<!' ? paragraphEnd(pass) : reach(pass)
  const end = text.startsWith('<!-->', p) ? p + 2 : pass.ahead.next(close!, p + open!.length)
  if (end < 0 && open === '<!--' && !pass.hasContent && !pass.options.inline) return unclosedComment(pass)
  if (end < 0 || end >= limit) return false
  pass.note('comment', 'dropped')
  const isFirst = !pass.hasContent
  pass.advance(end + close!.length)
  // A comment that is alone on its lines leaves no empty line.
  if (
    isFirst &&
    !pass.isOneLine() &&
    pass.current.trim() === '' &&
    /^[ \t]*(?:\n|$)/.test(text.slice(pass.p, pass.lineEnd() + 1))
  )
    pass.current = ''
  return true
}

/** In CommonMark, a block that begins with an unclosed comment hides everything up to the end of the page. */
function unclosedComment(pass: Pass): true {
  pass.note('comment', 'not-understood', neverClosed, pass.text.slice(pass.p))
  pass.advance(pass.text.length)
  return true
}

function readAddress(pass: Pass): boolean {
  const address = /^<((?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)|[^\s<>@/]+@[^\s<>@]+\.[^\s<>@]+)>/.exec(
    pass.text.slice(pass.p, pass.p + 2000),
  )?.[0]
  if (address === undefined || /^<\w+:[a-z]+(?:\s|>)/.test(address)) return false
  pass.put(address)
  pass.p += address.length
  return true
}

function readTag(pass: Pass): boolean {
  const tag = tagAt(pass.text, pass.p)
  if (!tag || hasStrayValue(tag)) return false
  const id = attributeOf(tag, 'id') ?? (tag.name === 'a' ? attributeOf(tag, 'name') : null)
  if (id) pass.context.fragments.add(id)
  const name = tag.name.toLowerCase()
  const isComponent = /^[A-Z]/.test(tag.name) || tag.name.includes('.')
  const isHtml = blockElements.has(name) || inlineElements.has(name) || hiddenElements.has(name)
  if (isComponent && (!isHtml || pass.context.mdx)) return !isPlaceholder(pass, tag) && component(pass, tag)
  if (tag.name === '') {
    pass.advance(tag.end)
    return true
  }
  if (isHtml) return readElement(pass, tag, name)
  if (!isPlaceholder(pass, tag)) return component(pass, tag)
  pass.note('placeholder', 'flattened', `<${tag.name}>`)
  return false
}

function readElement(pass: Pass, tag: Tag, name: string): boolean {
  if (hiddenElements.has(name)) {
    const end = tag.kind === 'open' ? pass.ahead.closingTag(name, tag.end) : null
    const drawn = name === 'svg' && end ? drawnText(pass.text.slice(tag.end, end.start)) : ''
    pass.note(`html:${name}`, drawn === '' ? 'dropped' : 'not-understood', undefined, drawn)
    pass.advance(end ? end.end : tag.end)
    return true
  }
  const whole = tag.kind === 'open' ? wholeElements.get(name) : undefined
  if (whole) return whole(pass, tag)
  const other = otherElements.get(name)
  if (other) return other(pass, tag)
  pass.advance(tag.end)
  if (blockElements.has(name)) {
    pass.break()
    pass.skipSpace()
    if (pass.context.mdx && !pass.options.inline) elementContainer(pass, tag, name)
  } else if (name === 'option' || name === 'button') pass.put(' ')
  return true
}

/** The words in a drawing. They are labels in no order, so they are not kept. */
function drawnText(svg: string): string {
  return [...svg.matchAll(/<text\b[^>]*>([\s\S]*?)<\/text>/gi)]
    .map((match) => withoutTags(match[1]!))
    .join(' ')
}
