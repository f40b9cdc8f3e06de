import {html, type TemplateResult} from 'lit'
import {many} from './numbers.ts'
import {isByHour, longTime, shortTime} from './period.ts'
import type {PlotData} from './plot.ts'
import type {Analytics, Period} from './wire.ts'

/** Transcripts of one period that match a filter; null for who may not read them. */
export type PeriodList = (at: number, filter: Readonly<Record<string, string>>) => string | null

export const plot = (data: PlotData, kind = ''): TemplateResult =>
  html`<docent-plot class=${kind} .data=${data}></docent-plot>`

/** What the plots over time have in common. */
export function overTime({periods, ...span}: Analytics): Pick<PlotData, 'x' | 'range' | 'tick' | 'place'> {
  const byHour = isByHour(span)
  const at = (x: number): number => periods[x]!.at
  return {
    x: periods.map((_, index) => index),
    range: [-0.6, periods.length - 0.4],
    tick: (x) => shortTime(at(x), byHour),
    place: (x) => `${longTime(at(x), byHour)}${byHour ? ' UTC' : ''}`,
  }
}

export const unitOf = (analytics: Analytics): 'hour' | 'day' => (isByHour(analytics) ? 'hour' : 'day')
export const titleOf = (analytics: Analytics, {at}: Period): string => longTime(at, isByHour(analytics))
export const firstColumn = (analytics: Analytics): string =>
  isByHour(analytics) ? 'Hour (UTC)' : 'Day (UTC)'

/** Counts have no halves. */
export const wholeOnly = (value: number): string => (Number.isInteger(value) ? many(value) : '')
