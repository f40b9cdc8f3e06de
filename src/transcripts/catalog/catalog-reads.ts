import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import type {SqliteDatabase} from '../../native/index.ts'
import {schemaSqlOf} from '../schema-sql.ts'
import type {TranscriptFilter} from '../transcript-store.ts'
import type {Category, Measure} from './catalog-schema.ts'
import {noName} from './facets-of.ts'
import {wordSearchOf} from './search-words.ts'

/** An answer in a list: its row in the transcripts file, and what the list is sorted by. */
export interface Found {
  readonly row: number
  /** In milliseconds; null where the list is sorted by time. */
  readonly value: number | null
}

export interface CatalogSelection {
  readonly filter: TranscriptFilter
  /** Null for the order in which the answers began. Else answers without the measure are left out. */
  readonly measure: Measure | null
  readonly order: 'ASC' | 'DESC'
  /** Starts after this one, in the order; null to start at the beginning. */
  readonly after: Found | null
  readonly limit: number
}

/** A value that a filter can ask for, and how many answers have it. */
export interface NamedCount {
  readonly name: string
  readonly answers: number
}

/**
 * Searches the catalog. The transcripts file must be attached, or be in the same database.
 * @throws what SQLite throws.
 */
export interface CatalogReads {
  select(selection: CatalogSelection): Found[]
  /** How many match, without these rows; `limit` if there are more. */
  count(
    selection: Pick<CatalogSelection, 'filter' | 'measure' | 'limit'>,
    without?: readonly number[],
  ): number
  /** The values of a category, the most frequent first. */
  values(kind: Category | 'page', limit: number): NamedCount[]
}

/** Number of prepared statements cached for recent filters. */
const maxStatements = 64

/** Where one way to find answers becomes faster than another; measured with a million answers. */
export interface Thresholds {
  /** Up to so many answers, each is looked up in the full-text index; more are found faster by going through the index. */
  readonly lookedUp: number
  /** Up to so many matches are sorted; among more, the index of the measure soon has enough that match. */
  readonly sorted: number
}

const measuredThresholds: Thresholds = {lookedUp: 3_000, sorted: 20_000}

/** A filter in SQL. */
interface Plan {
  readonly from: string
  readonly fromValues: readonly unknown[]
  /** The row id of an answer, by which the source is ordered. */
  readonly row: string
  readonly conditions: readonly string[]
  readonly values: readonly unknown[]
}

interface Name extends NamedCount {
  readonly id: number
}

