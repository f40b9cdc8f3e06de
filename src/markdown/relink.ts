/** A Markdown text whose links lead elsewhere. */
export interface Relinked {
  readonly markdown: string
  /** Whether it has a heading of the first level. */
  readonly hasTitle: boolean
}

/** Longest link that is changed, in UTF-16 units. */
const maxLinkLength = 2_000

/**
 * Replaces where the links and images of a page lead; everything else stays as it is written, code included. One pass over
 * the text, whatever it holds: a page is read so for each agent that asks, and a parser takes a second for a hard one.
 * What looks like a link in an indented code block is taken for one.
 * @param linkOf the new address, percent-encoded; null leaves a link as it is.
 */
export function relink(markdown: string, linkOf: (link: string) => string | null): Relinked {
  const done: string[] = []
  let paragraph: string[] = []
  let fence: string | null = null
  let hasTitle = false
  const endParagraph = (): void => {
    if (paragraph.length === 0) return
    done.push(relinkedParagraph(paragraph.join('\n'), linkOf))
    paragraph = []
  }
  for (const line of markdown.split('\n')) {
    const mark = fenceMark.exec(line)?.[1]
    if (fence !== null) {
      if (mark?.startsWith(fence) && line.trimEnd().endsWith(mark)) fence = null
      done.push(line)
    } else if (mark !== undefined) {
      endParagraph()
      fence = mark
      done.push(line)
    } else if (line.trim() === '') {
      endParagraph()
      done.push(line)
    } else {
      hasTitle ||= /^ {0,3}#(?:[ \t]|$)/.test(line) || (paragraph.length > 0 && /^ {0,3}=+[ \t]*$/.test(line))
      paragraph.push(line)
    }
  }
  endParagraph()
  return {markdown: done.join('\n'), hasTitle}
}

/** The opening of a fenced block, also in quotes and lists. The info behind backticks has none. */
const fenceMark = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?!.*`)|~{3,})/

const definition = /^( {0,3}\[(?!\^)(?:[^\]\\]|\\.){1,999}\]:[ \t]*)(?:<([^<>\n]*)>|([^\s<]\S*))/

/** An escaped character, a run of backticks, or the destination of a link, which its title or its end follows. */
const tokens = new RegExp(
  `\\\\.|(\`+)|(\\]\\([ \\t\\n]*)(?:<([^<>\\n]*)>|((?:[^\\s<>()]|\\([^\\s<>()]*\\)){1,${maxLinkLength}}))(?=\\s*\\)|\\s+["'(])`,
  'gs',
)

function relinkedParagraph(text: string, linkOf: (link: string) => string | null): string {
  const defined = text.startsWith('[') || text.includes('\n[') ? relinkedDefinitions(text, linkOf) : text
  if (!defined.includes('](')) return defined
  const closing = closingTicks(defined)
  let relinked = ''
  let at = 0
  tokens.lastIndex = 0
  for (let token = tokens.exec(defined); token !== null; token = tokens.exec(defined)) {
    const [whole, ticks, opening, inBrackets, bare] = token
    if (ticks !== undefined) {
      const end = closing(ticks.length, token.index)
      if (end !== null) tokens.lastIndex = end
    } else if (opening !== undefined) {
      const link = linkOf(decodedLink(inBrackets ?? bare ?? ''))
      if (link === null) continue
      relinked += defined.slice(at, token.index) + opening + writtenLink(link)
      at = token.index + whole.length
    }
  }
  return relinked + defined.slice(at)
}

function relinkedDefinitions(text: string, linkOf: (link: string) => string | null): string {
  return text
    .split('\n')
    .map((line) =>
      line.replace(definition, (whole, opening: string, inBrackets?: string, bare?: string) => {
        const link = linkOf(decodedLink(inBrackets ?? bare ?? ''))
        return link === null ? whole : opening + writtenLink(link)
      }),
    )
    .join('\n')
}

/** Finds the end of a code span: behind the next run of as many backticks. Called with places in ascending order. */
function closingTicks(text: string): (length: number, from: number) => number | null {
  const runs = new Map<number, {readonly at: number[]; next: number}>()
  for (const {0: run, index} of text.matchAll(/`+/g)) {
    const known = runs.get(run.length)
    if (known === undefined) runs.set(run.length, {at: [index], next: 0})
    else known.at.push(index)
  }
  return (length, from) => {
    const same = runs.get(length)
    if (same === undefined) return null
    while ((same.at[same.next] ?? Number.POSITIVE_INFINITY) <= from) same.next++
    const start = same.at[same.next]
    return start === undefined ? null : start + length
  }
}

function decodedLink(written: string): string {
  return written.replace(/\\([!-/:-@[-`{-~])/g, '$1').replaceAll('&amp;', '&')
}

function writtenLink(link: string): string {
  return /[()\s<>]/.test(link) ? `<${link.replace(/[<>\s]/g, encodeURIComponent)}>` : link
}
