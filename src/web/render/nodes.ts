import type {Token, Tokens} from 'marked'
import {decoded} from './entities.ts'
import type {Highlight} from './highlight.ts'
import {isLive, type LinkRules, safeHref, safeImage} from './links.ts'
import {element, type RenderElement, type RenderNode, textOf} from './tree.ts'
import {pendingHref} from './unfinished.ts'

/** A citation at its place: the number, and the address of its source. */
export interface Chip {
  readonly n: number
  readonly start: number
  readonly end: number
  readonly href: string
  /** What a screen reader says: "Source 2: Install, Requirements". */
  readonly label: string
  /** Relative links of cited text are the source's. */
  readonly base: string | null
}

export interface NodeLabels {
  readonly copy: string
  readonly code: string
  readonly table: string
}

export interface NodeOptions {
  readonly links: LinkRules
  readonly labels: NodeLabels
  /** Colours code; by default it is plain. */
  readonly highlight?: Highlight
  /** The word that is being written at the end of the text; empty or absent where all is written. */
  readonly lastWord?: string
}

/**
 * A stretch of the answer's text as a token sees it: nested tokens have lost the indentation and the marks of the
 * lines they span, so a nested stretch knows for each of its units where it stands in the answer.
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

interface Walk {
  readonly options: NodeOptions
  /** In order of their ends; those placed are taken off the front. */
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
  const walk: Walk = {options, chips: [...chips].sort((a, b) => a.end - b.end || a.n - b.n), allChips: chips}
  const nodes = block(token, {text: token.raw, at}, walk)
  const rest = chipsUpTo(Number.POSITIVE_INFINITY, walk)
  return rest.length === 0 ? nodes : withAtEnd(nodes, rest)
}

/** Chips that found no place within are put at the end of the last text, or on a line of their own. */
function withAtEnd(nodes: readonly RenderNode[], chips: readonly RenderNode[]): readonly RenderNode[] {
  const last = nodes.at(-1)
  if (typeof last === 'object' && ['p', 'ul', 'ol', 'li', 'blockquote'].includes(last.tag)) {
    const isText = last.tag === 'p' || last.tag === 'li'
    const children = isText ? [...last.children, ...chips] : withAtEnd(last.children, chips)
    return [...nodes.slice(0, -1), {...last, children}]
  }
  return [...nodes, element('p', {class: 'chips'}, ...chips)]
}

function blocks(tokens: readonly Token[], stretch: Stretch, walk: Walk): RenderNode[] {
  const nodes: RenderNode[] = []
  let cursor = 0
  for (const token of tokens) {
    const [part, next] = partOf(stretch, cursor, token.raw, walk)
    cursor = next
    nodes.push(...block(token, part, walk))
  }
  return nodes
}

function block(token: Token, stretch: Stretch, walk: Walk): RenderNode[] {
  switch (token.type) {
    case 'space':
    case 'def':
      return []
    case 'heading': {
      const {depth, tokens} = token as Tokens.Heading
      // The question is the page's second level. A model's levels are arbitrary, so the answer has two of them.
      return [element(depth <= 3 ? 'h3' : 'h4', {}, ...inlines(tokens, stretch, walk))]
    }
    case 'paragraph':
      return [element('p', {}, ...inlines((token as Tokens.Paragraph).tokens, stretch, walk))]
    case 'text': {
      const {tokens} = token as Tokens.Text
      return tokens === undefined ? inlines([token], stretch, walk) : inlines(tokens, stretch, walk)
    }
    case 'checkbox':
      return [checkbox((token as Tokens.Checkbox).checked)]
    case 'hr':
      return [element('hr')]
    case 'code':
      return [codeBlock(token as Tokens.Code, stretch, walk)]
    case 'blockquote':
      return [element('blockquote', {}, ...blocks((token as Tokens.Blockquote).tokens, stretch, walk))]
    case 'list':
      return [list(token as Tokens.List, stretch, walk)]
    case 'table':
      return [table(token as Tokens.Table, stretch, walk)]
    case 'html':
      return htmlBlock(token.raw)
    default:
      return [element('p', {}, decoded(token.raw))]
  }
}

const plain = (code: string): RenderNode[] => [code]

function codeBlock(token: Tokens.Code, stretch: Stretch, walk: Walk): RenderElement {
  const language = (token.lang ?? '')
    .trim()
    .split(/[\s{,]/)[0]!
    .toLowerCase()
  const {labels, highlight = plain} = walk.options
  const end = offsetIn(stretch, stretch.text.length)
  const chips = chipsUpTo(end, walk)
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
        role: 'region',
        'aria-label': language === '' ? labels.code : `${labels.code}: ${language}`,
        dir: 'ltr',
      },
      element('code', {}, ...(language === '' ? plain(token.text) : highlight(token.text, language))),
    ),
  )
}

