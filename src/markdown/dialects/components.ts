import {plainInfo} from '../fence-info.ts'
import {lostIn, mayShow} from '../flattening/exported-text.ts'
import type {Reading} from '../flattening/reading.ts'
import {
  attributeOf,
  type ComponentText,
  calloutNames,
  componentText,
  groupLabels,
  isMachineProperty,
} from '../jsx-text.ts'
import type {DescribedEntry} from '../object-text.ts'
import type {Tag} from '../tags.ts'
import {codeBlock} from './code-block.ts'
import {closeElement, openComponent} from './elements.ts'
import {fileOf, showFile} from './file-trees.ts'
import {image} from './html-inline.ts'
import {includeWhole} from './includes.ts'
import {boldOf, capital, codeSpanOf, destinationOf} from './markdown-text.ts'
import {ownComponent, ownOf} from './own-components.ts'

/** A JSX component or custom element: the texts in its properties, then its content. */
export function component(reading: Reading, written: Tag): boolean {
  const {at} = reading
  const tag = withExports(reading, written)
  if (tag.kind === 'close') return closeComponent(reading, tag)
  if (includedComponent(reading, tag)) return true
  const isTab = isTabName(tag.name)
  // A tab is a block, also beside another one.
  const isBlock = standsAlone(reading, tag) || (isTab && tag.kind === 'open' && !reading.write.isOneLine)
  const own = ownOf(reading, tag)
  if (own && ownComponent(reading, tag, own, isBlock)) return true
  const key = keyOf(tag)
  if (/^(?:img|image|picture|themedimage|screenshot|zoomimage)$/.test(key)) {
    reading.note(`jsx:${tag.name}`, 'flattened')
    return image(reading, tag)
  }
  const file = isBlock ? fileOf(tag) : null
  if (file !== null) return showFile(reading, tag, file)
  // Beside words of its own, a term only says which entry of a glossary a tooltip shows.
  const isTooltip = !isBlock && tag.kind === 'open'
  const text = componentText(isTooltip ? without(tag, 'term') : tag)
  const kind = key in calloutNames && !own ? calloutNames[key]! || calloutTitle(tag) : null
  const title = text.label ?? (isTab ? reading.containers.nextLabel() : null) ?? kind
  noteComponent(reading, tag, {...text, label: title})
  at.advance(tag.end)
  if (isBlock) showBlock(reading, tag, {...text, label: title})
  else showWords(reading, {...text, label: title})
  return true
}

function without(tag: Tag, property: string): Tag {
  return {...tag, attributes: tag.attributes.filter(({name}) => name !== property)}
}

/** Its name without what it is a member of, in lower case. */
function keyOf({name}: Tag): string {
  return name.toLowerCase().split('.').at(-1)!
}

function closeComponent(reading: Reading, tag: Tag): true {
  const {at, write, containers} = reading
  const wasEmpty = !write.hasContent
  const opened = containers.find(({kind, name}) => kind === 'element' && name === tag.name)
  at.advance(tag.end)
  if (opened) closeElement(reading, tag.name)
  else if (wasEmpty || isTabName(tag.name)) write.break()
  else if (/^<[A-Z]/.test(at.text.slice(at.p, at.p + 2)) && /\S/.test(write.lastCharacter)) write.put(' ')
  if (opened?.after) reading.nested(opened.after)
  if (opened || !write.hasContent) at.skipSpace()
  return true
}

/** A component that is an imported file. */
function includedComponent(reading: Reading, tag: Tag): boolean {
  const file = reading.context.imports.get(tag.name)
  const snippet = keyOf(tag) === 'snippet' ? attributeOf(tag, 'file') : null
  if (file === undefined && snippet === null) return false
  reading.at.advance(tag.end)
  reading.write.break()
  includeWhole(reading, file ?? `snippets/${snippet}`, 'include')
  return true
}

