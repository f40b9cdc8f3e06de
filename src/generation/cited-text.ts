/** A block of a source as it is sent to a model. */
export interface SentBlock {
  readonly markdown: string
  /** Its visible words; empty for a heading, which is not quoted. */
  readonly text: string
}

/**
 * The visible words of what a model cited from the blocks it was sent. Those of whole blocks, which is what the API
 * cites, are known; a part of a block, as a gateway may cite, is stripped of its markup.
 */
export function citedText(blocks: readonly SentBlock[], cited: string): string {
  const match = matchIn(blocks, cited)
  if (match === null) return withoutMarkup(cited)
  const {covered, isWhole} = match
  const quotable = covered.filter(({text}) => text !== '')
  if (isWhole) return quotable.map(({text}) => text).join('\n')
  const headings = covered.slice(0, covered.length - quotable.length)
  return withoutMarkup(headings.reduce(withoutBeginning, cited))
}

/** The blocks that a cited text covers, and whether it has all of each. Null where it is in none. */
function matchIn(
  blocks: readonly SentBlock[],
  cited: string,
): {readonly covered: readonly SentBlock[]; readonly isWhole: boolean} | null {
  const needle = withoutSpaces(cited)
  const texts = blocks.map(({markdown}) => withoutSpaces(markdown))
  const at = texts.join('').indexOf(needle)
  if (at < 0) return null
  const end = at + needle.length
  let from = 0
  let isWhole = true
  const covered = blocks.filter((_, index) => {
    const to = from + texts[index]!.length
    const isIn = from < end && to > at
    if (isIn && (from < at || to > end)) isWhole = false
    from = to
    return isIn
  })
  return {covered, isWhole}
}

/** A cited text without the part of the block that it begins in. */
function withoutBeginning(cited: string, {markdown}: SentBlock): string {
  const lines = markdown.split('\n')
  const cut = lines.map((_, from) => lines.slice(from).join('\n')).find((part) => cited.startsWith(part))
  return cut === undefined ? cited : cited.slice(cut.length)
}

/**
 * Text without the markup that has letters or digits: addresses of links, numbers of steps, languages of fences. Other
 * markup does not matter, since quotations are found by letters and digits.
 */
function withoutMarkup(markdown: string): string {
  return markdown
    .replace(/^[ \t]*`{3,}.*$/gm, '')
    .replace(/^[ \t]*\d+[.)][ \t]+/gm, '')
    .replace(/\]\([^()\s]*\)/g, ']')
}

/** White space differs between a page, its blocks and a quote that joins two of them. */
export function withoutSpaces(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '')
}