function list(token: Tokens.List, stretch: Stretch, walk: Walk): RenderElement {
  const items: RenderNode[] = []
  let cursor = 0
  for (const item of token.items) {
    const [part, next] = partOf(stretch, cursor, item.raw, walk)
    cursor = next
    const children = blocks(item.tokens, part, walk)
    const chips = chipsUpTo(offsetIn(part, part.text.trimEnd().length), walk)
    items.push(
      element(
        'li',
        item.task ? {class: 'task'} : {},
        ...(chips.length > 0 ? closed(children, chips) : children),
      ),
    )
  }
  const start =
    token.ordered && typeof token.start === 'number' && token.start !== 1 ? {start: String(token.start)} : {}
  return element(token.ordered ? 'ol' : 'ul', start, ...items)
}

function closed(children: RenderNode[], chips: readonly RenderNode[]): readonly RenderNode[] {
  const last = children.at(-1)
  const isInline =
    typeof last !== 'object' || !['p', 'ul', 'ol', 'blockquote', 'figure', 'div'].includes(last.tag)
  return isInline ? [...children, ...chips] : withAtEnd(children, chips)
}

function table(token: Tokens.Table, stretch: Stretch, walk: Walk): RenderElement {
  let cursor = 0
  const cell = (tag: string, {tokens, align}: Tokens.TableCell, isLast: boolean): RenderNode => {
    const raw = tokens.map((inner) => inner.raw).join('')
    const [part, next] = partOf(stretch, cursor, raw, walk)
    cursor = next
    const children = inlines(tokens, part, walk)
    const attributes: Record<string, string> = tag === 'th' ? {scope: 'col'} : {}
    if (align) attributes['class'] = `align-${align}`
    const lineEnd = stretch.text.indexOf('\n', cursor)
    // What a row rests on is often cited behind its last bar.
    const end = isLast
      ? offsetIn(stretch, lineEnd < 0 ? stretch.text.length : lineEnd)
      : offsetIn(part, raw.length)
    return element(tag, attributes, ...children, ...chipsUpTo(end, walk))
  }
  const row = (tag: string, cells: readonly Tokens.TableCell[]): RenderNode =>
    element('tr', {}, ...cells.map((each, i) => cell(tag, each, i === cells.length - 1)))
  const head = row('th', token.header)
  const rows = token.rows.map((cells) => row('td', cells))
  const columns = token.header.length
  return element(
    'div',
    {
      class: columns > 4 ? 'table widest' : columns > 2 ? 'table wide' : 'table',
      tabindex: '0',
      role: 'region',
      'aria-label': walk.options.labels.table,
    },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)),
  )
}

const checkbox = (isChecked: boolean): RenderElement =>
  element(
    'span',
    {class: 'checkbox', role: 'img', 'aria-label': isChecked ? '☑' : '☐'},
    isChecked ? '☑ ' : '☐ ',
  )

/** Tags that documentation uses and that can do nothing; all others are dropped, and their text is kept. */
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

function inlines(tokens: readonly Token[], stretch: Stretch, walk: Walk): RenderNode[] {
  // A stack, since an HTML tag and its end are two tokens with others between them.
  const stack: OpenTag[] = [{tag: '', children: []}]
  const put = (...nodes: readonly RenderNode[]): void => void stack.at(-1)!.children.push(...nodes)
  const close = (): void => {
    const {tag, children} = stack.pop()!
    put(element(tag, {}, ...children))
  }
  let cursor = 0
  for (const token of tokens) {
    const [part, next] = partOf(stretch, cursor, token.raw, walk)
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
    } else put(...inline(token, part, walk))
  }
  while (stack.length > 1) close()
  return stack[0]!.children
}

function inline(token: Token, stretch: Stretch, walk: Walk): RenderNode[] {
  const end = offsetIn(stretch, stretch.text.length - 1) + 1
  switch (token.type) {
    case 'text':
      return (token as Tokens.Text).tokens === undefined
        ? textWithChips(token.raw, stretch, walk)
        : inlines((token as Tokens.Text).tokens!, stretch, walk)
    case 'escape':
      return [(token as Tokens.Escape).text, ...chipsUpTo(end, walk)].map((node) =>
        typeof node === 'string' ? decoded(node) : node,
      )
    case 'strong':
    case 'em':
    case 'del': {
      const children = inlines((token as Tokens.Strong).tokens, stretch, walk)
      return [element(token.type, {}, ...children), ...chipsUpTo(end, walk)]
    }
    case 'codespan':
      return [element('code', {}, (token as Tokens.Codespan).text), ...chipsUpTo(end, walk)]
    case 'br':
      return [element('br'), ...chipsUpTo(end, walk)]
    case 'link':
      return [link(token as Tokens.Link, stretch, walk), ...chipsUpTo(end, walk)]
    case 'image':
      return [image(token as Tokens.Image, walk), ...chipsUpTo(end, walk)]
    case 'checkbox':
      return [checkbox((token as Tokens.Checkbox).checked)]
    default:
      return [decoded(token.raw), ...chipsUpTo(end, walk)]
  }
}

