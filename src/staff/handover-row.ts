import type {Handover, HandoverPage} from './handover.ts'
import {refusals} from './refusals.ts'

/** The columns of a hand-over link, which the databases have alike. */
export interface HandoverRow {
  readonly number: number
  readonly id: string
  readonly key: Buffer
  readonly ref: string
  readonly made_at: number
  readonly who: string
  readonly made_by: string
  readonly note: string | null
  readonly ends_at: number
  readonly withdrawn_at: number | null
  readonly openings: number
  readonly opened_at: number | null
}

/** Links that are kept in all, those that have ended included; the oldest of those go first. */
export const maxKeptHandovers = 5_000

export function handoverOf(row: HandoverRow): Handover {
  const {id, ref, who, note, openings} = row
  return {
    ...{id, ref, who, note, openings},
    madeAt: row.made_at,
    madeBy: row.made_by,
    endsAt: row.ends_at,
    withdrawnAt: row.withdrawn_at,
    openedAt: row.opened_at,
  }
}

/** A page of `limit` links, of rows that were read up to one more than that. */
export function handoverPageOf(rows: readonly HandoverRow[], limit: number): HandoverPage {
  const shown = rows.slice(0, limit)
  return {
    items: shown.map(handoverOf),
    nextCursor: rows.length > limit ? String(shown.at(-1)!.number) : null,
  }
}

/** The number that rows of a page are below. @throws DocentError `invalid_request`. */
export function handoversBefore(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw refusals.badCursor()
}
