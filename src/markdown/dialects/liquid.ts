import {posix} from 'node:path'
import {isMarkdownName} from '../../lib/markdown-name.ts'
import {columnsOf} from '../flattening/container.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {foldersAbove} from '../includes.ts'
import {calloutNames, readsAsProse} from '../jsx-text.ts'
import {callOf, type Shortcode} from '../shortcodes.ts'
import {readCapture} from './captures.ts'
import {codeBlock} from './code-block.ts'
import {includeInLine, includeWhole} from './includes.ts'
import {boldOf} from './markdown-text.ts'

/** Liquid tags: `{% note %}`, `{% tab title="npm" %}`, `{% include file.md %}`. */
export const liquid: Dialect = {
  name: 'liquid',
  lines: [{starts: '|', read: readRowOfTags}],
  text: [{starts: '{', read: readTag}],
}

/** A row of a table that has nothing but the logic around other rows. */
function readRowOfTags(reading: Reading, {text, end}: Line): boolean {
  const name = /^\|[ \t]*(?:\{%-?[ \t]*(\w+)[^{}%\n]*%\}[ \t]*\|?[ \t]*)+$/.exec(text)?.[1]
  if (name === undefined || !silent.has(name.replace(/^end/, ''))) return false
  reading.note(`liquid:${name}`, 'dropped')
  return reading.at.nextLine(end)
}

export interface LiquidTag extends Omit<Shortcode, 'kind'> {
  /** Without `end`. */
  readonly name: string
  readonly isEnd: boolean
  readonly label: string | null
  /** Whether nothing else is on its line: Liquid leaves an empty line there, which ends a paragraph. */
  readonly isAlone: boolean
}

function readTag(reading: Reading): boolean {
  const {at, write} = reading
  const match = /^\{%-?\s*([\s\S]*?)(-?)%\}/.exec(at.text.slice(at.p, at.p + 3000))
  if (!match) return false
  const tag = tagOf(reading, match[1]!.trim(), at.p + match[0].length)
  if (!tag.isEnd && readWhole(reading, tag)) return true
  at.advance(tag.end)
  if (tag.isEnd) endTag(reading, tag)
  else if (/^(?:include|include_relative|include_cached|partial|render)$/.test(tag.name))
    include(reading, tag)
  else if (/^(?:tab|step|details|code|card|accordion|expand)$/.test(tag.name)) labelled(reading, tag)
  else if (tag.name in calloutNames) callout(reading, tag)
  else if (silent.has(tag.name)) control(reading, tag)
  else unknown(reading, tag)
  if (tag.isAlone || match[2] === '-' || /\s/.test(write.lastCharacter)) at.skipSpace()
  return true
}

function tagOf({at, write}: Reading, inside: string, end: number): LiquidTag {
  const {name, kind, named, positional} = callOf(withoutBrackets(inside))
  const isLast = at.text.slice(end, at.lineEnd(end)).trim() === ''
  return {
    name: name.replace(/^end(?=\w)/, ''),
    isEnd: name.startsWith('end') || kind === 'close',
    named,
    positional: positional.filter((value) => value !== '%'),
    label: named['title'] ?? named['label'] ?? named['summary'] ?? null,
    end,
    isAlone: isLast && !write.hasContent && !write.isOneLine,
  }
}

/** Zola writes a tag as a call: `alert(type="note", icon=true)`. */
function withoutBrackets(inside: string): string {
  const [, name, values] = /^([\w-]+)\(([\s\S]*)\)$/.exec(inside) ?? []
  if (name === undefined) return inside
  return `${name} ${values!.replace(/"[^"]*"|'[^']*'|,/g, (part) => (part === ',' ? ' ' : part))}`
}

/** Tags whose content is not Liquid: they are read up to their end. */
function readWhole(reading: Reading, tag: LiquidTag): boolean {
  const {name, end} = tag
  if (/^(?:set|capture)$/.test(name)) return readCapture(reading, tag)
  if (!/^(?:raw|comment|highlight|code-?block)$/.test(name)) return false
  const {at, write} = reading
  const close = new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`).exec(at.text.slice(end))
  if (!close) return false
  const inner = at.text.slice(end, end + close.index)
  reading.note(`liquid:${name}`, name === 'comment' ? 'dropped' : 'flattened')
  if (name === 'raw') {
    if (inner.includes('\n')) {
      at.advance(end)
      write.break()
      for (const line of inner.split('\n')) write.line(line)
    } else write.put(withoutMarkup(inner))
  } else if (name !== 'comment') {
    write.break()
    const lines = inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n')
    codeBlock(reading, {info: codeInfo(tag), lines})
  }
  at.advance(end + close.index + close[0].length)
  return true
}

/** `{% highlight js %}`, or Hexo's `{% codeblock Title lang:js %}`. */
function codeInfo({name, positional}: LiquidTag): string {
  if (name !== 'codeblock') return positional[0] ?? ''
  const language = positional.find((value) => value.startsWith('lang:'))?.slice('lang:'.length) ?? ''
  const title = positional.filter((value) => !/^\w+:/.test(value)).join(' ')
  return title === '' ? language : `${language} title="${title.replaceAll('"', '')}"`
}

