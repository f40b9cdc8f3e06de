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
    if (pieces.every(({text}) => text.trim() === '')) return pieces
    return [
      {markdown: before, text: '', role: 'opens', startLine, endLine: startLine},
      ...pieces,
      {markdown: after, text: '', role: 'closes', startLine: endLine, endLine},
    ]
  }
  switch (node.type) {
    case 'text':
      return textPieces(node, source)
    case 'inlineCode':
      return whole(codeSpan(node.value), node.value)
    case 'strong':
      return between('**', '**', node.children)
    case 'emphasis':
      return between('*', '*', node.children)
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

/** Text as written, on one line, with risky characters escaped and without footnote marks. */
function cleaned(raw: string): string {
  return raw
    .replace(/\[\^[^\]\s]+\]/g, '')
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
    if (node.type === 'text' || node.type === 'inlineCode') return !/[\p{L}\p{N}]/u.test(node.value)
    return 'children' in node ? isOnlyImages(node.children) : true
  })
}
