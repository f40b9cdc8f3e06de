import type {Token, Tokens} from 'marked'
import {withQuotes} from '../proof/text-fragment.ts'
import {type Chip, chipNode} from './chips.ts'
import {decodeReferences} from './entities.ts'
import type {Highlight} from './highlight.ts'
import {isAllowedLink, type LinkRules, safeHref, safeImage} from './links.ts'
import {element, type RenderElement, type RenderNode, textOf} from './tree.ts'
import {pendingHref} from './unfinished.ts'

export interface NodeLabels {
  readonly copy: string
  readonly code: string
  readonly table: string
}

export interface NodeOptions {
  readonly links: LinkRules
  readonly labels: NodeLabels
  /** Highlights code; plain by default. */
  readonly highlight?: Highlight
  /** The word being written at the end of the text; empty or absent when the text is complete. */
  readonly lastWord?: string
}

/**
 * A stretch of the answer's text as a token has it: nested tokens have lost the indentation and the marks of the lines
 * they span, so a nested stretch has the offset in the answer for each of its UTF-16 units.
 */
interface Stretch {
  readonly text: string
  /** Offset of the first unit, or of each. */
  readonly at: number | readonly number[]
}

const offsetIn = (stretch: Stretch, i: number): number =>
  typeof stretch.at === 'number'
    ? stretch.at + i
    : i < stretch.at.length
      ? stretch.at[i]!
      : (stretch.at.at(-1) ?? 0) + 1

interface RenderContext {
  readonly options: NodeOptions
  /** Chips not placed yet, in order of their ends. */
  readonly chips: Chip[]
  readonly allChips: readonly Chip[]
}

/** One block of Markdown as nodes, with its citations behind the words they end at. */
export function nodesOf(
  token: Token,
  at: number,
  chips: readonly Chip[],
  options: NodeOptions,
): readonly RenderNode[] {
  const context: RenderContext = {
    options,
    chips: [...chips].sort((a, b) => a.end - b.end || a.n - b.n),
    allChips: chips,
  }
  const nodes = block(token, {text: token.raw, at}, context)
  const rest = chipsUpTo(Number.POSITIVE_INFINITY, context)
  return rest.length === 0 ? nodes : appendAtEnd(nodes, rest)
}

/** Appends chips that found no place inside to the end of the last text, or on a line of their own. */
function appendAtEnd(nodes: readonly RenderNode[], chips: readonly RenderNode[]): readonly RenderNode[] {
  const last = nodes.at(-1)
  if (typeof last === 'object' && ['p', 'ul', 'ol', 'li', 'blockquote'].includes(last.tag)) {
    const isText = last.tag === 'p' || last.tag === 'li'
    const children = isText ? [...last.children, ...chips] : appendAtEnd(last.children, chips)
    return [...nodes.slice(0, -1), {...last, children}]
  }
  return [...nodes, element('p', {class: 'chips'}, ...chips)]
}

function blocks(tokens: readonly Token[], stretch: Stretch, context: RenderContext): RenderNode[] {
  const nodes: RenderNode[] = []
  let cursor = 0
  for (const token of tokens) {
    const [part, next] = partOf(stretch, cursor, token.raw, context)
    cursor = next
    nodes.push(...block(token, part, context))
  }
  return nodes
}

function block(token: Token, stretch: Stretch, context: RenderContext): RenderNode[] {
  switch (token.type) {
    case 'space':
    case 'def':
      return []
    case 'heading': {
      const {depth, tokens} = token as Tokens.Heading
      // The question is at the page's second level. A model's levels are arbitrary, so the answer has only two.
      return [element(depth <= 3 ? 'h3' : 'h4', {}, ...inlines(tokens, stretch, context))]
    }
    case 'paragraph':
      return [element('p', {}, ...inlines((token as Tokens.Paragraph).tokens, stretch, context))]
    case 'text': {
      const {tokens} = token as Tokens.Text
      return tokens === undefined ? inlines([token], stretch, context) : inlines(tokens, stretch, context)
    }
    case 'checkbox':
      return [checkbox((token as Tokens.Checkbox).checked)]
    case 'hr':
      return [element('hr')]
    case 'code':
      return [codeBlock(token as Tokens.Code, stretch, context)]
    case 'blockquote':
      return [element('blockquote', {}, ...blocks((token as Tokens.Blockquote).tokens, stretch, context))]
    case 'list':
      return [list(token as Tokens.List, stretch, context)]
    case 'table':
      return [table(token as Tokens.Table, stretch, context)]
    case 'html':
      return htmlBlock(token.raw)
    default:
      return [element('p', {}, decodeReferences(token.raw))]
  }
}

