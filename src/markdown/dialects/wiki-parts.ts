/**
 * The part of a note that a link names after `#`: what is under a heading (`Heading`, `Heading#Below it`), or a block
 * (`^id`). All of it for an empty name; empty for one that the note does not have.
 */
export function partOfNote(text: string, part: string): string {
  if (part === '') return text
  return part.startsWith('^') ? blockIn(text, part) : underHeading(text, part.split('#').at(-1)!)
}

function underHeading(text: string, heading: string): string {
  const lines = text.split('\n')
  const wanted = bare(heading)
  let depth = 0
  let start = -1
  let fence = ''
  for (const [n, line] of lines.entries()) {
    const mark = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark && (fence === '' || mark.startsWith(fence))) fence = fence === '' ? mark : ''
    const [, marks, title] = fence === '' ? (/^(#{1,6})[ \t]+(.*)$/.exec(line) ?? []) : []
    if (marks === undefined) continue
    if (start >= 0 && marks.length <= depth) return lines.slice(start, n).join('\n')
    if (start < 0 && bare(title!) === wanted) {
      start = n
      depth = marks.length
    }
  }
  return start < 0 ? '' : lines.slice(start).join('\n')
}

function bare(heading: string): string {
  return heading
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase()
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
