import {html, type TemplateResult} from 'lit'

const relative = new Intl.RelativeTimeFormat('en', {numeric: 'auto', style: 'narrow'})
const clock = new Intl.DateTimeFormat('en', {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'})
const weekday = new Intl.DateTimeFormat('en', {weekday: 'short'})
const day = new Intl.DateTimeFormat('en', {day: 'numeric', month: 'short'})
const dayOfYear = new Intl.DateTimeFormat('en', {day: 'numeric', month: 'short', year: 'numeric'})
const exact = new Intl.DateTimeFormat('en', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
})
const numbers = new Intl.NumberFormat('en')

/** With the zone of the browser. */
export function exactTime(at: number): string {
  return exact.format(at)
}

/** How long ago, today; before that the day, as people call it, and the time of day. */
export function relativeTime(at: number, now: number): string {
  const past = now - at
  if (past < 45_000) return 'just now'
  if (past < 59.5 * 60_000) return relative.format(-Math.max(1, Math.round(past / 60_000)), 'minute')
  const days = Math.round((midnightOf(now) - midnightOf(at)) / dayMs)
  if (days === 0) return relative.format(-Math.round(past / 3_600_000), 'hour')
  const time = clock.format(at)
  if (days === 1) return `yesterday ${time}`
  if (days < 7) return `${weekday.format(at)} ${time}`
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return `${(isThisYear ? day : dayOfYear).format(at)}, ${time}`
}

const dayMs = 86_400_000

/** When the day of a moment began, in the zone of the browser. @param days so many days later, or earlier */
export function midnightOf(at: number, days = 0): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
}

/** A moment as how long ago it was, with the exact time as its title. */
export function timeAgo(at: number, now = Date.now()): TemplateResult {
  return html`<time datetime=${new Date(at).toISOString()} title=${exactTime(at)}>${relativeTime(at, now)}</time>`
}

/** A length of time: `84 ms`, `3.2 s`, `2 min 5 s`. An en dash for none. */
export function duration(ms: number | null | undefined): string {
  if (ms == null) return '–'
  // What rounds up to the next unit is said in it.
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

export function count(value: number): string {
  return numbers.format(value)
}

/** `89 %`; 100 % of all alone, 0 % of nothing alone, and an en dash where there is nothing to have a share of. */
export function wholePercent(part: number, whole: number): string {
  if (whole === 0) return '–'
  if (part === 0 || part === whole) return part === 0 ? '0 %' : '100 %'
  return `${Math.min(99, Math.max(1, Math.round((100 * part) / whole)))} %`
}

/** An amount in the currency of `MODEL_PRICES`, with two digits that say something: `0.0034`. */
export function amountOf(amount: number): string {
  const digits = amount >= 1 || amount === 0 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(amount)))
  return amount.toFixed(Math.max(2, digits))
}

/** `1 answer`, `2,000 answers`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${numbers.format(value)} ${value === 1 ? one : many}`
}