/** Whether nothing else is on its lines, so that its content is blocks. */
function standsAlone({at, write}: Reading, tag: Tag): boolean {
  const lineRest = at.text.slice(tag.end, at.lineEnd(tag.end)).trim()
  return !write.isOneLine && !write.hasContent && (lineRest === '' || lineRest.endsWith(`</${tag.name}>`))
}

function noteComponent(
  reading: Reading,
  tag: Tag,
  {label, texts, codes, entries, ...text}: ComponentText,
): void {
  const construct = `jsx:${tag.name}`
  const unread = [text.unread, lostInProperties(reading, tag)].filter(Boolean).join(' ')
  const isEmpty = !label && texts.length + codes.length + entries.length === 0
  if (tag.kind === 'self-closing' && isEmpty)
    reading.note(construct, 'not-understood', 'it has no text of its own', unread)
  else if (unread !== '') reading.note(construct, 'not-understood', 'code in its properties', unread)
  else reading.note(construct, 'flattened')
}

/** For a tooltip, its own words come first, then what it shows on hover. */
function showWords(reading: Reading, {label, texts, codes, entries}: ComponentText): void {
  const {write} = reading
  const shown = [
    ...(label ? [label] : []),
    ...texts,
    ...codes.map(({text}) => codeSpanOf(text.replace(/\s+/g, ' ').trim())),
    ...entries.map(lineOf),
  ]
  if (shown.length > 0) write.put(`${write.hasContent ? ' ' : ''}${reading.inline(shown.join(' '), false)} `)
}

function showBlock(reading: Reading, tag: Tag, {label, texts, codes, entries, href}: ComponentText): void {
  const {at, write} = reading
  const key = keyOf(tag)
  write.break()
  const isLineEnd = at.text.slice(tag.end, at.lineEnd(tag.end)).trim() === ''
  if (tag.kind === 'open' && (isLineEnd || groupLabels(tag).length > 0))
    openComponent(reading, tag, {
      shownAs: key in calloutNames && key !== 'example' && key !== 'summary' ? 'quote' : 'text',
    })
  if (label) {
    const text = reading.inline(label, false)
    const bold = boldOf(text)
    write.put(href && !text.includes('](') ? `[${bold}](${destinationOf(href)})` : bold)
    write.break()
  }
  for (const text of texts) {
    write.put(reading.inline(text, false))
    write.break()
  }
  for (const {name, text} of codes) showCode(reading, tag, name, text)
  if (entries.length > 0)
    write.lines(entries.map((entry) => ({text: `- ${reading.inline(lineOf(entry), false)}`})))
  if (entries.length > 0) write.blank()
  at.skipSpace()
}

/** Code in a property that is named after what the code is for, such as a package manager. */
function showCode(reading: Reading, tag: Tag, name: string, text: string): void {
  const isWhole = /^(?:code|commands?|snippet)$/i.test(name)
  const language = isWhole ? (attributeOf(tag, 'language') ?? attributeOf(tag, 'lang') ?? '') : ''
  const lines = dedented(text.replace(/^\s*\n|\s+$/g, '').split('\n'))
  codeBlock(reading, {info: isWhole ? language : plainInfo(language, name), lines})
  reading.write.blank()
}

function dedented(lines: readonly string[]): string[] {
  const indent = Math.min(...lines.slice(1).map((line) => (line.trim() === '' ? 100 : line.search(/\S/))))
  return lines.map((line, n) => (n === 0 ? line.trimStart() : line.slice(indent)))
}

/** An entry on one line. */
function lineOf({name, type, texts}: DescribedEntry): string {
  const described = texts.join('; ')
  return `**${name}**${type === null ? '' : ` ${codeSpanOf(type)}`}${described === '' ? '' : `: ${described}`}`
}

/** The tag with the names of exports replaced by their data. */
function withExports(reading: Reading, tag: Tag): Tag {
  const {exported} = reading.context
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
