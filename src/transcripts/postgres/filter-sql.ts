import {partialFinishes} from '../../domain/index.ts'
import {storable} from '../../postgres/index.ts'
import {askedNames, likePatternOf, type NameTest} from '../catalog/asked-names.ts'
import {type Kind, rangeOf} from '../catalog/catalog-schema.ts'
import {noName} from '../catalog/facets-of.ts'
import type {TranscriptFilter} from '../transcript-store.ts'
import {firstNumberAt} from './answer-numbers.ts'
import {indexedPage} from './indexed-page.ts'
import {tsqueryOf} from './words.ts'

/** Values of a statement, by the order in which they are bound. */
export interface Bound {
  readonly values: unknown[]
  /** Binds a value. @returns the name that stands for it. */
  bind(value: unknown): string
}

export function boundValues(): Bound {
  const values: unknown[] = []
  return {values, bind: (value) => `$${values.push(value)}`}
}

/** In so many of the newest answers text without letter, digit or sign is searched for. */
const scanned = 20_000
/** Later times are none: a `bigint` has room for the numbers of this. */
const maxAt = 8e12
const columnOfFlag = {abstained: 'abstained = 1', missing: 'missing = 1', fallback: 'fallback = 1'} as const
const isPartial = `coalesce(finish_reason, '') IN (${partialFinishes.map((reason) => `'${reason}'`).join(', ')})`
const hasLeft = "ending IN ('stopped', 'disconnected')"

/**
 * What a filter asks for, as conditions on `docent.answers`, all of which must hold.
 * @param named numbers of the answers that `q` is the id or ref of: if there are any, its words are not searched for.
 */
export function conditionsOf(filter: TranscriptFilter, named: readonly number[], bound: Bound): string[] {
  const {bind} = bound
  const text = (value: string) => bind(storable(value))
  const conditions = askedNames(filter).map(
    (tests) => `(${tests.map((test) => sqlOf(test, text)).join(' OR ')})`,
  )
  if (filter.conversation !== undefined) conditions.push(`conversation = ${text(filter.conversation)}`)
  const q = filter.q?.trim() ?? ''
  if (named.length > 0) conditions.push(`row = ANY (${bind(named)}::bigint[])`)
  else if (q !== '') conditions.push(...wordConditions(q, text, filter.conversation === undefined))
  if (filter.from !== undefined) {
    const from = wholeAt(filter.from)
    conditions.push(`started_at >= ${bind(from)}`, `row >= ${bind(firstNumberAt(from))}`)
  }
  if (filter.to !== undefined) {
    const to = wholeAt(filter.to)
    conditions.push(`started_at < ${bind(to)}`, `row < ${bind(firstNumberAt(to + 1_000))}`)
  }
  return conditions
}

/** Times are whole milliseconds. */
function wholeAt(at: number): number {
  return Math.ceil(Math.min(maxAt, Math.max(0, at)))
}

function wordConditions(q: string, text: (value: string) => string, isEverywhere: boolean): string[] {
  const query = tsqueryOf(q)
  if (query !== null) return [`words @@ ${text(query)}::tsquery`]
  const like = text(likePatternOf(q))
  const newest = `row >= coalesce((SELECT row FROM docent.answers ORDER BY row DESC OFFSET ${scanned} LIMIT 1), 0)`
  return [...(isEverywhere ? [newest] : []), `(question LIKE ${like} OR text LIKE ${like})`]
}

function sqlOf(test: NameTest, text: (value: string) => string): string {
  if ('within' in test) {
    const lang = text(test.within)
    return `(coalesce(lang, '') = ${lang} OR starts_with(lang, ${lang} || '-'))`
  }
  if ('fromMs' in test) return `${test.kind} >= ${leastInRange(test.fromMs)}`
  if ('not' in test)
    return `(${test.kind} IS NOT NULL AND ${test.kind} <> ALL (ARRAY[${test.not.map(text).join(', ')}]::text[]))`
  return hasName(test.kind, test.is, text)
}

function hasName(kind: Kind, name: string, text: (value: string) => string): string {
  switch (kind) {
    case 'abstained':
    case 'missing':
    case 'fallback':
      return isOrNot(columnOfFlag[kind], name)
    case 'partial':
      return isOrNot(isPartial, name)
    case 'resumed':
      return isOrNot('resumes > 0', name)
    case 'ending':
      return name === 'running' ? 'ending IS NULL' : `ending = ${text(name)}`
    case 'left':
      return `(${hasLeft} AND first_token_ms IS ${name === 'before_first_word' ? '' : 'NOT '}NULL)`
    case 'cited':
    case 'shown':
      return `cited @> ARRAY[${text(indexedPage(name))}]::text[]`
    case 'first_token_ms':
    case 'longest_stall_ms':
    case 'total_ms':
      return `${kind} = ${text(name)}::bigint`
    default:
      return name === noName ? `coalesce(${kind}, '') = ''` : `${kind} = ${text(name)}`
  }
}

/** The shortest time in the same range as this one. */
function leastInRange(ms: number): number {
  let least = ms
  while (least > 0 && rangeOf(least - 1) === rangeOf(ms)) least -= 1
  return least
}

function isOrNot(condition: string, name: string): string {
  return name === '1' ? condition : `NOT (${condition})`
}
