/** A construct that is open around the lines that follow. */
export interface Container {
  readonly kind: 'fence' | 'colon' | 'slash' | 'indent' | 'element' | 'shortcode' | 'liquid'
  readonly name: string
  /** Columns before its marker. */
  readonly indent: number
  /** Length of a fence or a run of colons. */
  readonly size: number
  /** Columns removed from its content; −1 until its first line is known. */
  readonly strip: number
  /** Index in the output where its content begins. */
  readonly start: number
  /** What its content becomes when it is closed, unless it contains headings; by default `text`. */
  readonly shownAs?: Frame | 'text'
  /** Labels for the members of a group, in order. */
  readonly labels: readonly string[]
  /** Markup that is shown after it. */
  readonly after?: string
}

/** A quote, an item of a list, or more of the item above. */
export type Frame = 'quote' | 'item' | 'more-of-item'

/** A container as its construct describes it; where its content begins is known when it is opened. */
export type Opening = Omit<Container, 'start' | 'labels'> & Partial<Pick<Container, 'start' | 'labels'>>

/** Width of spaces and tabs, in columns. */
export function columnsOf(space: string): number {
  let columns = 0
  for (const char of space) columns += char === '\t' ? 4 - (columns % 4) : 1
  return columns
}

const marks: Readonly<Record<Frame, readonly [first: string, next: string]>> = {
  quote: ['> ', '> '],
  item: ['- ', '  '],
  'more-of-item': ['  ', '  '],
}

/**
 * Makes the lines from `start` on one block, so that its end is visible. Those with headings stay as they are: their parts
 * are sections. So do lines of a quote that cannot become an item, because the quote is around it.
 */
export function frame(out: string[], {start, indent}: Pick<Container, 'start' | 'indent'>, as: Frame): void {
  let from = start
  let to = out.length
  while (from < to && out[from]!.trim() === '') from++
  while (to > from && out[to - 1]!.trim() === '') to--
  const part = out.slice(from, to)
  if (part.length === 0 || part.length > maxFramed || hasHeading(part)) return
  if (as !== 'quote' && part.some((line) => line.startsWith('>'))) return
  const base = Math.min(indent, ...part.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  const [first, next] = marks[as]
  for (let n = from; n < to; n++) {
    const line = out[n]!
    const framed = line.slice(0, base) + (n === from ? first : next) + line.slice(base)
    out[n] = line.trim() === '' ? (' '.repeat(base) + next).trimEnd() : framed
  }
}

/** Maximum lines of a framed block; a longer one is a part of the page. */
const maxFramed = 300

function hasHeading(lines: readonly string[]): boolean {
  let fence: string | null = null
  for (const line of lines) {
    const mark = /^[ \t>]*(?:[-*+][ \t]+)?(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null && mark !== undefined) fence = mark
    else if (fence !== null && mark?.startsWith(fence)) fence = null
    else if (fence === null && /^\s*#{1,6}\s/.test(line)) return true
  }
  return false
}