const plain = (code: string): RenderNode[] => [code]

function codeBlock(token: Tokens.Code, stretch: Stretch, context: RenderContext): RenderElement {
  const language = (token.lang ?? '')
    .trim()
    .split(/[\s{,]/)[0]!
    .toLowerCase()
  const {labels, highlight = plain} = context.options
  const end = offsetIn(stretch, stretch.text.length)
  const chips = chipsUpTo(end, context)
  return element(
    'figure',
    {class: 'code'},
    element(
      'figcaption',
      {},
      element('span', {class: 'language'}, language),
      ...(chips.length > 0 ? [element('span', {class: 'chips'}, ...chips)] : []),
      element('button', {type: 'button', class: 'copy', 'data-action': 'copy-code'}, labels.copy),
    ),
    element(
      'pre',
      {
        tabindex: '0',
        role: 'group',
        'aria-label': language === '' ? labels.code : `${labels.code}: ${language}`,
        dir: 'ltr',
      },
      element('code', {}, ...(language === '' ? plain(token.text) : highlight(token.text, language))),
    ),
  )
}

function list(token: Tokens.List, stretch: Stretch, context: RenderContext): RenderElement {
  const items: RenderNode[] = []
  let cursor = 0
  for (const item of token.items) {
    const [part, next] = partOf(stretch, cursor, item.raw, context)
    cursor = next
    const children = blocks(item.tokens, part, context)
    const chips = chipsUpTo(offsetIn(part, part.text.trimEnd().length), context)
    items.push(
      element(
        'li',
        item.task ? {class: 'task'} : {},
        ...(chips.length > 0 ? appendToItem(children, chips) : children),
      ),
    )
  }
  const start =
    token.ordered && typeof token.start === 'number' && token.start !== 1 ? {start: String(token.start)} : {}
  return element(token.ordered ? 'ol' : 'ul', start, ...items)
}

function appendToItem(children: RenderNode[], chips: readonly RenderNode[]): readonly RenderNode[] {
  const last = children.at(-1)
  const isInline =
    typeof last !== 'object' || !['p', 'ul', 'ol', 'blockquote', 'figure', 'div'].includes(last.tag)
  return isInline ? [...children, ...chips] : appendAtEnd(children, chips)
}

function table(token: Tokens.Table, stretch: Stretch, context: RenderContext): RenderElement {
  let cursor = 0
  const cell = (row: 'th' | 'td', {tokens, align}: Tokens.TableCell, isLast: boolean): RenderNode => {
    const raw = tokens.map((inner) => inner.raw).join('')
    // A corner without words heads nothing.
    const tag = raw.trim() === '' ? 'td' : row
    const [part, next] = partOf(stretch, cursor, raw, context)
    cursor = next
    const children = inlines(tokens, part, context)
    const attributes: Record<string, string> = tag === 'th' ? {scope: 'col'} : {}
    if (align) attributes['class'] = `align-${align}`
    const lineEnd = stretch.text.indexOf('\n', cursor)
    // Citations of a row are often behind its last bar.
    const end = isLast
      ? offsetIn(stretch, lineEnd < 0 ? stretch.text.length : lineEnd)
      : offsetIn(part, raw.length)
    return element(tag, attributes, ...children, ...chipsUpTo(end, context))
  }
  const row = (tag: 'th' | 'td', cells: readonly Tokens.TableCell[]): RenderNode =>
    element('tr', {}, ...cells.map((each, i) => cell(tag, each, i === cells.length - 1)))
  const head = row('th', token.header)
  const rows = token.rows.map((cells) => row('td', cells))
  const columns = token.header.length
  return element(
    'div',
    {
      class: columns > 4 ? 'table widest' : columns > 2 ? 'table wide' : 'table',
      tabindex: '0',
      role: 'group',
      'aria-label': context.options.labels.table,
    },
    element(
      'table',
      {},
      ...columnWidths(token, context),
      element('thead', {}, head),
      element('tbody', {}, ...rows),
    ),
  )
}

/** Bounds of the characters that count for the width of a column. */
const minColumnChars = 18
const maxColumnChars = 64

/**
 * Columns as wide as the head and the first row need, to a degree: later rows change no width, so that nothing moves
 * while they are written. None while the first row is being written.
 */
function columnWidths({header, rows, raw}: Tokens.Table, {options}: RenderContext): RenderNode[] {
  const [first] = rows
  const isWriting =
    (options.lastWord ?? '') !== '' && raw.trimEnd().split('\n').length < 4 && !raw.endsWith('\n')
  if (first === undefined || isWriting) return []
  const weights = header.map(({text}, i) => {
    const chars = Math.max(text.length, first[i]?.text.length ?? 0)
    return Math.sqrt(Math.min(maxColumnChars, Math.max(minColumnChars, chars)))
  })
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const columns = weights.map((weight) => element('col', {width: `${Math.round((100 * weight) / all)}%`}))
  return [element('colgroup', {}, ...columns)]
}

const checkbox = (isChecked: boolean): RenderElement =>
  element(
    'span',
    {class: 'checkbox', role: 'img', 'aria-label': isChecked ? '☑' : '☐'},
    isChecked ? '☑ ' : '☐ ',
  )

/** Harmless tags that documentation uses; all others are dropped and their text is kept. */
const plainTags: ReadonlySet<string> = new Set([
  'b',
  'strong',
  'i',
  'em',
  'code',
  'kbd',
  'sub',
  'sup',
  'mark',
  'samp',
  'var',
])

interface OpenTag {
  readonly tag: string
  readonly children: RenderNode[]
}

function inlines(tokens: readonly Token[], stretch: Stretch, context: RenderContext): RenderNode[] {
  // A stack, since an HTML start tag and its end tag are separate tokens.
  const stack: OpenTag[] = [{tag: '', children: []}]
  const put = (...nodes: readonly RenderNode[]): void => void stack.at(-1)!.children.push(...nodes)
  const close = (): void => {
    const {tag, children} = stack.pop()!
    put(element(tag, {}, ...children))
  }
  let cursor = 0
  for (const token of tokens) {
    const [part, next] = partOf(stretch, cursor, token.raw, context)
    cursor = next
    if (token.type === 'html') {
      const [, slash, name] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(token.raw) ?? []
      const tag = name?.toLowerCase() ?? ''
      if (tag === 'br') put(element('br'))
      else if (plainTags.has(tag) && slash === '') stack.push({tag, children: []})
      else if (plainTags.has(tag) && stack.length > 1 && stack.some((opened) => opened.tag === tag)) {
        while (stack.at(-1)!.tag !== tag) close()
        close()
      }
    } else put(...inline(token, part, context))
  }
  while (stack.length > 1) close()
  return stack[0]!.children
}

function inline(token: Token, stretch: Stretch, context: RenderContext): RenderNode[] {
  const end = offsetIn(stretch, stretch.text.length - 1) + 1
  switch (token.type) {
    case 'text':
      return (token as Tokens.Text).tokens === undefined
        ? textWithChips(token.raw, stretch, context)
        : inlines((token as Tokens.Text).tokens!, stretch, context)
    case 'escape':
      return [(token as Tokens.Escape).text, ...chipsUpTo(end, context)].map((node) =>
        typeof node === 'string' ? decodeReferences(node) : node,
      )
    case 'strong':
    case 'em':
    case 'del': {
      const children = inlines((token as Tokens.Strong).tokens, stretch, context)
      return [element(token.type, {}, ...children), ...chipsUpTo(end, context)]
    }
    case 'codespan':
      return [element('code', {}, (token as Tokens.Codespan).text), ...chipsUpTo(end, context)]
    case 'br':
      return [element('br'), ...chipsUpTo(end, context)]
    case 'link':
      return [link(token as Tokens.Link, stretch, context), ...chipsUpTo(end, context)]
    case 'image':
      return [image(token as Tokens.Image, context), ...chipsUpTo(end, context)]
    case 'checkbox':
      return [checkbox((token as Tokens.Checkbox).checked)]
    default:
      return [decodeReferences(token.raw), ...chipsUpTo(end, context)]
  }
}

function link(token: Tokens.Link, stretch: Stretch, context: RenderContext): RenderNode {
  // Links cannot be nested, so chips inside are put behind.
  const withoutChips: RenderContext = {...context, chips: []}
  const children = inlines(token.tokens, {text: stretch.text, at: 0}, withoutChips)
  if (token.href === pendingHref) return element('a', {class: 'pending'}, ...children)
  const at = offsetIn(stretch, 0)
  const base =
    context.allChips.find((chip) => chip.start <= at && at < chip.end)?.base ?? context.options.links.base
  const href = safeHref(decodeReferences(token.href), base)
  if (href === null) return element('span', {}, ...children)
  // A bare address is parsed as a link from its first letters on, long before it is complete.
  const isBare = token.raw === token.text
  if (isBare && context.options.lastWord?.includes(token.raw))
    return element('a', {class: 'pending'}, ...children)
  if (isAllowedLink(href, context.options.links))
    return element('a', linkAttributes(href, context), ...children)
  return element('span', {}, ...children, ...addressAfter(textOf(children), href, isBare))
}

/** The address of a disabled link, for the reader to judge, unless its text is that address. */
function addressAfter(words: string, href: string, isBare: boolean): RenderNode[] {
  const isShown = isBare || words === href || words === href.replace(/^mailto:|\/$/g, '')
  return isShown ? [] : [' ', element('span', {class: 'address', dir: 'ltr'}, `(${href})`)]
}

function linkAttributes(href: string, context: RenderContext): Record<string, string> {
  const isSameOrigin =
    href.startsWith('http') && new URL(href).origin === new URL(context.options.links.base).origin
  return isSameOrigin ? {href} : {href, target: '_blank', rel: 'noopener noreferrer nofollow'}
}

function image(token: Tokens.Image, context: RenderContext): RenderNode {
  const source = safeImage(token.href, context.options.links)
  const alt = decodeReferences(token.text)
  if (source !== null)
    return element('img', {src: source, alt, loading: 'lazy', referrerpolicy: 'no-referrer'})
  // Shown as its alternative text: fetching it would tell a foreign server who reads this.
  return element('span', {class: 'image'}, alt)
}

function textWithChips(raw: string, stretch: Stretch, context: RenderContext): RenderNode[] {
  const nodes: RenderNode[] = []
  const end = offsetIn(stretch, raw.length - 1) + 1
  let from = 0
  while (context.chips.length > 0 && context.chips[0]!.end <= end) {
    let to = from
    while (to < raw.length && offsetIn(stretch, to) < context.chips[0]!.end) to++
    // Never inside a word or a character.
    while (to > 0 && to < raw.length && isWithinWord(raw, to)) to++
    if (to > from) nodes.push(decodeReferences(raw.slice(from, to)))
    nodes.push(...chipsUpTo(to < raw.length ? offsetIn(stretch, to) : end, context))
    from = to
  }
  if (from < raw.length) nodes.push(decodeReferences(raw.slice(from)))
  return nodes
}

function isWithinWord(text: string, at: number): boolean {
  return (
    /[\p{L}\p{N}\p{M}\ud800-\udbff][\p{L}\p{N}\p{M}\udc00-\udfff]/u.test(text.slice(at - 1, at + 1)) &&
    !isIdeographic(text[at]!)
  )
}

const isIdeographic = (char: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(char)

/** One chip per source, however many of its citations are at the same place. */
function chipsUpTo(end: number, context: RenderContext): RenderNode[] {
  const places = new Map<number, Chip[]>()
  while (context.chips.length > 0 && context.chips[0]!.end <= end) {
    const chip = context.chips.shift()!
    places.set(chip.n, [...(places.get(chip.n) ?? []), chip])
  }
  return [...places.values()].map((here) => {
    const quotes = here.flatMap((chip) => chip.quotes ?? [])
    return chipNode(here, withQuotes(here[0]!.href, quotes))
  })
}

/** The text of an HTML block, with line breaks at its block tags. */
function htmlBlock(raw: string): RenderNode[] {
  const text = raw
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(script|style|template|iframe|object|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/<\/(?:p|div|li|tr|h\d|summary|dt|dd)\s*>|<br\s*\/?>/gi, '\n')
    .replace(/<\/?[a-z!?][^>]*(?:>|$)/gi, '')
  return text
    .split('\n')
    .map((line) => decodeReferences(line.trim()))
    .filter(Boolean)
    .map((line) => element('p', {}, line))
}

/** The part of a stretch that a nested token covers, and the position from which to look for the next one. */
function partOf(stretch: Stretch, cursor: number, raw: string, context: RenderContext): [Stretch, number] {
  // Without citations offsets are not needed.
  if (context.chips.length === 0 && context.allChips.length === 0) return [{text: raw, at: 0}, cursor]
  const found = stretch.text.indexOf(raw, cursor)
  if (found >= 0) {
    const at =
      typeof stretch.at === 'number' ? stretch.at + found : stretch.at.slice(found, found + raw.length)
    return [{text: raw, at}, found + raw.length]
  }
  // Character by character: what is skipped is indentation, a quote's mark or an escape.
  const at: number[] = []
  let i = cursor
  for (const char of raw) {
    const next = stretch.text.indexOf(char, i)
    if (next >= 0 && next - i < 80) i = next
    for (let unit = 0; unit < char.length; unit++)
      at.push(offsetIn(stretch, Math.min(i + unit, stretch.text.length)))
    if (next >= 0 && next - i < 80) i += char.length
  }
  return [{text: raw, at}, i]
}

export {textOf}
