import type {Measure} from './catalog-schema.ts'
import type {Plan} from './filter-plan.ts'

/** SQL for the answers of a plan, by the column `found`. */
export function sourceOf(
  {expression, between, rows, at, like}: Plan,
  measure: Measure | null,
  index = 'NOT INDEXED',
): {from: string; conditions: string[]; values: unknown[]; row: string} {
  const needsFacets = measure !== null || at !== null || expression === null
  const row = expression === null ? 'facets.row' : 'found'
  const conditions: string[] = []
  const values: unknown[] = expression === null ? [] : [expression]
  const add = (condition: string, ...bound: unknown[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  if (between !== null) add(`${row} BETWEEN ? AND ?`, ...between)
  if (rows !== null) add(`${row} IN (SELECT value FROM json_each(?))`, JSON.stringify(rows))
  if (at !== null) add('facets.at >= ? AND facets.at < ?', ...at)
  if (measure !== null) add(isMeasured(measure))
  if (like !== null) {
    add(
      `EXISTS (SELECT 1 FROM texts WHERE texts.row = ${row} AND (question LIKE ? ESCAPE '\\' OR text LIKE ? ESCAPE '\\'))`,
      ...[like, like],
    )
  }
  const words = '(SELECT rowid AS found FROM words WHERE words MATCH ?)'
  const from =
    expression === null
      ? `facets ${index}`
      : needsFacets
        ? `${words} CROSS JOIN facets ON facets.row = found`
        : words
  return {from, conditions, values, row}
}

export function isMeasured(measure: Measure): string {
  return `facets.${measure} IS NOT NULL`
}

export function where(conditions: readonly string[]): string {
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
}
