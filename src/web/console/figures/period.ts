/** Which answers figures are of, as the address says it. All days are UTC, as on the server. */

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

export const lengths = [
  {name: '24h', words: '24 hours', days: 1},
  {name: '7d', words: '7 days', days: 7},
  {name: '30d', words: '30 days', days: 30},
  {name: '90d', words: '90 days', days: 90},
] as const

export type Length = (typeof lengths)[number]['name']

const defaultLength: Length = '30d'

export interface Chosen {
  /** Null for days of one's own. */
  readonly length: Length | null
  /** Days such as `2026-11-22`, the second one included; empty unless they were chosen. */
  readonly from: string
  readonly to: string
  /** Empty for all. */
  readonly build: string
  /** Parameters that no view of figures has: the server says so. */
  readonly strange: readonly (readonly [string, string])[]
}

/** In milliseconds since the epoch; `to` is exclusive. */
export interface Span {
  readonly from: number
  readonly to: number
  /** How much earlier the period is that this one is compared with. */
  readonly shiftMs: number
}

const known = ['period', 'from', 'to', 'build']

/** @throws RangeError with a message for people where the address names no period. */
export function chosenOf(query: string): Chosen {
  const given = new URLSearchParams(query)
  const value = (name: string): string => given.get(name)?.trim() ?? ''
  const [from, to] = [value('from'), value('to')]
  const length = value('period') || defaultLength
  if (!lengths.some(({name}) => name === length)) {
    throw new RangeError(
      `The address asks for the period “${length}”. There are ${lengths.map(({name}) => name).join(', ')}.`,
    )
  }
  for (const day of [from, to]) {
    if (day !== '' && Number.isNaN(startOf(day)))
      throw new RangeError(`“${day}” is no day such as 2026-11-22.`)
  }
  return {
    length: from === '' && to === '' ? (length as Length) : null,
    from,
    to,
    build: value('build'),
    strange: [...given].filter(([name]) => !known.includes(name)),
  }
}

/** The address of figures, with some of what is chosen changed. */
export function pathOfFigures(chosen: Chosen, change: Partial<Chosen> = {}): string {
  const {length, from, to, build} = {...chosen, ...change}
  const query = new URLSearchParams()
  if (length === null) {
    if (from !== '') query.set('from', from)
    if (to !== '') query.set('to', to)
  } else if (length !== defaultLength) query.set('period', length)
  if (build !== '') query.set('build', build)
  return `/console/figures${query.size === 0 ? '' : `?${query}`}`
}

/**
 * Days end now, at the end of the hour, and begin at midnight. What they are compared with is as many days earlier and ends
 * at the same time of day, so that a day that has just begun is not compared with a whole one.
 */
export function spanOf({length, from, to}: Chosen, now: number): Span {
  const end = Math.ceil(now / hourMs) * hourMs
  const today = Math.floor(now / dayMs) * dayMs
  if (length === '24h') return {from: end - dayMs, to: end, shiftMs: dayMs}
  if (length !== null) {
    const {days} = lengths.find(({name}) => name === length)!
    return {from: today - (days - 1) * dayMs, to: end, shiftMs: days * dayMs}
  }
  const last = to === '' ? today : startOf(to)
  const first = from === '' ? last - 29 * dayMs : startOf(from)
  const isOver = last + dayMs <= end || first >= end
  return {from: first, to: isOver ? last + dayMs : end, shiftMs: Math.max(dayMs, last + dayMs - first)}
}

/** The same figures as the staff API is asked for them. */
export function requestOf({build, strange}: Chosen, {from, to}: Span): string {
  const query = new URLSearchParams([
    ['from', String(from)],
    ['to', String(to)],
    ...strange.map(([name, value]) => [name, value]),
  ])
  if (build !== '') query.set('build', build)
  return `/analytics?${query}`
}

/** The first and the last day, as fields for dates have them. */
export function daysOf({from, to}: Span): readonly [first: string, last: string] {
  return [dayOf(from), dayOf(to - 1)]
}

/**
 * The filter of the list of transcripts for answers that began in a period.
 * @param isByDay whether its end is that of a day, or of a day that is not over
 */
export function listPeriod(from: number, to: number, isByDay: boolean): Readonly<Record<string, string>> {
  if (isByDay && from % dayMs === 0) return {from: dayOf(from), to: dayOf(to - 1)}
  return {from: momentOf(from), to: momentOf(to)}
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const momentOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`
const startOf = (day: string): number =>
  /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00Z`) : Number.NaN

const dayWords = new Intl.DateTimeFormat('en', {day: 'numeric', month: 'short', timeZone: 'UTC'})
const hourWords = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
})
const fullWords = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** `22 Nov`, or the hour where a day is shown by hours. */
export function shortTime(at: number, isByHour: boolean): string {
  return (isByHour ? hourWords : dayWords).format(at)
}

export function longTime(at: number, isByHour: boolean): string {
  return isByHour ? `${dayWords.format(at)}, ${hourWords.format(at)}` : fullWords.format(at)
}

/** `Nov 1 – Nov 27, 2026`. */
export function spanWords({from, to}: Pick<Span, 'from' | 'to'>): string {
  return fullWords.formatRange(from, to - 1)
}

export const isByHour = ({from, to}: Pick<Span, 'from' | 'to'>): boolean => to - from <= 48 * hourMs
