import {html, type TemplateResult} from 'lit'

const relative = new Intl.RelativeTimeFormat('en', {numeric: 'auto', style: 'narrow'})
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

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** With the zone of the browser. */
export function exactTime(at: number): string {
  return exact.format(at)
}

function relativeTime(at: number, now: number): string {
  const past = now - at
  if (past < 45_000) return 'just now'
  if (past > 30 * 86_400_000) return exact.format(at).split(',').slice(0, 2).join(',')
  const [unit, ms] = units.find(([, ms]) => past >= ms) ?? units[2]
  return relative.format(-Math.max(1, Math.round(past / ms)), unit)
}

/** A moment as how long ago it was, with the exact time as its title. */
export function timeAgo(at: number, now = Date.now()): TemplateResult {
  return html`<time datetime=${new Date(at).toISOString()} title=${exactTime(at)}>${relativeTime(at, now)}</time>`
}

/** A length of time: `84 ms`, `3.2 s`, `2 min 5 s`. An en dash for none. */
export function duration(ms: number | null | undefined): string {
  if (ms == null) return '–'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}

export function count(value: number): string {
  return numbers.format(value)
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
