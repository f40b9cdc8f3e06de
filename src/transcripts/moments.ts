/**
 * Parses a point in time for a filter, to milliseconds since the epoch: a day such as `2026-05-31` or a month such as
 * `2026-05`, which begin at midnight UTC; a time such as `2026-05-31T14:00Z`; or milliseconds. Null for anything else.
 */
export function momentOf(text: string): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const period = periodOf(text)
  if (period !== undefined) return period?.from ?? null
  // `Date.parse` accepts almost anything as a year.
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** Like `momentOf`, for the exclusive end of a range: a day or a month is included as a whole. */
export function endMomentOf(text: string): number | null {
  return periodOf(text)?.to ?? momentOf(text)
}

interface Period {
  readonly from: number
  readonly to: number
}

/** A day or a month. Undefined for text that is neither, null for a date that does not exist, such as 30 February. */
function periodOf(text: string): Period | null | undefined {
  const match = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$/.exec(text)
  if (match === null) return undefined
  const year = Number(match[1])
  const month = Number(match[2]) - 1
  const day = Number(match[3] ?? 1)
  const from = new Date(Date.UTC(year, month, day))
  if (from.getUTCMonth() !== month || from.getUTCDate() !== day) return null
  return {
    from: from.getTime(),
    to: match[3] === undefined ? Date.UTC(year, month + 1) : Date.UTC(year, month, day + 1),
  }
}
