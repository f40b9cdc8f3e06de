import type {Citation} from './docent.ts'

/**
 * Markdown with a link after each cited span, as `[1](https://…)`. A citation of code gets it behind the code block.
 * @param urls addresses of the sources by their ids.
 */
export function withCitationMarks(
  markdown: string,
  citations: readonly Citation[],
  urls: ReadonlyMap<string, string>,
): string {
  let marked = markdown
  // From the end, so that the offsets before it stay true.
  for (const {n, sourceId, part} of citations.toSorted((a, b) => b.part.end - a.part.end)) {
    const url = urls.get(sourceId)
    if (url === undefined) continue
    const at = outsideOfCode(markdown, part.end)
    const mark = `[\\[${n}\\]](${url})`
    const isOwnLine = at === 0 || markdown[at - 1] === '\n'
    marked = marked.slice(0, at) + (isOwnLine ? `\n${mark}\n\n` : ` ${mark}`) + marked.slice(at)
  }
  return marked
}

/** The place itself, or the line after the code block that it is in. */
function outsideOfCode(markdown: string, at: number): number {
  const fences = [...markdown.matchAll(/^(?:`{3,}|~{3,}).*$/gm)]
  const before = fences.filter(({index}) => index < at).length
  const closing = fences[before]
  if (before % 2 === 0 || closing === undefined) return isFence(markdown, at) ? endOfLine(markdown, at) : at
  return endOfLine(markdown, closing.index)
}

function isFence(markdown: string, at: number): boolean {
  return /(?:^|\n)(?:`{3,}|~{3,})[^\n]*$/.test(markdown.slice(0, at))
}

/** Where a paragraph of its own can stand after the line. */
function endOfLine(markdown: string, at: number): number {
  const end = markdown.indexOf('\n', at)
  return end === -1 ? markdown.length : end + 1
}