function link(token: Tokens.Link, stretch: Stretch, walk: Walk): RenderNode {
  // Links do not nest: chips within come behind.
  const quiet: Walk = {...walk, chips: []}
  const children = inlines(token.tokens, {text: stretch.text, at: 0}, quiet)
  if (token.href === pendingHref) return element('a', {class: 'pending'}, ...children)
  const at = offsetIn(stretch, 0)
  const base =
    walk.allChips.find((chip) => chip.start <= at && at < chip.end)?.base ?? walk.options.links.base
  const href = safeHref(decoded(token.href), base)
  if (href === null) return element('span', {}, ...children)
  // An address on its own is a link from its first letters on, long before it is whole.
  const isBare = token.raw === token.text
  if (isBare && walk.options.lastWord?.includes(token.raw))
    return element('a', {class: 'pending'}, ...children)
  if (isLive(href, walk.options.links)) return element('a', linkAttributes(href, walk), ...children)
  return element('span', {}, ...children, ...addressBehind(textOf(children), href, isBare))
}

/** Where a link would have led, for the reader to judge, unless its words are that address. */
function addressBehind(words: string, href: string, isBare: boolean): RenderNode[] {
  const isSaid = isBare || words === href || words === href.replace(/^mailto:|\/$/g, '')
  return isSaid ? [] : [' ', element('span', {class: 'address', dir: 'ltr'}, `(${href})`)]
}

function linkAttributes(href: string, walk: Walk): Record<string, string> {
  const isOurs = href.startsWith('http') && new URL(href).origin === new URL(walk.options.links.base).origin
  return isOurs ? {href} : {href, target: '_blank', rel: 'noopener noreferrer nofollow'}
}

function image(token: Tokens.Image, walk: Walk): RenderNode {
  const source = safeImage(token.href, walk.options.links)
  const alt = decoded(token.text)
  if (source !== null)
    return element('img', {src: source, alt, loading: 'lazy', referrerpolicy: 'no-referrer'})
  // Shown as what it is called: fetching it would tell a stranger's server who reads this.
  return element('span', {class: 'image'}, alt)
}

function textWithChips(raw: string, stretch: Stretch, walk: Walk): RenderNode[] {
  const nodes: RenderNode[] = []
  const end = offsetIn(stretch, raw.length - 1) + 1
  let from = 0
  while (walk.chips.length > 0 && walk.chips[0]!.end <= end) {
    let to = from
    while (to < raw.length && offsetIn(stretch, to) < walk.chips[0]!.end) to++
    // Never within a word or a character.
    while (to > 0 && to < raw.length && isWithinWord(raw, to)) to++
    if (to > from) nodes.push(decoded(raw.slice(from, to)))
    nodes.push(...chipsUpTo(to < raw.length ? offsetIn(stretch, to) : end, walk))
    from = to
  }
  if (from < raw.length) nodes.push(decoded(raw.slice(from)))
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

/** Each source once, however many of its citations end up in one place. */
function chipsUpTo(end: number, walk: Walk): RenderNode[] {
  const places = new Map<number, Chip[]>()
  while (walk.chips.length > 0 && walk.chips[0]!.end <= end) {
    const chip = walk.chips.shift()!
    places.set(chip.n, [...(places.get(chip.n) ?? []), chip])
  }
  return [...places.values()].map(chipNode)
}

/** Citations of one source at one place; the spans they carry tell which. */
function chipNode(chips: readonly Chip[]): RenderNode {
  const {n, href, label} = chips[0]!
  const spans = chips.map(spanOf).join(' ')
  return element(
    'a',
    {class: 'cite', href, 'data-n': String(n), 'data-spans': spans, 'aria-label': label},
    String(n),
  )
}

/** What tells the citations of one source apart. */
export function spanOf({start, end}: {readonly start: number; readonly end: number}): string {
  return `${start}-${end}`
}

/** HTML as a block: its text, with the breaks that its tags make. */
function htmlBlock(raw: string): RenderNode[] {
  const text = raw
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(script|style|template|iframe|object|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/<\/(?:p|div|li|tr|h\d|summary|dt|dd)\s*>|<br\s*\/?>/gi, '\n')
    .replace(/<\/?[a-z!?][^>]*(?:>|$)/gi, '')
  return text
    .split('\n')
    .map((line) => decoded(line.trim()))
    .filter(Boolean)
    .map((line) => element('p', {}, line))
}

/** The part of a stretch that a nested token covers, and where the next one is to be looked for. */
function partOf(stretch: Stretch, cursor: number, raw: string, walk: Walk): [Stretch, number] {
  // Without citations nobody asks where anything stands.
  if (walk.chips.length === 0 && walk.allChips.length === 0) return [{text: raw, at: 0}, cursor]
  const found = stretch.text.indexOf(raw, cursor)
  if (found >= 0) {
    const at =
      typeof stretch.at === 'number' ? stretch.at + found : stretch.at.slice(found, found + raw.length)
    return [{text: raw, at}, found + raw.length]
  }
  // Line by line: what stands between is indentation, a quote's mark, an escape.
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
