import {headOf} from '../lib/cut.ts'
import type {AuditDetails, AuditEntry, AuditFilter, AuditLine, AuditPage} from './audit.ts'
import {refusals} from './refusals.ts'

/** A line as the databases have it. */
export type AuditRow = Omit<AuditLine, 'details'> & {readonly details: string | null}

/** Of the last line of the page before. */
export type AuditPlace = readonly [at: number, line: number]

const maxTextLength = 200
const maxDetailsLength = 4_000
/** Maximum lines that are removed in one transaction. */
export const auditRemovalBatchSize = 500

/** What is written of an entry, within bounds: who, name, role, what, which, details, address. */
export function auditValuesOf(entry: AuditEntry): (string | null)[] {
  const {who, name, role, what, which, details, address} = entry
  const short = (text: string | null) => (text === null ? null : headOf(text, maxTextLength))
  return [short(who), short(name), role, what, short(which), detailsJson(details), address]
}

/** JSON of the details; of those that are too long the names alone. */
function detailsJson(details: AuditDetails | null): string | null {
  if (details === null) return null
  const json = JSON.stringify(details)
  return json.length <= maxDetailsLength
    ? json
    : JSON.stringify({tooLong: headOf(Object.keys(details).join(' '), maxTextLength)})
}

/**
 * The condition, with its `WHERE`, for lines with one value in one column, so that an index has them in order.
 * @param place after which lines are wanted; null at the beginning
 * @param parameter writes the place of the n-th value, from 1 on
 */
export function auditConditions(
  column: 'who' | 'name' | null,
  value: string,
  {what, from, to}: Omit<AuditFilter, 'who'>,
  place: AuditPlace | null,
  parameter: (n: number) => string,
): {readonly where: string; readonly values: readonly (string | number)[]} {
  const values: (string | number)[] = []
  const bound = (given: string | number) => parameter(values.push(given))
  const conditions = [
    column === null ? null : `${column} = ${bound(value)}`,
    what === undefined ? null : `what = ${bound(what)}`,
    from === undefined ? null : `at >= ${bound(from)}`,
    to === undefined ? null : `at < ${bound(to)}`,
    place === null ? null : `(at, line) < (${bound(place[0])}, ${bound(place[1])})`,
  ].filter((condition) => condition !== null)
  return {where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values}
}

/** The newest of what several reads have found, each line once. */
export function newestLines(found: readonly AuditRow[], count: number): AuditRow[] {
  const lines = new Map(found.map((row) => [row.line, row]))
  return [...lines.values()].sort((a, b) => b.at - a.at || b.line - a.line).slice(0, count)
}

/** A page of `limit` lines, of rows that were read up to one more than that. */
export function auditPageOf(rows: readonly AuditRow[], limit: number): AuditPage {
  const items = rows.slice(0, limit).map(lineOf)
  const last = items.at(-1)
  return {items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null}
}

function lineOf(row: AuditRow): AuditLine {
  return {...row, details: row.details === null ? null : (JSON.parse(row.details) as AuditDetails)}
}

function cursorOf({at, line}: AuditLine): string {
  return Buffer.from(`${at}.${line}`).toString('base64url')
}

/** Null at the beginning. @throws DocentError `invalid_request`. */
export function auditPlaceOf(cursor: string | undefined): AuditPlace | null {
  if (cursor === undefined) return null
  const [, at, line] = /^(\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined || line === undefined) throw refusals.badCursor()
  return [Number(at), Number(line)]
}
