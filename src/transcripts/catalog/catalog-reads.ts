import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import type {SqliteDatabase} from '../../native/index.ts'
import {
  type Analytics,
  type AnalyticsRequest,
  type PageFigures,
  type PagesRequest,
  readAnalytics,
  readPageFigures,
} from '../figures/analytics.ts'
import type {NamedCount, TranscriptFilter} from '../transcript-store.ts'
import {type Kind, type Measure, rangeOf} from './catalog-schema.ts'
import {createFilterPlans, type Name, nameTerm, type Plan} from './filter-plan.ts'
import {isMeasured, sourceOf, where} from './plan-sql.ts'

/** An answer in a list: its row in the transcripts file, and what the list is sorted by. */
export interface Found {
  readonly row: number
  /** In milliseconds; null where the list is sorted by time. */
  readonly value: number | null
}

export interface CatalogSelection {
  readonly filter: TranscriptFilter
  /**
   * The longest first; answers without the measure are left out. Null for the order in which the answers began.
   */
  readonly measure: Measure | null
  /** Of the answers sorted by time. */
  readonly order: 'ASC' | 'DESC'
  /** Starts after this one, in the order; null to start at the beginning. */
  readonly after: Found | null
  readonly limit: number
  /**
   * Up to how many matches `count` will count right after. Going through them once does for both; absent: nothing is
   * counted.
   */
  readonly counted?: number
}

/** How many match, or that there are more than so many. */
export interface MatchCount {
  readonly answers: number
  /** False if there are more, beyond the limit or since going through them took too long. */
  readonly isAll: boolean
}

/**
 * Searches the catalog. The transcripts file must be attached, or be in the same database.
 * @throws what SQLite throws.
 */
export interface CatalogReads {
  select(selection: CatalogSelection): Found[]
  /** How many match, without these rows. */
  count(
    selection: Pick<CatalogSelection, 'filter' | 'measure' | 'limit'>,
    without?: readonly number[],
  ): MatchCount
  /** The values of a kind, the most frequent first. */
  values(kind: Kind, limit: number): NamedCount[]
  analytics(request: AnalyticsRequest): Analytics
  pageFigures(request: PagesRequest): PageFigures[]
}

/** Limits that decide how answers are found; measured with a million answers. */
export interface Thresholds {
  /** Up to so many answers are sorted; of more, those of the greatest ranges of the measure are. */
  readonly sorted: number
  /** Text without letter, digit or sign is searched for in so many of the newest answers. */
  readonly scanned: number
  /** So many matches of a search are gone through in any case, to sort or to count them. */
  readonly gathered: number
  /** More are, as long as it takes no longer, in milliseconds: where the disk has to be read, each costs a read. */
  readonly gatheringMs: number
}

const measuredThresholds: Thresholds = {sorted: 5_000, scanned: 20_000, gathered: 1_000, gatheringMs: 10}

/** Number of prepared statements cached for recent filters. */
const maxStatements = 64
/** By how much more answers are sorted if those before were too few. */
const growth = 4

/** Matches of a search that have been gone through; if they are not all, one more than were asked for. */
interface Gathered {
  readonly found: readonly Found[]
  readonly isAll: boolean
}

/** The list of a search, and what was gone through for it: those that are in the list, from its beginning. */
interface Searched {
  readonly listed: Found[]
  readonly gathered: Gathered
}

interface Selected {
  readonly filter: TranscriptFilter
  readonly plan: Plan | null
  /** What a search went through; null if it was none, or nothing is to be counted. */
  readonly gathered: Gathered | null
}

