import type {Code, Nodes, Root, RootContent} from 'mdast'
import {gfmFootnoteFromMarkdown} from 'mdast-util-gfm-footnote'
import {gfmStrikethroughFromMarkdown} from 'mdast-util-gfm-strikethrough'
import {gfmTableFromMarkdown} from 'mdast-util-gfm-table'
import {gfmTaskListItemFromMarkdown} from 'mdast-util-gfm-task-list-item'
import {gfmFootnote} from 'micromark-extension-gfm-footnote'
import {gfmStrikethrough} from 'micromark-extension-gfm-strikethrough'
import {gfmTable} from 'micromark-extension-gfm-table'
import {gfmTaskListItem} from 'micromark-extension-gfm-task-list-item'
import {remark} from 'remark'
import {restoreAddresses} from './bare-addresses.ts'

/**
 * remark with all of GFM except autolinks: finding them nearly doubles the time, and the words are the same without
 * them. These are the parts of `remark-gfm`, which cannot leave one out.
 */
const reader = remark()
  .data({
    micromarkExtensions: [gfmTable(), gfmFootnote(), gfmStrikethrough(), gfmTaskListItem()],
    fromMarkdownExtensions: [
      gfmTableFromMarkdown(),
      gfmFootnoteFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmTaskListItemFromMarkdown(),
    ],
  })
  .freeze()

/**
 * Parses CommonMark with GFM as remark does, with positions. Bare addresses stay text.
 *
 * A long text is parsed in parts, because remark's time and garbage grow faster than its input. Parts begin at top-level
 * headings, where every other block ends; unindented code blocks need no parser. Texts with definitions, which apply
 * across parts, are parsed as a whole.
 */
export function parseMarkdown(text: string): Root {
  const root = parsed(text)
  restoreAddresses(root, text)
  return root
}

function parsed(text: string): Root {
  const parts = partsOf(text)
  if (parts === null) return reader.parse(text)
  const children: RootContent[] = []
  let line = 0
  for (const {start, end, code} of parts) {
    if (code === null) {
      const part = text.slice(start, end)
      if (part.trim() !== '') {
        const root = reader.parse(part)
        if (start > 0) for (const child of root.children) shift(child, line, start)
        for (const child of root.children) children.push(child)
      }
      line += lineBreaksOf(part)
    } else {
      const lines = lineBreaksOf(text.slice(start, end))
      const lastLine = text.lastIndexOf('\n', end - 1) + 1
      children.push({
        type: 'code',
        ...code,
        position: {
          start: {line: line + 1, column: 1, offset: start},
          end: {line: line + 1 + lines, column: end - lastLine + 1, offset: end},
        },
      })
      line += lines
    }
  }
  const end = {line: line + 1, column: text.length - text.lastIndexOf('\n'), offset: text.length}
  return {type: 'root', children, position: {start: {line: 1, column: 1, offset: 0}, end}}
}

interface Part {
  readonly start: number
  readonly end: number
  /** The content of a code block; null for other Markdown. */
  readonly code: Pick<Code, 'lang' | 'meta' | 'value'> | null
}

const smallText = 1500
const smallPart = 800

/** Splits a text where that does not change its meaning; null if it is better parsed as a whole. */
function partsOf(text: string): readonly Part[] | null {
  if (text.length < smallText || /^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*\[[^\]\n]+\]:/m.test(text)) return null
  const parts: Part[] = []
  let start = 0
  let fence: {
    readonly mark: string
    readonly indent: number
    readonly at: number
    readonly info: string
  } | null = null
  let at = 0
  while (at < text.length) {
    const stop = text.indexOf('\n', at)
    const end = stop < 0 ? text.length : stop
    const first = text[at]
    if (
      first === '#' &&
      fence === null &&
      at - start > smallPart &&
      /^#{1,6}[ \t]/.test(text.slice(at, at + 8))
    ) {
      parts.push({start, end: at, code: null})
      start = at
    }
    // Only remark can tell whether an indented fence is in a list and so ends with it.
    if (fence !== null && fence.indent > 0 && at < end && !startsIndented(text, at, end, fence.indent))
      return null
    const mark =
      first === '`' || first === '~' || first === ' '
        ? /^( *)(`{3,}|~{3,})(.*)$/.exec(text.slice(at, end))
        : null
    if (mark) {
      const [, space, run, rest] = mark
      if (fence === null) {
        if (run![0] === '~' || !rest!.includes('`'))
          fence = {mark: run!, indent: space!.length, at, info: rest!.trim()}
      } else if (run![0] === fence.mark[0] && run!.length >= fence.mark.length && rest!.trim() === '') {
        if (fence.indent > 0 && space!.length !== fence.indent && space!.length > 3) return null
        // An unindented fence is not nested, and its content is literal.
        if (fence.indent === 0 && space === '' && end === at + run!.length && !/[\\&\t]/.test(fence.info)) {
          if (fence.at > start) parts.push({start, end: fence.at, code: null})
          const from = text.indexOf('\n', fence.at) + 1
          const [lang, meta] = [/^\S*/.exec(fence.info)![0], fence.info.replace(/^\S*\s*/, '')]
          parts.push({
            start: fence.at,
            end,
            code: {lang: lang || null, meta: meta || null, value: from >= at ? '' : text.slice(from, at - 1)},
          })
          start = end
        } else if (space!.length > fence.indent + 3) {
          at = end + 1
          continue
        }
        fence = null
      }
    }
    at = end + 1
  }
  parts.push({start, end: text.length, code: null})
  return parts.length === 1 ? null : parts
}

/** Whether a line is blank or indented by at least `indent` spaces. */
function startsIndented(text: string, at: number, end: number, indent: number): boolean {
  let p = at
  while (p < end && text[p] === ' ') p++
  return p - at >= indent || text.slice(p, end).trim() === ''
}

function lineBreaksOf(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function shift(node: Nodes, lines: number, offset: number): void {
  const {position} = node
  if (position) {
    position.start.line += lines
    position.end.line += lines
    position.start.offset! += offset
    position.end.offset! += offset
  }
  if ('children' in node) for (const child of node.children) shift(child, lines, offset)
}
