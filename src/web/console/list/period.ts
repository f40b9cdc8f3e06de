import {midnightOf} from '../format.ts'

/** A period of days in the zone of the browser. The address has its moments. */
export interface Period {
  readonly name: string
  readonly words: string
  /** The first day, and the day after the last, in days since today; null for no end. */
  readonly days: readonly [first: number, end: number | null]
}

export const periods: readonly Period[] = [
  {name: 'today', words: 'Today', days: [0, null]},
  {name: 'yesterday', words: 'Yesterday', days: [-1, 0]},
  {name: 'week', words: 'Last 7 days', days: [-6, null]},
  {name: 'month', words: 'Last 30 days', days: [-29, null]},
]

export interface Moments {
  /** As the API takes them; empty for none. */
  readonly from: string
  readonly to: string
}

export function momentsOf({days: [first, end]}: Period, now = Date.now()): Moments {
  return {from: momentText(midnightOf(now, first)), to: end === null ? '' : momentText(midnightOf(now, end))}
}

/** The name of the period with these moments, `any` without, and `own` for others. */
export function periodNameOf({from, to}: Moments, now = Date.now()): string {
  if (from === '' && to === '') return 'any'
  const known = periods.find((period) => {
    const moments = momentsOf(period, now)
    return moments.from === from && moments.to === to
  })
  return known?.name ?? 'own'
}

/** `2026-11-27T23:00Z` */
function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`
}

/** The moment at which a day begins, or, as an end, at which the day after it does. @param day `2026-11-28`, or empty */
export function momentOfDay(name: 'from' | 'to', day: string): string {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return day
  return momentText(new Date(year, month - 1, date + (name === 'to' ? 1 : 0)).getTime())
}

/** The day that `momentOfDay` has the moment of; null where it is another moment, or a day in UTC. */
export function dayOfMoment(name: 'from' | 'to', moment: string): string | null {
  const at = /T.*Z$/.test(moment) ? Date.parse(moment) : Number.NaN
  if (Number.isNaN(at) || midnightOf(at) !== at) return null
  const day = new Date(midnightOf(at, name === 'to' ? -1 : 0))
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** For people. */
export function momentWords(name: 'from' | 'to', moment: string): string {
  const day = dayOfMoment(name, moment)
  if (day !== null) return day
  return /^\d{4}-\d\d(?:-\d\d)?$/.test(moment) ? `${moment} (UTC)` : moment
}
