import {endMomentOf, momentOf} from '../transcripts/index.ts'
import {UsageError} from './usage-error.ts'

/** In milliseconds since the epoch: `from` is inclusive, `to` exclusive. */
export interface Period {
  readonly from?: number
  readonly to?: number
}

/** What `--from` and `--to` say; a day given as `--to` is included. @throws UsageError */
export function periodOf({
  from,
  to,
}: {
  readonly from?: string | undefined
  readonly to?: string | undefined
}): Period {
  const period = {
    ...(from === undefined ? {} : {from: timeOf('--from', from)}),
    ...(to === undefined ? {} : {to: timeOf('--to', to, endMomentOf)}),
  }
  if (period.from !== undefined && period.to !== undefined && period.from >= period.to) {
    throw new UsageError('--from must be before --to; swap them, or leave one out')
  }
  return period
}

/** A day, or a day with a time, in milliseconds since the epoch. @throws UsageError */
export function timeOf(name: string, text: string, read: typeof momentOf = momentOf): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? read(text) : null
  if (time === null) throw new UsageError(`${name} must be a date such as 2026-05-31 or 2026-05-31T14:00Z`)
  return time
}
