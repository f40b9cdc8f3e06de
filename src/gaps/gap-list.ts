import {DocentError} from '../domain/index.ts'
import {severities} from './gap.ts'
import type {GapFilter, GapOrder} from './gaps.ts'

/** Questions that are searched for words, beside titles and examples: of all gaps, and of one. */
export const maxSearchable = 20_000
export const maxSearchableOfOne = 200
export const maxHistory = 200
export const maxClosed = 200

/** What columns of a gap must be, null included. */
export function wantedColumns({
  state,
  scope,
  severity,
  assignee,
}: GapFilter): readonly (readonly [column: string, value: string | number | null])[] {
  const given: readonly (readonly [string, string | number | null | undefined])[] = [
    ['state', state],
    ['scope', scope],
    ['severity', severity === undefined ? undefined : severities.indexOf(severity)],
    ['assignee', assignee],
  ]
  return given.flatMap(([column, value]) => (value === undefined ? [] : [[column, value] as const]))
}

export function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}

export function cursorOf(
  sort: GapOrder,
  {sorted, id}: {readonly sorted: number; readonly id: string},
): string {
  return Buffer.from(JSON.stringify([sort, sorted, id])).toString('base64url')
}

/** @throws DocentError `invalid_request`. */
export function parsedCursor(cursor: string, sort: GapOrder): readonly [sorted: number, id: string] {
  try {
    const [order, sorted, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (order === sort && typeof sorted === 'number' && typeof id === 'string') return [sorted, id]
  } catch {
    // No cursor of ours.
  }
  throw new DocentError(
    'invalid_request',
    'cursor: is not one of this list; leave it out to start at the beginning',
  )
}
