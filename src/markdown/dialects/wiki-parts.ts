import {bareHeading, underHeading} from '../under-heading.ts'

/**
 * The part of a note that a link names after `#`: what is under a heading (`Heading`, `Heading#Below it`), or a block
 * (`^id`). All of it for an empty name; empty for one that the note does not have.
 */
export function partOfNote(text: string, part: string): string {
  if (part === '') return text
  if (part.startsWith('^')) return blockIn(text, part)
  const wanted = bareHeading(part.split('#').at(-1)!)
  return underHeading(text, (heading) => bareHeading(heading) === wanted) ?? ''
}

/** The list item that ends in the id, or the paragraph, or what stands above an id on a line of its own. */
function blockIn(text: string, id: string): string {
  const blocks = text.split(/\n[ \t]*\n/)
  const ends = (block: string): boolean => block.trimEnd().endsWith(id)
  const at = blocks.findIndex((block) => block.split('\n').some(ends))
  if (at < 0) return ''
  const block = blocks[at]!
  const isAlone = block.trim() === id
  const lines = (isAlone ? (blocks[at - 1] ?? '') : block).split('\n')
  const item = isAlone
    ? undefined
    : lines.find((line) => ends(line) && /^[ \t]*(?:[-*+]|\d+[.)])[ \t]/.test(line))
  return (item ?? lines.join('\n')).replaceAll(id, '').trimEnd()
}
