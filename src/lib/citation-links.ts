/**
 * Where the link of a citation goes in Markdown: behind its words, or below the code block that they are in or end with,
 * since the fence that closes it must stand alone. Null in a block that was never closed.
 */
function citationPlace(text: string, offset: number): {readonly at: number; readonly gap: string} | null {
  let opening = ''
  for (const {0: fence, 1: mark = '', index} of text.matchAll(/^ {0,3}(`{3,}|~{3,}).*$/gm)) {
    if (opening === '') {
      if (index >= offset) break
      opening = mark
    } else if (mark.startsWith(opening) && /^ *(`+|~+)\s*$/.test(fence)) {
      const at = index + fence.length
      if (offset <= at) return {at, gap: '\n\n'}
      opening = ''
    }
  }
  return opening === '' ? {at: offset, gap: ' '} : null
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
  const places = citations
    .flatMap(({n, end}) => {
      const place = end > text.length ? null : citationPlace(text, end)
      return place === null ? [] : [{n, ...place}]
    })
    .sort((a, b) => b.at - a.at || b.n - a.n)
  let linked = text
  for (const {n, at, gap} of places) {
    const link = linkOf(n)
    const mark = `${gap}[[${n}]](${link})`
    if (link !== null && !linked.startsWith(mark, at)) linked = linked.slice(0, at) + mark + linked.slice(at)
  }
  return linked
}