/** Raw text in a line: outside of code spans Markdown has no meaning in it. */
function withoutMarkup(text: string): string {
  const parts = text.split(/(`+[^`]+`+)/)
  return parts
    .map((part) =>
      part.startsWith('`')
        ? part
        : part.replace(/<code>([^<`]*)<\/code>|[<*_[\]]/g, (mark, code) =>
            code === undefined ? `\\${mark}` : `\`${code}\``,
          ),
    )
    .join('')
}

/** `{% end %}` of Zola closes whatever is open. */
function endTag({write, containers}: Reading, {name, isAlone}: LiquidTag): void {
  const opened = containers.find(
    (container) => container.kind === 'liquid' && (container.name === name || name === 'end'),
  )
  if (opened) {
    write.newLine()
    containers.close(opened)
  }
  if (opened || isAlone) write.break()
}

function include(reading: Reading, {named, positional, isAlone}: LiquidTag): void {
  const {write} = reading
  const file = (positional[0] ?? named['file'] ?? '').replace(/^["']|["']$/g, '')
  if (file === '' || file.includes('{')) return
  const above = isMarkdownName(file) ? foldersAbove(posix.dirname(reading.path)) : []
  const folders = ['_includes', 'includes', 'snippets', ...above.map((folder) => `${folder}/_includes`)]
  if (isAlone) {
    write.break()
    includeWhole(reading, file, 'include', folders)
  } else includeInLine(reading, file, 'include', folders)
  for (const [key, value] of Object.entries(named))
    if (/^(?:content|title|text|message)$/.test(key) && value !== '')
      show(reading, reading.inline(value, false))
}

function labelled(reading: Reading, {name, label, positional}: LiquidTag): void {
  reading.note(`liquid:${name}`, 'flattened')
  reading.write.break()
  const title = label ?? (name === 'code' ? null : positional.join(' '))
  if (title) reading.write.block(`**${title.replaceAll('*', '')}**`)
}

function callout(reading: Reading, {name, named, label}: LiquidTag): void {
  const {write, containers} = reading
  reading.note(`liquid:${name}`, 'flattened')
  write.break()
  const indent = columnsOf(/^[ \t]*/.exec(write.lead)![0])
  containers.open({kind: 'liquid', name, indent, size: 0, strip: 0, shownAs: 'quote'})
  const kind = named['style'] ?? named['type'] ?? ''
  const title = label ?? (calloutNames[kind] || calloutNames[name] || '')
  if (title) write.block(`**${title}**`)
}

/** A branch, a loop or a group: what is in it stays, and the words before and after it stay apart. */
function control(reading: Reading, {name, isAlone}: LiquidTag): void {
  const {write} = reading
  reading.note(`liquid:${name}`, 'dropped')
  if (isAlone) write.break()
  else if (/^(?:else|elsif|when)$/.test(name) && /\S/.test(write.lastCharacter)) write.put(' ')
}

/** A tag of a plugin: its title and what reads as prose stay. */
function unknown(reading: Reading, {name, named, positional, label}: LiquidTag): void {
  reading.note(`liquid:${name}`, 'not-understood')
  const texts = [...positional, ...Object.values(named)].filter(readsAsProse)
  if (label) show(reading, boldOf(reading.inline(label, false)))
  else for (const text of texts) show(reading, reading.inline(text, false))
}

/** Shows a text as a block, or as words of the line that it is in. */
function show({write}: Reading, text: string): void {
  if (write.hasContent) write.put(`${/\s$/.test(write.lastCharacter) ? '' : ' '}${text}`)
  else write.block(text)
}

/** Tags that show nothing themselves: logic, whose strings are data, and groups of tabs and the like. */
const silent = new Set(
  'if elsif else unless case when for assign capture set cycle tablerow increment decrement comment raw layout block extends import macro load ifversion break continue liquid tabs steps stepper columns column grid cards'.split(
    ' ',
  ),
)
