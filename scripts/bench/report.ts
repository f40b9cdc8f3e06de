/** Given to every benchmark. */
export interface BenchOptions {
  /** Smaller inputs: to see that it runs, not to quote. */
  readonly quick: boolean
  /** Sizes asked for with `--sizes`; null for the benchmark's own. */
  readonly sizes: readonly number[] | null
  /** Same seed, same input. */
  readonly seed: number
  /** Tells people how far it is; goes to standard error. */
  readonly log: (line: string) => void
}

export interface BenchReport {
  readonly name: string
  /** One sentence: what was measured, and beside what. */
  readonly about: string
  readonly tables: readonly BenchTable[]
  readonly notes?: readonly string[]
}

export interface BenchTable {
  readonly title: string
  /** One object a row; its keys, with their units, are the headings. Rows of a table have the same keys. */
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
}

/** A report as Markdown, numbers to three figures. */
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