export function createCatalogReads(
  db: SqliteDatabase,
  thresholds: Thresholds = measuredThresholds,
): CatalogReads {
  const rangesFrom = db.prepare<[string, number], Name>(
    `SELECT id, name, answers FROM names WHERE kind = ? AND answers > 0 AND CAST(name AS INTEGER) <= ?
     ORDER BY CAST(name AS INTEGER) DESC`,
  )
  const valuesOf = db.prepare<[string, number], NamedCount>(
    "SELECT name, answers FROM names WHERE kind = ? AND answers > 0 AND name <> '' ORDER BY answers DESC, name LIMIT ?",
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

  const planOf = createFilterPlans(db, thresholds.scanned)

  /** What was selected last: its matches are counted right after. */
  let selected: Selected | null = null

  function selectByTime(plan: Plan, {order, after, limit}: CatalogSelection): Found[] {
    const {from, conditions, values, row} = sourceOf(plan, null)
    if (after !== null) {
      conditions.push(`${row} ${order === 'DESC' ? '<' : '>'} ?`)
      values.push(after.row)
    }
    return statementOf(
      `SELECT ${row} AS row, NULL AS value FROM ${from} ${where(conditions)} ORDER BY ${row} ${order} LIMIT ?`,
    ).all(...values, limit)
  }

  /** @param index by which all are gone through in the order of the measure, if they are not sorted. */
  function selectByMeasure(
    plan: Plan,
    measure: Measure,
    {after, limit}: Pick<CatalogSelection, 'after' | 'limit'>,
    index?: string,
  ): Found[] {
    const {from, conditions, values} = sourceOf(plan, measure, index)
    if (after !== null) {
      conditions.push(`(facets.${measure}, facets.row) < (?, ?)`)
      values.push(after.value, after.row)
    }
    return statementOf(
      `SELECT facets.row AS row, facets.${measure} AS value FROM ${from} ${where(conditions)}
       ORDER BY facets.${measure} DESC, facets.row DESC LIMIT ?`,
    ).all(...values, limit)
  }

  /** Goes through matches, up to a limit or until it takes too long; in the order of their rows, if that is asked for. */
  function gather(
    plan: Plan,
    measure: Measure | null,
    {limit, needed, order}: {limit: number; needed: number; order: 'ASC' | 'DESC' | null},
  ): Gathered {
    const {from, conditions, values, row} = sourceOf(plan, measure)
    // Also those without the measure: one that passes over all would not notice how long it takes.
    const all = conditions.filter((condition) => measure === null || condition !== isMeasured(measure))
    const value = measure === null ? 'NULL' : `facets.${measure}`
    const sorted = order === null ? '' : `ORDER BY ${row} ${order}`
    const statement = statementOf(
      `SELECT ${row} AS row, ${value} AS value FROM ${from} ${where(all)} ${sorted} LIMIT ?`,
    )
    const until = performance.now() + thresholds.gatheringMs
    const always = Math.max(needed, thresholds.gathered)
    const found: Found[] = []
    for (const match of statement.iterate(...values, limit + 1)) {
      found.push(match)
      const isOneMore = found.length % always === 1 && found.length > 1
      if (isOneMore && performance.now() > until) return {found, isAll: false}
    }
    return {found, isAll: found.length <= limit}
  }

  /** Sorts the answers of the greatest ranges of the measure, until there are enough. */
  function selectByRanges(plan: Plan, measure: Measure, {after, limit}: CatalogSelection): Found[] {
    const ranges = rangesFrom.all(measure, after === null ? Number.MAX_SAFE_INTEGER : rangeOf(after.value!))
    const found: Found[] = []
    let sorted = thresholds.sorted
    while (ranges.length > 0 && found.length < limit) {
      let answers = 0
      let count = 0
      while (count < ranges.length && (count === 0 || answers < sorted)) answers += ranges[count++]!.answers
      const expression = `${plan.expression} AND ${nameTerm(ranges.splice(0, count))}`
      found.push(...selectByMeasure({...plan, expression}, measure, {after, limit: limit - found.length}))
      sorted *= growth
    }
    return found
  }

  function countOf(
    plan: Plan,
    measure: Measure | null,
    limit: number,
    without: readonly number[] = [],
  ): number {
    const {from, conditions, values, row} = sourceOf(plan, measure)
    if (without.length > 0) {
      conditions.push(`${row} NOT IN (SELECT value FROM json_each(?))`)
      values.push(JSON.stringify(without))
    }
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} ${where(conditions)} LIMIT ?)`
    return statementOf(sql).get(...values, limit)!.n
  }

  /** From the beginning of the list. */
  function searchByTime(plan: Plan, {order, limit, counted = 0}: CatalogSelection): Searched {
    const gathered = gather(plan, null, {limit: Math.max(limit, counted), needed: limit, order})
    return {listed: gathered.found.slice(0, limit), gathered}
  }

  /** Sorts all matches if they are few enough to be gone through. */
  function searchByMeasure(plan: Plan, measure: Measure, selection: CatalogSelection): Searched {
    const {after, limit, counted = 0} = selection
    const {found: matches, isAll} = gather(plan, measure, {
      limit: Math.max(thresholds.sorted, counted),
      needed: limit,
      order: null,
    })
    const found = matches.filter(({value}) => value !== null)
    const rest = after === null ? found : found.filter((one) => longestFirst(after, one) < 0)
    const listed = isAll
      ? rest.toSorted(longestFirst).slice(0, limit)
      : selectByRanges(plan, measure, selection)
    return {listed, gathered: gatheredBy({found, isAll}, listed, limit)}
  }

  /** Null where there are no words or names to search for, or where a search by time has nothing to count. */
  function search(plan: Plan, selection: CatalogSelection): Searched | null {
    const {measure, counted = 0} = selection
    if (plan.expression === null) return null
    if (measure !== null) return searchByMeasure(plan, measure, selection)
    return counted > 0 ? searchByTime(plan, selection) : null
  }

  return {
    select(selection) {
      const {filter, measure, counted = 0} = selection
      const plan = planOf(filter)
      const searched = plan === null ? null : search(plan, selection)
      // A search is not begun anew to count.
      selected = {filter, plan, gathered: counted > 0 ? (searched?.gathered ?? null) : null}
      if (plan === null) return []
      if (searched !== null) return searched.listed
      if (measure === null) return selectByTime(plan, selection)
      const few = thresholds.sorted + 1
      const isFew = plan.rows !== null || countOf(plan, measure, few) < few
      return selectByMeasure(plan, measure, selection, isFew ? undefined : `INDEXED BY facets_by_${measure}`)
    },
    count({filter, measure, limit}, without = []) {
      const known = selected?.filter === filter ? selected : null
      selected = null
      const plan = known === null ? planOf(filter) : known.plan
      if (plan === null) return {answers: 0, isAll: true}
      if (known?.gathered) {
        const {found, isAll} = known.gathered
        const others = new Set(without)
        const answers = found.filter(({row}) => !others.has(row)).length
        const isExact = isAll && answers <= limit
        return {answers: Math.min(limit, isExact ? answers : answers - 1), isAll: isExact}
      }
      const answers = countOf(plan, measure, limit + 1, without)
      return {answers: Math.min(limit, answers), isAll: answers <= limit}
    },
    values: (kind, limit) => valuesOf.all(kind, limit),
    analytics: (request) => readAnalytics(db, request),
    pageFigures: (request) => readPageFigures(db, request),
  }
}

/** What is known of all matches once the first of them are listed: a list that has room for more has all. */
function gatheredBy(gathered: Gathered, listed: readonly Found[], limit: number): Gathered {
  if (gathered.isAll) return gathered
  if (listed.length < limit) return {found: listed, isAll: true}
  return {found: gathered.found.length > listed.length ? gathered.found : listed, isAll: false}
}

/** Sorts by the measure; the later answer is first where it is the same. */
function longestFirst(a: Found, b: Found): number {
  return (b.value ?? 0) - (a.value ?? 0) || b.row - a.row
}

/** A catalog that `run` opens, or brings up to date, for each read of it: showing one answer needs none. */
export function catalogBy(run: <Result>(read: (catalog: CatalogReads) => Result) => Result): CatalogReads {
  return {
    select: (selection) => run((catalog) => catalog.select(selection)),
    count: (...args) => run((catalog) => catalog.count(...args)),
    values: (kind, limit) => run((catalog) => catalog.values(kind, limit)),
    analytics: (request) => run((catalog) => catalog.analytics(request)),
    pageFigures: (request) => run((catalog) => catalog.pageFigures(request)),
  }
}
