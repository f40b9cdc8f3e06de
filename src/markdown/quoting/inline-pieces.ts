import type {PhrasingContent, Text} from 'mdast'
import {decodeString} from 'micromark-util-decode-string'
import {codeSpan, literal} from '../../text/literal-markdown.ts'
import type {FlatSource} from '../flat-source.ts'

/** A run of inline Markdown. Sentences are split only inside `text`. */
export interface InlinePiece {
  readonly markdown: string
  /** Its visible words. */
  readonly text: string
  /** `opens` and `closes` are the delimiters of emphasis and links; `whole` is never split. */
  readonly role: 'text' | 'whole' | 'opens' | 'closes'
  /** One-based lines of the source file. */
  readonly startLine: number
  readonly endLine: number
}

/** Clean Markdown of inline content, in pieces; text is split at its line breaks. */
export function inlinePieces(nodes: readonly PhrasingContent[], source: FlatSource): InlinePiece[] {
  return nodes.flatMap((node) => piecesOfNode(node, source))
}

function piecesOfNode(node: PhrasingContent, source: FlatSource): InlinePiece[] {
  const startLine = source.startLineOf(node)
  const endLine = source.endLineOf(node)
  const whole = (markdown: string, text: string): InlinePiece[] => [
    {markdown, text, role: 'whole', startLine, endLine},
  ]
  const between = (before: string, after: string, children: readonly PhrasingContent[]): InlinePiece[] => {
    const pieces = inlinePieces(children, source)
    const shown = pieces.filter(({text}) => text.trim() !== '')
    if (shown.length === 0) return pieces
    // White space beside a delimiter would take its meaning away, as where a picture stood there.
    const first = pieces.indexOf(shown[0]!)
    const last = pieces.indexOf(shown.at(-1)!)
    const [lead, opening] = splitSpace(pieces[first]!, 'start')
    const inner = [...pieces.slice(0, first), opening, ...pieces.slice(first + 1)]
    const [trail, closing] = splitSpace(inner[last]!, 'end')
    inner[last] = closing
    return [
      ...lead,
      {markdown: before, text: '', role: 'opens', startLine, endLine: startLine},
      ...inner,
      {markdown: after, text: '', role: 'closes', startLine: endLine, endLine},
      ...trail,
    ]
  }
  switch (node.type) {
    case 'text':
      return textPieces(node, source)
    case 'inlineCode':
      return whole(codeSpan(node.value), node.value)
    case 'strong':
    case 'emphasis': {
      // The sign as written: two that touch must differ.
      const sign = source.text[node.position!.start.offset!] === '_' ? '_' : '*'
      const mark = node.type === 'strong' ? sign.repeat(2) : sign
      return between(mark, mark, node.children)
    }
    case 'delete':
      return between('~~', '~~', node.children)
    case 'link':
    case 'linkReference': {
      const url = node.type === 'link' ? node.url : (source.definitionOf(node.identifier)?.url ?? '')
      // A relative address does not work in an answer.
      const isAbsolute = /^https?:\/\//i.test(url)
      if (node.children.length === 0) return url === '' ? [] : whole(isAbsolute ? url : literal(url), url)
      if (!isAbsolute) return inlinePieces(node.children, source)
      return between(
        '[',
        `](${url.replace(/[()\s]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)})`,
        node.children,
      )
    }
    case 'image':
    case 'imageReference': {
      const words = (node.alt ?? '').replace(/\s+/g, ' ').trim()
      return words === '' ? [] : whole(literal(words), words)
    }
    case 'break':
      return [{markdown: ' ', text: ' ', role: 'text', startLine, endLine}]
    default:
      return []
  }
}

/** A piece for each line as written, without the markup of containers at the beginning of lines. */
function textPieces(node: Text, source: FlatSource): InlinePiece[] {
  const {start, end} = node.position!
  const raw = source.text.slice(start.offset!, end.offset!)
  const lines = raw.split('\n')
  return lines.flatMap((line, index): InlinePiece[] => {
    const content = index === 0 ? line : line.replace(/^[ \t>]+/, '')
    const clean = cleaned(index === lines.length - 1 ? content : `${content.trimEnd()} `)
    const sourceLine = source.sourceLine(start.line + index)
    return clean === ''
      ? []
      : [{markdown: clean, text: shownText(clean), role: 'text', startLine: sourceLine, endLine: sourceLine}]
  })
}

/** Characters that are plain text at their position, but could begin markup together with text put after them. */
const risky = /`|<(?=[a-z/!?])|(?<=!)\[|\](?=[([])|\\$/gi

/** The white space at one end of a text as a piece of its own, if there is any, and the rest. */
function splitSpace(piece: InlinePiece, at: 'start' | 'end'): [InlinePiece[], InlinePiece] {
  const {markdown, text, role} = piece
  const kept = at === 'start' ? markdown.trimStart() : markdown.trimEnd()
  if (role !== 'text' || kept === markdown) return [[], piece]
  const rest = at === 'start' ? text.trimStart() : text.trimEnd()
  return [[{...piece, markdown: ' ', text: ' '}], {...piece, markdown: kept, text: rest}]
}

/** Text as written, on one line, with risky characters escaped. */
function cleaned(raw: string): string {
  return raw
    .replace(/\s+/g, ' ')
    .replace(risky, (char, at: number, text: string) => (isEscaped(text, at) ? char : `\\${char}`))
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

/** The visible text of Markdown text: escapes and character references resolved, no-break spaces made plain. */
export function shownText(markdown: string): string {
  return decodeString(markdown).replaceAll('\u00a0', ' ')
}

/** The visible words of inline content. */
export function textOfPieces(pieces: readonly InlinePiece[]): string {
  return pieces
    .map(({text}) => text)
    .join('')
    .trim()
}

export function markdownOfPieces(pieces: readonly InlinePiece[]): string {
  return pieces
    .map(({markdown}) => markdown)
    .join('')
    .trim()
}

/** Whether the content is images and badges without any word. */
export function isOnlyImages(nodes: readonly PhrasingContent[]): boolean {
  return nodes.every((node) => {
    if (node.type === 'image' || node.type === 'imageReference' || node.type === 'break') return true
    if (node.type === 'link' || node.type === 'linkReference')
      return node.children.length > 0 && isOnlyImages(node.children)
    if (node.type === 'text') return !/[\p{L}\p{N}]/u.test(node.value)
    if (node.type === 'inlineCode') return node.value.trim() === ''
    return 'children' in node ? isOnlyImages(node.children) : true
  })
}
