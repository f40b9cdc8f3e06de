import type {FileForm} from './file-form.ts'
import {searchQueryOf} from './search-query.ts'
import type {TranscriptFilter} from './transcript-store.ts'

/** A filter in SQL. */
export interface Conditions {
  /** What to select from: `answers`, or a search joined with it, which names its rows `found`. */
  readonly source: string
  readonly conditions: readonly string[]
  /** Of the source and then of the conditions. */
  readonly values: readonly unknown[]
}

/**
 * What a filter means, in SQL: the one place that says so.
 *
 * @param named The answer whose id or ref the words of the filter are; null where they are words.
 */
export function conditionsOf(
  filter: TranscriptFilter,
  {partial, conversation}: FileForm,
  named: string | null,
): Conditions {
  const conditions: string[] = []
  const values: unknown[] = []
  const add = (condition: string, ...bound: unknown[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  let source = 'answers'

  const words = filter.q?.trim() ?? ''
  const query = searchQueryOf(words)
  if (named !== null) {
    add('id = ?', named)
  } else if (query?.kind === 'match') {
    // The search leads, since it gives its rows in order and stops when the page is full.
    source =
      '(SELECT rowid AS found FROM answers_fts WHERE answers_fts MATCH ?) CROSS JOIN answers ON row = found'
    values.push(query.expression)
    for (const glob of query.literals) {
      add("(lower(' ' || question) GLOB ? OR lower(' ' || text) GLOB ?)", glob, glob)
    }
  } else if (query?.kind === 'like') {
    add("(question LIKE ? ESCAPE '\\' OR text LIKE ? ESCAPE '\\')", query.pattern, query.pattern)
  }
  // Of two indexes the planner would take the endings', and look at every complete answer for the few that are partial.
  const ending = filter.partial ? '+ending' : 'ending'
  if (filter.ending === 'running') add(`${ending} IS NULL`)
  else if (filter.ending !== undefined) add(`${ending} = ?`, filter.ending)
  if (filter.rating === 'none') add('rating IS NULL')
  else if (filter.rating !== undefined) add('rating = ?', filter.rating)
  if (filter.verdict === 'none') add('verdict IS NULL')
  else if (filter.verdict !== undefined) add('verdict = ?', filter.verdict)
  if (filter.abstained !== undefined) add('abstained = ?', filter.abstained ? 1 : 0)
  if (filter.partial !== undefined) add(filter.partial ? partial.yes : partial.no)
  if (filter.build !== undefined) add('build = ?', filter.build)
  if (filter.from !== undefined) add('started_at >= ?', filter.from)
  if (filter.to !== undefined) add('started_at < ?', filter.to)
  if (filter.conversation !== undefined) add(`${conversation} = ?`, filter.conversation)
  return {source, conditions, values}
}