export function createCatalogReads(
  db: SqliteDatabase,
  thresholds: Thresholds = measuredThresholds,
): CatalogReads {
  const schema = schemaSqlOf(db)
  const nameOf = db.prepare<[string, string], Name>(
    'SELECT id, name, answers FROM names WHERE kind = ? AND name = ?',
  )
  const namesLike = db.prepare<[string, string, string], Name>(
    "SELECT id, name, answers FROM names WHERE kind = ? AND (name = ? OR name GLOB ? || '-*')",
  )
  const total = db
    .prepare<[], number>("SELECT ifnull(sum(answers), 0) FROM names WHERE kind = 'partial'")
    .pluck()
  const valuesOf = db.prepare<[string, number], NamedCount>(
    "SELECT name, answers FROM names WHERE kind = ? AND answers > 0 AND name <> '' ORDER BY answers DESC, name LIMIT ?",
  )
  const rowsNamed = db
    .prepare<[string, string], number>(`SELECT row FROM answers WHERE id = ? OR ${schema.ref} = ?`)
    .pluck()
  const matches = db
    .prepare<[string, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)',
    )
    .pluck()
  const rowsBetween = db.prepare<[number, number], {first: number | null; last: number | null}>(
    'SELECT min(row) AS first, max(row) AS last FROM facets WHERE at >= ? AND at < ?',
  )
  const statements = new TwoGenerationCache<string, ReturnType<typeof prepared>>(maxStatements)

  function prepared(sql: string) {
    return db.prepare<unknown[], Found & {readonly n: number}>(sql)
  }

  function statementOf(sql: string): ReturnType<typeof prepared> {
    const kept = statements.get(sql)
    if (kept !== undefined) return kept
    const statement = prepared(sql)
    statements.set(sql, statement)
    return statement
  }

  /** Null if nothing can match. */
  function planOf(filter: TranscriptFilter, measure: Measure | null): Plan | null {
    const conditions: string[] = []
    const values: unknown[] = []
    const add = (condition: string, ...bound: unknown[]) => {
      conditions.push(condition)
      values.push(...bound)
    }

    const all = total.get()!
    let rarest: {readonly answers: number; readonly category: Category} | null = null
    for (const [category, name] of namesIn(filter)) {
      const found = nameOf.get(category, name)
      if (found === undefined || found.answers === 0) return null
      add(`facets.${category} = ?`, found.id)
      if (rarest === null || found.answers < rarest.answers) rarest = {answers: found.answers, category}
    }
    if (filter.lang !== undefined) {
      const found = namesLike.all('lang', filter.lang, filter.lang)
      if (found.length === 0) return null
      add(`facets.lang IN (${found.map(() => '?').join(', ')})`, ...found.map(({id}) => id))
    }
    let {from, to} = filter
    let range: readonly [number, number] | null = null
    if (from !== undefined || to !== undefined) {
      from ??= 0
      to ??= Number.MAX_SAFE_INTEGER
      const {first, last} = rowsBetween.get(from, to)!
      if (first === null || last === null) return null
      // The clock may have been turned back in between, so both are asked for.
      add('facets.at >= ? AND facets.at < ?', from, to)
      range = [first, last]
    }
    let isPinned = false
    if (filter.conversation !== undefined) {
      isPinned = true
      add(`facets.row IN (SELECT row FROM answers WHERE ${schema.conversation} = ?)`, filter.conversation)
    }

    const text = filter.q?.trim() ?? ''
    const named = text === '' ? [] : rowsNamed.all(text, text)
    const search = text === '' || named.length > 0 ? null : wordSearchOf(text)
    if (named.length > 0) {
      isPinned = true
      add(`facets.row IN (${named.map(() => '?').join(', ')})`, ...named)
    } else if (text !== '' && search === null) {
      const like = `%${text.slice(0, 400).replace(/[\\%_]/g, '\\$&')}%`
      add(textCondition("question LIKE ? ESCAPE '\\' OR text LIKE ? ESCAPE '\\'"), like, like)
    }
    for (const glob of search?.literals ?? []) {
      add(textCondition("lower(' ' || question) GLOB ? OR lower(' ' || text) GLOB ?"), glob, glob)
    }

    const page = filter.page === undefined ? undefined : nameOf.get('page', filter.page)
    if (filter.page !== undefined && page === undefined) return null

    const few = isPinned ? 0 : Math.min(rarest?.answers ?? all, page?.answers ?? all)
    const isLookedUp = few <= thresholds.lookedUp
    const byMeasure =
      measure !== null &&
      few > thresholds.sorted &&
      (search === null || matches.get(search.expression, thresholds.sorted + 1)! > thresholds.sorted)
    const isFirst = search !== null && !isLookedUp && !byMeasure
    if (search !== null && !isFirst) {
      add('EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid = facets.row)', search.expression)
    }
    const isPageFirst = page !== undefined && !isFirst && !byMeasure && !isPinned && page.answers <= few
    if (page !== undefined && !isPageFirst) {
      add('EXISTS (SELECT 1 FROM page_uses WHERE page = ? AND row = facets.row AND cited = 1)', page.id)
    }
    if (measure !== null) add(`facets.${measure} IS NOT NULL`)

    // Each source gives rows in the order of the list, and stops when the page is full. The planner, which does not know
    // how many answers have a value, is not asked.
    const isByCategory = !isPinned && rarest !== null && rarest.answers < all / 4
    const index = byMeasure
      ? `INDEXED BY facets_by_${measure}`
      : isByCategory
        ? `INDEXED BY facets_by_${rarest!.category}`
        : 'NOT INDEXED'
    const source: Pick<Plan, 'from' | 'fromValues' | 'row'> = isFirst
      ? {
          from: '(SELECT rowid AS found FROM words WHERE words MATCH ?) CROSS JOIN facets ON facets.row = found',
          fromValues: [search.expression],
          row: 'found',
        }
      : isPageFirst
        ? {
            from: 'page_uses AS uses CROSS JOIN facets ON facets.row = uses.row AND uses.page = ? AND uses.cited = 1',
            fromValues: [page.id],
            row: 'uses.row',
          }
        : {from: `facets ${index}`, fromValues: [], row: 'facets.row'}
    if (range !== null) add(`${source.row} BETWEEN ? AND ?`, ...range)
    return {...source, conditions, values}
  }

  return {
    select({filter, measure, order, after, limit}) {
      const plan = planOf(filter, measure)
      if (plan === null) return []
      const {from, fromValues, row} = plan
      const conditions = [...plan.conditions]
      const values = [...plan.values]
      const sign = order === 'DESC' ? '<' : '>'
      if (after !== null && measure === null) {
        conditions.push(`${row} ${sign} ?`)
        values.push(after.row)
      } else if (after !== null) {
        conditions.push(`(facets.${measure}, facets.row) ${sign} (?, ?)`)
        values.push(after.value, after.row)
      }
      const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
      const by = measure === null ? `${row} ${order}` : `facets.${measure} ${order}, facets.row ${order}`
      const value = measure === null ? 'NULL' : `facets.${measure}`
      return statementOf(
        `SELECT facets.row AS row, ${value} AS value FROM ${from} ${where} ORDER BY ${by} LIMIT ?`,
      ).all(...fromValues, ...values, limit)
    },
    count({filter, measure, limit}, without = []) {
      const plan = planOf(filter, measure)
      if (plan === null) return 0
      const conditions = [...plan.conditions, 'facets.row NOT IN (SELECT value FROM json_each(?))']
      const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${plan.from} WHERE ${conditions.join(' AND ')} LIMIT ?)`
      return statementOf(sql).get(...plan.fromValues, ...plan.values, JSON.stringify(without), limit)!.n
    },
    values: (kind, limit) => valuesOf.all(kind, limit),
  }
}

function textCondition(condition: string): string {
  return `EXISTS (SELECT 1 FROM texts WHERE texts.row = facets.row AND (${condition}))`
}

/** The names that a filter asks for, by category. */
function* namesIn(filter: TranscriptFilter): Generator<[Category, string]> {
  const flags = ['abstained', 'partial', 'missing'] as const
  for (const flag of flags) if (filter[flag] !== undefined) yield [flag, filter[flag] ? '1' : '0']
  const names = ['ending', 'build', 'generator', 'model', 'version', 'error'] as const
  for (const name of names) if (filter[name] !== undefined) yield [name, filter[name]]
  for (const judged of ['rating', 'verdict'] as const) {
    const name = filter[judged]
    if (name !== undefined) yield [judged, name === 'none' ? noName : name]
  }
}
