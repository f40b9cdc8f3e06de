import type {SchemaSql} from './schema-sql.ts'
import {searchQueryOf} from './search-query.ts'
import type {TranscriptFilter} from './transcript-store.ts'

/** A filter in SQL. */
export interface Conditions {
  /** What to select from: `answers`, or a full-text search joined with it, whose row ids are called `found`. */
  readonly source: string
  readonly conditions: readonly string[]
  /** Bound values: first those of the source, then those of the conditions. */
  readonly values: readonly unknown[]
}

/**
 * Translates a filter to SQL. The only place that defines what a filter means.
 *
 * @param answerId the answer whose id or ref is the query of the filter; null if the query is text.
 */
export function conditionsOf(
  filter: TranscriptFilter,
  {partial, missing, conversation, lang}: SchemaSql,
  answerId: string | null,
): Conditions {
  const conditions: string[] = []
  const values: unknown[] = []
  const add = (condition: string, ...bound: unknown[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  let source = 'answers'

  const text = filter.q?.trim() ?? ''
  const query = searchQueryOf(text)
  if (answerId !== null) {
    add('id = ?', answerId)
  } else if (query?.kind === 'match') {
    // The search comes first in the join: it returns rows in order and stops when the page is full.
    source =
      '(SELECT rowid AS found FROM answers_fts WHERE answers_fts MATCH ?) CROSS JOIN answers ON row = found'
    values.push(query.expression)
    for (const glob of query.literals) {
      add("(lower(' ' || question) GLOB ? OR lower(' ' || text) GLOB ?)", glob, glob)
    }
  } else if (query?.kind === 'like') {
    add("(question LIKE ? ESCAPE '\\' OR text LIKE ? ESCAPE '\\')", query.pattern, query.pattern)
  }
  // Otherwise the planner would choose the index on `ending`, and scan all complete answers for the few partial ones.
  const ending = filter.partial ? '+ending' : 'ending'
  if (filter.ending === 'running') add(`${ending} IS NULL`)
  else if (filter.ending !== undefined) add(`${ending} = ?`, filter.ending)
  if (filter.rating === 'none') add('rating IS NULL')
  else if (filter.rating !== undefined) add('rating = ?', filter.rating)
  if (filter.missing !== undefined) add(`${missing} = ${filter.missing ? 1 : 0}`)
  if (filter.verdict === 'none') add('verdict IS NULL')
  else if (filter.verdict !== undefined) add('verdict = ?', filter.verdict)
  if (filter.abstained !== undefined) add('abstained = ?', filter.abstained ? 1 : 0)
  if (filter.partial !== undefined) add(filter.partial ? partial.yes : partial.no)
  if (filter.build !== undefined) add('build = ?', filter.build)
  if (filter.lang !== undefined) add(`(${lang} = ? OR ${lang} GLOB ? || '-*')`, filter.lang, filter.lang)
  if (filter.from !== undefined) add('started_at >= ?', filter.from)
  if (filter.to !== undefined) add('started_at < ?', filter.to)
  if (filter.conversation !== undefined) add(`${conversation} = ?`, filter.conversation)
  return {source, conditions, values}
}
