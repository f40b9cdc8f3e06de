import type {Nodes, Root, RootContent} from 'mdast'
import {fromMarkdown} from 'mdast-util-from-markdown'
import {gfmFootnoteFromMarkdown} from 'mdast-util-gfm-footnote'
import {gfmStrikethroughFromMarkdown} from 'mdast-util-gfm-strikethrough'
import {gfmTableFromMarkdown} from 'mdast-util-gfm-table'
import {gfmTaskListItemFromMarkdown} from 'mdast-util-gfm-task-list-item'
import {gfmFootnote} from 'micromark-extension-gfm-footnote'
import {gfmStrikethrough} from 'micromark-extension-gfm-strikethrough'
import {gfmTable} from 'micromark-extension-gfm-table'
import {gfmTaskListItem} from 'micromark-extension-gfm-task-list-item'

const extensions = [gfmTable(), gfmFootnote(), gfmStrikethrough(), gfmTaskListItem()]
const mdastExtensions = [
  gfmTableFromMarkdown(),
  gfmFootnoteFromMarkdown(),
  gfmStrikethroughFromMarkdown(),
  gfmTaskListItemFromMarkdown(),
]

/**
 * CommonMark with GFM as remark reads it, positions kept. Bare addresses stay text: finding them nearly doubles the
 * time, and their words are the same.
 *
 * A long text is parsed part by part: remark's time and garbage grow faster than its input. Parts begin at top-level
 * headings, where every other block ends; texts with definitions, which reach across parts, are parsed whole.
 */
export function parseMarkdown(text: string): Root {
  const starts = partStarts(text)
  if (starts.length < 2) return parsePart(text)
  const children: RootContent[] = []
  let line = 0
  for (const [index, start] of starts.entries()) {
    const part = text.slice(start, starts[index + 1])
    const root = parsePart(part)
    if (start > 0) for (const child of root.children) shift(child, line, start)
    for (const child of root.children) children.push(child)
    line += lineBreaksOf(part)
  }
  const end = {line: line + 1, column: text.length - text.lastIndexOf('\n'), offset: text.length}
  return {type: 'root', children, position: {start: {line: 1, column: 1, offset: 0}, end}}
}

function parsePart(text: string): Root {
  return fromMarkdown(text, {extensions, mdastExtensions})
}

const smallText = 1500
const smallPart = 800

/** Offsets at which a text can be cut without changing what it means; empty where it is better parsed whole. */
function partStarts(text: string): number[] {
  if (text.length < smallText || /^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*\[[^\]\n]+\]:/m.test(text)) return []
  const starts = [0]
  let fence: {readonly mark: string; readonly indent: number} | null = null
  let at = 0
  while (at < text.length) {
    const stop = text.indexOf('\n', at)
    const end = stop < 0 ? text.length : stop
    const first = text[at]
    if (fence === null) {
      if (first === '#' && at - starts.at(-1)! > smallPart && /^#{1,6}[ \t]/.test(text.slice(at, at + 8)))
        starts.push(at)
    }
    if (first === '`' || first === '~' || first === ' ') {
      const mark = /^( *)(`{3,}|~{3,})(.*)$/.exec(text.slice(at, end))
      if (mark) {
        const [, space, run, rest] = mark
        if (fence === null) {
          if (run![0] === '~' || !rest!.includes('`')) fence = {mark: run!, indent: space!.length}
        } else if (run![0] === fence.mark[0] && run!.length >= fence.mark.length && rest!.trim() === '') {
          // A fence in a list is not closed by one outside it: whether this is one, only remark can tell.
          if (space!.length < fence.indent) return []
          fence = null
        }
      }
    }
    at = end + 1
  }
  return starts
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
