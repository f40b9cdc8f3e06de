import type {Parents, PhrasingContent, Root} from 'mdast'
import {visit} from 'unist-util-visit'

/** Whether a text has a bare address with characters that would be emphasis. */
const mayHave = /https?:\/\/[^\s<>]*[*_~]/i
const atEnd = /https?:\/\/[^\s<>]*$/i

/**
 * Makes the emphasis inside bare addresses text again, as in `https://host/__init__`: GFM reads an address first.
 * Changes the tree. `text` is what it was parsed from.
 */
export function restoreAddresses(root: Root, text: string): void {
  if (!mayHave.test(text)) return
  visit(root, (node) => {
    if ('children' in node) restoreIn(node, text)
  })
}

function restoreIn(parent: Parents, text: string): void {
  const children = parent.children as PhrasingContent[]
  for (let at = 0; at + 1 < children.length; ) {
    const [before, marked, after] = children.slice(at, at + 3)
    if (before?.type !== 'text' || !isMarked(marked) || !atEnd.test(before.value)) {
      at++
      continue
    }
    const raw = text.slice(marked.position!.start.offset, marked.position!.end.offset)
    if (/\s/.test(raw)) {
      at++
      continue
    }
    const follows = after?.type === 'text' ? after : null
    const value = before.value + raw + (follows?.value ?? '')
    const position = {start: before.position!.start, end: (follows ?? marked).position!.end}
    children.splice(at, follows ? 3 : 2, {type: 'text', value, position})
  }
}

function isMarked(node: PhrasingContent | undefined): node is PhrasingContent {
  return node?.type === 'strong' || node?.type === 'emphasis' || node?.type === 'delete'
}
