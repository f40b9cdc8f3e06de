import {decodeCharacterReferences} from '../text/character-references.ts'
import {normaliseText} from './normalise-text.ts'

/** An HTML or JSX tag as written. */
export interface Tag {
  readonly name: string
  readonly kind: 'open' | 'close' | 'self-closing'
  readonly attributes: readonly Attribute[]
  /** Offset after its `>`. */
  readonly end: number
}

export interface Attribute {
  readonly name: string
  /** Null for one without a value. */
  readonly value: string | null
  /** Whether the value is code between braces. */
  readonly isCode: boolean
}

const maxTagLength = 50_000
const nameAt = /<(\/?)([A-Za-z][\w.:-]*|)/y
const spaceAt = /\s*/y
const attributeAt = /[^\s"'<>/={}]+/y
const bareValueAt = /[^\s"'=<>`]+/y

/**
 * The tag that begins at `at`, HTML or JSX; null when there is none. Tolerant: attributes may have balanced braces
 * over several lines, and a fragment (`<>`) has an empty name.
 */
export function tagAt(text: string, at: number): Tag | null {
  nameAt.lastIndex = at
  const head = nameAt.exec(text)
  if (!head) return null
  const [, slash, name] = head
  let p = nameAt.lastIndex
  if (name === '' && text[p] !== '>') return null
  const next = text[p]
  if (next !== undefined && !/[\s/>{]/.test(next)) return null
  const attributes: Attribute[] = []
  const limit = Math.min(text.length, at + maxTagLength)
  while (p < limit) {
    spaceAt.lastIndex = p
    const space = spaceAt.exec(text)![0]
    // A blank line ends what looked like a tag, unless it has an attribute with a value.
    if (/\n[ \t]*\n/.test(space) && attributes.every(({value}) => value === null)) return null
    p = spaceAt.lastIndex
    const char = text[p]
    if (char === '>') return {name: name!, kind: slash ? 'close' : 'open', attributes, end: p + 1}
    if (char === '/') {
      if (text[p + 1] === '>') return {name: name!, kind: 'self-closing', attributes, end: p + 2}
      p++
      continue
    }
    if (char === '{') {
      const end = balancedEnd(text, p, limit)
      if (end < 0) return null
      attributes.push({name: '', value: text.slice(p + 1, end - 1), isCode: true})
      p = end
      continue
    }
    attributeAt.lastIndex = p
    const attribute = attributeAt.exec(text)
    if (!attribute) return null
    p = attributeAt.lastIndex
    spaceAt.lastIndex = p
    spaceAt.exec(text)
    if (text[spaceAt.lastIndex] !== '=') {
      attributes.push({name: attribute[0], value: null, isCode: false})
      continue
    }
    spaceAt.lastIndex++
    spaceAt.exec(text)
    p = spaceAt.lastIndex
    const quote = text[p]
    if (quote === '"' || quote === "'") {
      const end = quotedEnd(text, quote, p + 1)
      if (end < 0 || end > limit) return null
      attributes.push({name: attribute[0], value: text.slice(p + 1, end), isCode: false})
      p = end + 1
    } else if (quote === '{') {
      const end = balancedEnd(text, p, limit)
      if (end < 0) return null
      attributes.push({name: attribute[0], value: text.slice(p + 1, end - 1), isCode: true})
      p = end
    } else {
      bareValueAt.lastIndex = p
      const value = bareValueAt.exec(text)
      if (!value) return null
      attributes.push({name: attribute[0], value: value[0].replace(/\/$/, ''), isCode: false})
      p = bareValueAt.lastIndex - (value[0].endsWith('/') ? 1 : 0)
    }
  }
  return null
}

/** Offset of the quote that ends a value; quotes inside a shortcode or template (`href="{{< ref "a" >}}"`) do not. */
function quotedEnd(text: string, quote: string, from: number): number {
  const end = text.indexOf(quote, from)
  const macro = text.indexOf('{{', from)
  if (end < 0 || macro < 0 || macro > end) return end
  const close = text.indexOf('}}', macro)
  return close < 0 || !/^\{\{(?:[<%]|\s*["'])/.test(text.slice(macro, macro + 8))
    ? end
    : quotedEnd(text, quote, close + 2)
}

/** Offset after the brace that closes the one at `at`; −1 when there is none before `limit`. Skips strings and comments. */
export function balancedEnd(text: string, at: number, limit = text.length): number {
  let depth = 0
  for (let p = at; p < limit; p++) {
    const char = text[p]
    if (char === '{') depth++
    else if (char === '}') {
      if (--depth === 0) return p + 1
    } else if (char === '"' || char === "'" || char === '`') {
      const end = stringEnd(text, p, limit)
      // An apostrophe in text between tags does not open a string.
      if (end > 0) p = end - 1
    } else if (char === '/' && text[p + 1] === '*') {
      const end = text.indexOf('*/', p + 2)
      if (end < 0 || end > limit) return -1
      p = end + 1
    }
  }
  return -1
}

function stringEnd(text: string, at: number, limit: number): number {
  const quote = text[at]
  for (let p = at + 1; p < limit; p++) {
    const char = text[p]
    if (char === '\\') p++
    else if (char === quote) return p + 1
    else if (char === '\n' && quote !== '`') return -1
    else if (quote === '`' && char === '$' && text[p + 1] === '{') {
      const end = balancedEnd(text, p + 1, limit)
      if (end < 0) return -1
      p = end - 1
    }
  }
  return -1
}

/** Start and end of a tag. */
interface TagSpan {
  readonly start: number
  readonly end: number
}

/**
 * Start and end of the closing tag of an element opened before `from`; null when there is none. The content of a component
 * is Markdown: tags in its code do not count, unless an unclosed fence would then hide the closing tag.
 */
export function closingTag(text: string, name: string, from: number, limit = text.length): TagSpan | null {
  const outsideCode = /^[A-Z]/.test(name) ? closingTagIn(text, name, {from, limit, skipsCode: true}) : null
  return outsideCode ?? closingTagIn(text, name, {from, limit, skipsCode: false})
}

function closingTagIn(
  text: string,
  name: string,
  {from, limit, skipsCode}: {readonly from: number; readonly limit: number; readonly skipsCode: boolean},
): TagSpan | null {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const code = skipsCode ? '|^[ \\t>]*(`{3,}|~{3,})[^\\n]*|`+' : ''
  const pattern = new RegExp(`<(/?)${escaped}(?=[\\s/>])${code}`, 'gim')
  pattern.lastIndex = from
  let depth = 1
  let fence: string | null = null
  for (let match = pattern.exec(text); match && match.index < limit; match = pattern.exec(text)) {
    const mark = match[2]
    if (mark !== undefined) {
      if (fence === null) fence = mark
      else if (mark.startsWith(fence) && match[0].trim() === mark) fence = null
    } else if (fence !== null) continue
    else if (match[0][0] === '`') pattern.lastIndex = codeSpanEnd(text, match.index, match[0])
    else if (match[1]) {
      if (--depth === 0) {
        const end = text.indexOf('>', match.index)
        return end < 0 ? null : {start: match.index, end: end + 1}
      }
    } else {
      const tag = tagAt(text, match.index)
      if (tag?.kind === 'open') depth++
      if (tag) pattern.lastIndex = tag.end
    }
  }
  return null
}

const maxCodeSpan = 1000

/** Offset after the code span that a run of backticks begins, or after the run if it begins none. */
function codeSpanEnd(text: string, at: number, run: string): number {
  const after = at + run.length
  const ahead = text.slice(after, after + maxCodeSpan)
  const paragraph = ahead.split(/\n[ \t>]*\n/, 1)[0]!
  const close = new RegExp(`(?<!\`)${run}(?!\`)`).exec(paragraph)
  return close ? after + close.index + run.length : after
}

/** Text without its tags; `<br>` becomes a line break. */
export function withoutTags(text: string): string {
  let out = ''
  let p = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', p)) {
    const comment = text.startsWith('<!--', at) ? text.indexOf('-->', at + 4) : -1
    const tag = comment < 0 ? tagAt(text, at) : null
    const end = comment >= 0 ? comment + 3 : tag ? tag.end : at + 1
    out += text.slice(p, comment >= 0 || tag ? at : end)
    if (tag && /^br$/i.test(tag.name)) out += '\n'
    p = end
  }
  return out + text.slice(p)
}

/**
 * HTML text with its character references resolved, for code and labels: a no-break space becomes a plain one, and
 * characters that hide or reorder text are removed.
 */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return normaliseText(decodeCharacterReferences(text)).replaceAll('\u00a0', ' ')
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** Elements that are hidden with all their content. */
export const hiddenElements = words(
  'script style svg noscript head canvas video audio object embed iframe map datalist dialog math-field',
)

/** Elements that are displayed as blocks. */
export const blockElements = words(
  'address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hr html legend li main menu menuitem nav ol optgroup option p search section summary table tbody td tfoot th thead title tr ul caption colgroup col base basefont frame frameset link param source track iframe',
)

/** All other elements of HTML: those within a line of text. */
export const inlineElements = words(
  'a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark meter nobr output picture pre progress q rp rt ruby s samp select slot small span strike strong sub sup template textarea time tt u var wbr meta',
)
