import type {SqliteDatabase} from '../../native/index.ts'
import {schemaSqlOf} from '../schema-sql.ts'
import type {NamedCount, TranscriptFilter} from '../transcript-store.ts'
import {askedNames, likePatternOf, type NameTest} from './asked-names.ts'
import {rangeOf} from './catalog-schema.ts'
import {noName} from './facets-of.ts'
import {nameWord, wordSearchOf} from './search-words.ts'

/** A filter, ready to be asked. Null stands for a part that it does not have. */
export interface Plan {
  /** FTS5. */
  readonly expression: string | null
  /** First and last row. */
  readonly between: readonly [number, number] | null
  readonly rows: readonly number[] | null
  readonly at: readonly [from: number, to: number] | null
  /** A pattern for LIKE. */
  readonly like: string | null
}

/** A value of a kind that the catalog counts, with the number that stands for it in the index of words. */
export interface Name extends NamedCount {
  readonly id: number
}

/**
 * Looks up what a filter asks for: null if nothing can match.
 * @param scanned in how many of the newest answers text without letter, digit or sign is searched for.
 */
export function createFilterPlans(
  db: SqliteDatabase,
  scanned: number,
): (filter: TranscriptFilter) => Plan | null {
  const schema = schemaSqlOf(db)
  const nameOf = db.prepare<[string, string], Name>(
    'SELECT id, name, answers FROM names WHERE kind = ? AND name = ? AND answers > 0',
  )
  const namesLike = db.prepare<[string, string, string], Name>(
    "SELECT id, name, answers FROM names WHERE kind = ? AND (name = ? OR name GLOB ? || '-*') AND answers > 0",
  )
  const rangesUpFrom = db.prepare<[string, number], Name>(
    'SELECT id, name, answers FROM names WHERE kind = ? AND answers > 0 AND CAST(name AS INTEGER) >= ?',
  )
  const namesOtherThan = db.prepare<[string, string], Name>(
    'SELECT id, name, answers FROM names WHERE kind = ? AND name <> ? AND answers > 0',
  )
  const rowsNamed = db
    .prepare<[string, string], number>(`SELECT row FROM answers WHERE id = ? OR ${schema.ref} = ?`)
    .pluck()
  const rowsOfConversation = db
    .prepare<[string], number>(`SELECT row FROM answers WHERE ${schema.conversation} = ?`)
    .pluck()
  const rowsBetween = db.prepare<
    [number, number],
    {first: number | null; last: number | null; answers: number}
  >(`SELECT min(row) AS first, max(row) AS last, count(*) AS answers FROM facets WHERE at >= ? AND at < ?`)
  const answersBetween = db
    .prepare<[number, number], number>('SELECT count(*) FROM facets WHERE row BETWEEN ? AND ?')
    .pluck()
  const newestRow = db
    .prepare<[number], number>('SELECT row FROM facets ORDER BY row DESC LIMIT 1 OFFSET ?')
    .pluck()

  /** FTS5 for the names that a filter asks for; null if it asks for one that no answer has. */
  function nameTermsOf(filter: TranscriptFilter): string[] | null {
    const asked = askedNames(filter).map((tests) => tests.flatMap(namesOf))
    return asked.some((names) => names.length === 0) ? null : asked.map(nameTerm)
  }

  function namesOf(test: NameTest): Name[] {
    if ('is' in test) return [nameOf.get(test.kind, test.is) ?? []].flat()
    if ('within' in test) return namesLike.all(test.kind, test.within, test.within)
    if ('fromMs' in test) return rangesUpFrom.all(test.kind, rangeOf(test.fromMs))
    return namesOtherThan.all(test.kind, noName).filter(({name}) => !test.not.includes(name))
  }

  return (filter) => {
    const terms = nameTermsOf(filter)
    if (terms === null) return null

    let rows = filter.conversation === undefined ? null : rowsOfConversation.all(filter.conversation)
    let like: string | null = null
    const text = filter.q?.trim() ?? ''
    const named = text === '' ? [] : rowsNamed.all(text, text)
    if (named.length > 0) rows = rows === null ? named : named.filter((row) => rows!.includes(row))
    else if (text !== '') {
      const search = wordSearchOf(text)
      if (search === null) like = likePatternOf(text)
      else terms.push(`{question text} : (${search})`)
    }
    if (rows?.length === 0) return null

    let at: Plan['at'] = null
    let between: Plan['between'] = null
    if (filter.from !== undefined || filter.to !== undefined) {
      const period = [filter.from ?? 0, filter.to ?? Number.MAX_SAFE_INTEGER] as const
      const {first, last, answers} = rowsBetween.get(...period)!
      if (first === null || last === null) return null
      between = [first, last]
      // Where the clock was turned back, answers of another time are among them.
      const hasOthers = last - first + 1 > answers && answersBetween.get(first, last)! > answers
      if (hasOthers) at = period
    }
    if (like !== null && rows === null) {
      const oldest = newestRow.get(scanned) ?? 0
      between = [Math.max(oldest, between?.[0] ?? 0), between?.[1] ?? Number.MAX_SAFE_INTEGER]
    }
    return {expression: terms.length === 0 ? null : terms.join(' AND '), between, rows, at, like}
  }
}

/** FTS5 for answers that have one of these names. */
export function nameTerm(names: readonly Name[]): string {
  return `names : (${names.map(({id}) => `"${nameWord(id)}"`).join(' OR ')})`
}
