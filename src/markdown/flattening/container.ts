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
  /** Whether its content becomes a quote, unless it contains headings. */
  readonly quote: boolean
  /** Labels for the members of a group, in order. */
  readonly labels: readonly string[]
  /** Markup that is shown after it. */
  readonly after?: string
}

/** A container as its construct describes it; where its content begins is known when it is opened. */
export type Opening = Omit<Container, 'start' | 'labels'> & {readonly labels?: readonly string[]}

/** Width of spaces and tabs, in columns. */
export function columnsOf(space: string): number {
  let columns = 0
  for (const char of space) columns += char === '\t' ? 4 - (columns % 4) : 1
  return columns
}

/** Turns a callout into a quote, so that its end is visible. One with headings stays as it is: its parts are sections. */
export function quoteCallout(out: string[], {start, indent}: Pick<Container, 'start' | 'indent'>): void {
  let from = start
  let to = out.length
  while (from < to && out[from]!.trim() === '') from++
  while (to > from && out[to - 1]!.trim() === '') to--
  const part = out.slice(from, to)
  if (part.length === 0 || part.length > maxQuote || hasHeading(part)) return
  const base = Math.min(indent, ...part.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  for (let n = from; n < to; n++) {
    const line = out[n]!
    out[n] = line.trim() === '' ? `${' '.repeat(base)}>` : `${line.slice(0, base)}> ${line.slice(base)}`
  }
}

/** Maximum lines of a callout; a longer one is a part of the page. */
const maxQuote = 300

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
