/** Options of every benchmark. */
export interface BenchOptions {
  /** Uses smaller inputs: to see that it runs, not for figures to publish. */
  readonly quick: boolean
  /** Sizes given with `--sizes`; null for the benchmark's defaults. */
  readonly sizes: readonly number[] | null
  /** A folder of Markdown to use instead of synthetic documentation, given with `--content`; null for none. */
  readonly content: string | null
  /** A commit of Docent to run beside this checkout, given with `--beside`; null for none. */
  readonly beside: string | null
  /** The same seed makes the same input. */
  readonly seed: number
  /** Reports progress on standard error. */
  readonly log: (line: string) => void
}

export interface BenchReport {
  readonly name: string
  /** One sentence: what was measured, and what it is compared with. */
  readonly about: string
  readonly tables: readonly BenchTable[]
  readonly notes?: readonly string[]
}

export interface BenchTable {
  readonly title: string
  /** One object for each row, all with the same keys. The keys, with their units, are the column headings. */
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
}

/** Formats a report as Markdown, with numbers to three significant digits. */
export function formatBenchReport({name, about, tables, notes = []}: BenchReport): string {
  const lines = [`## ${name}`, '', about]
  for (const {title, rows} of tables) {
    const heads = Object.keys(rows[0] ?? {})
    lines.push('', `### ${title}`, '', `| ${heads.join(' | ')} |`, `|${heads.map(() => '---|').join('')}`)
    for (const row of rows) lines.push(`| ${heads.map((head) => cell(row[head])).join(' | ')} |`)
  }
  if (notes.length > 0) lines.push('', ...notes.map((note) => `- ${note}`))
  return lines.join('\n')
}

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string' || Number.isInteger(value)) return value.toLocaleString('en-US')
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
