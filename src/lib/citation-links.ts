/**
 * Where the link of a citation goes in Markdown: behind its words, or below the code block that they are in or end with,
 * since the fence that closes it must stand alone. Null in a block that was never closed.
 */
function citationPlace(text: string, offset: number): {readonly at: number; readonly gap: string} | null {
  let opening: string | null = null
  for (const {0: fence, 1: mark = '', index} of text.matchAll(/^ {0,3}(`{3,}|~{3,}).*$/gm)) {
    if (opening === null) {
      if (index >= offset) break
      opening = mark
      continue
    }
    const isClosing = mark.startsWith(opening) && /^ *(`+|~+)\s*$/.test(fence)
    if (!isClosing) continue
    const end = index + fence.length
    if (offset <= end) return {at: end, gap: '\n\n'}
    opening = null
  }
  return opening === null ? {at: offset, gap: ' '} : null
}

/** Text with Markdown characters escaped, for use inside a link. */
export function escapedMarkdown(words: string): string {
  return words.replace(/[\\`*_[\]<>]/g, '\\$&')
}

interface Cited {
  readonly n: number
  readonly end: number
}

/** Markdown with a link at each citation; several of one source at the same place become one. @param linkOf null for none. */
export function withCitationLinks(
  text: string,
  citations: readonly Cited[],
  linkOf: (n: number) => string | null,
): string {
  let linked = text
  const places = citations
    .filter(
      ({n, end}, i, all) =>
        end <= text.length && i === all.findIndex((other) => other.n === n && other.end === end),
    )
    .flatMap(({n, end}) => {
      const place = citationPlace(text, end)
      return place === null ? [] : [{n, ...place}]
    })
    .sort((a, b) => b.at - a.at || b.n - a.n)
  for (const {n, at, gap} of places) {
    const link = linkOf(n)
    if (link !== null) linked = `${linked.slice(0, at)}${gap}[[${n}]](${link})${linked.slice(at)}`
  }
  return linked
}
