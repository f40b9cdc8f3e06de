/** A piece of a source as it is sent to a model. */
export interface SentBlock {
  readonly markdown: string
  /** Its visible words; empty for a heading, which is not quoted. */
  readonly text: string
}

/**
 * The visible words of what a model cited of the blocks that it was sent. Of blocks that are cited whole, as the API
 * does, they are known; what a gateway cites in part is freed of its marks.
 */
export function citedWords(blocks: readonly SentBlock[], cited: string): string {
  const place = placeOf(blocks, cited)
  if (place === null) return withoutMarks(cited)
  const {covered, isWhole} = place
  const shown = covered.filter(({text}) => text !== '')
  if (isWhole) return shown.map(({text}) => text).join('\n')
  const headings = covered.slice(0, covered.length - shown.length)
  return withoutMarks(headings.reduce(withoutBeginning, cited))
}

/** The blocks that a cited text runs over, and whether it has all of them. */
function placeOf(
  blocks: readonly SentBlock[],
  cited: string,
): {readonly covered: readonly SentBlock[]; readonly isWhole: boolean} | null {
  const wanted = spaceless(cited)
  const texts = blocks.map(({markdown}) => spaceless(markdown))
  const at = texts.join('').indexOf(wanted)
  if (at < 0) return null
  const end = at + wanted.length
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

/** A cited text without what it has of the block that it begins in. */
function withoutBeginning(cited: string, {markdown}: SentBlock): string {
  const lines = markdown.split('\n')
  const cut = lines.map((_, from) => lines.slice(from).join('\n')).find((part) => cited.startsWith(part))
  return cut === undefined ? cited : cited.slice(cut.length)
}

/**
 * Words without the signs of Markdown that have letters or digits: where links lead, numbers of steps, languages of
 * fences. The others do not matter, since quotations are found by letters and digits.
 */
function withoutMarks(markdown: string): string {
  return markdown
    .replace(/^[ \t]*`{3,}.*$/gm, '')
    .replace(/^[ \t]*\d+[.)][ \t]+/gm, '')
    .replace(/\]\([^()\s]*\)/g, ']')
}

/** White space differs between a page, its blocks and a quote that joins two of them. */
export function spaceless(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '')
}
