import {count} from '../format.ts'
import type {Quantiles} from './wire.ts'

/** Numbers as exact as they are known, with their units, from which no line break parts them. */

/** Of fewer answers no 95th percentile is shown, and no change of a share or a time. */
export const enoughForP95 = 20
/** Of fewer answers no median and no percentage is shown. */
export const enoughForMedian = 5

/** A measured time: two digits, since times are known within 5 %. An en dash for none. */
export function about(ms: number | null | undefined): string {
  if (ms == null) return '–'
  if (ms < 995) return `${Number(ms.toPrecision(2))}\u00a0ms`
  if (ms < 99_500) return `${twoDigits(ms / 1_000)}\u00a0s`
  return `${twoDigits(ms / 60_000)}\u00a0min`
}

const twoDigits = (value: number): string => (value < 9.95 ? value.toFixed(1) : String(Math.round(value)))

export function p50Of(times: Quantiles | null): number | null {
  return times === null || times.answers < enoughForMedian ? null : times.p50
}

export function p95Of(times: Quantiles | null): number | null {
  return times === null || times.answers < enoughForP95 ? null : times.p95
}

/** A percentile, or why there is none. */
export function percentile(
  value: number | null,
  {answers}: {readonly answers: number} = {answers: 0},
): string {
  if (value !== null) return about(value)
  return answers === 0 ? '–' : 'too few'
}

/** `12 %`; of a few, `2 of 3`. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–'
  if (whole < enoughForMedian) return `${count(part)} of ${count(whole)}`
  return percent(part / whole)
}

export function percent(value: number): string {
  if (value > 0 && value < 0.005) return '<\u00a01\u00a0%'
  if (value < 1 && value > 0.995) return '>\u00a099\u00a0%'
  return `${Math.round(value * 100)}\u00a0%`
}

/** In the unit of `MODEL_PRICES`, which says none. */
export function money(cost: number | null): string {
  if (cost === null) return '–'
  if (cost === 0) return '0'
  if (cost < 0.001) return '<\u00a00.001'
  if (cost < 0.01) return cost.toPrecision(1)
  const digits = cost < 100 ? 2 : 0
  return cost.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits})
}

/** `940`, `12 k`, `3.4 M`. */
export function many(value: number): string {
  if (value < 10_000) return count(value)
  return value < 999_500 ? `${Math.round(value / 1_000)}\u00a0k` : `${twoDigits(value / 1_000_000)}\u00a0M`
}

/** How a figure has changed, for people. */
export interface Change {
  /** Such as `12 %`. */
  readonly words: string
  readonly direction: 'up' | 'down' | 'same'
  /** Whether that is good; null where it is neither. */
  readonly isGood: boolean | null
  /** What it was. */
  readonly before: string
}

export type Wanted = 'more' | 'less' | null

const none = '0\u00a0%'

function changeBy(by: number, words: string, wanted: Wanted, before: string): Change {
  const isSame = words === none || words === '0 points'
  const direction = isSame ? 'same' : by > 0 ? 'up' : 'down'
  const isGood = isSame || wanted === null ? null : (wanted === 'more') === by > 0
  return {words, direction, isGood, before}
}

/** Of what was fewer than ten before, no percentage: the number itself says more. */
export function changeOfCount(now: number, before: number, wanted: Wanted, format = count): Change | null {
  if (before < 10) return null
  const by = now / before - 1
  return changeBy(by, by > 9.995 ? `${Math.round(by + 1)}\u00a0×` : percentOf(by), wanted, format(before))
}

export function changeOfShare(
  now: readonly [part: number, whole: number],
  before: readonly [part: number, whole: number],
  wanted: Wanted,
): Change | null {
  if (now[1] < enoughForP95 || before[1] < enoughForP95) return null
  const points = Math.round((now[0] / now[1] - before[0] / before[1]) * 100)
  const words = `${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`
  return changeBy(points, words, wanted, share(...before))
}

/** A change of less than the 5 % that times are exact to is none. */
export function changeOfTime(now: number | null, before: number | null): Change | null {
  if (now === null || before === null || before === 0) return null
  const by = now / before - 1
  return changeBy(by, Math.abs(by) < 0.05 ? none : percentOf(by), 'less', about(before))
}

const percentOf = (by: number): string => `${Math.round(Math.abs(by) * 100)}\u00a0%`
