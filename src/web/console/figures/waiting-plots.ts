import {html, type TemplateResult} from 'lit'
import {count} from '../format.ts'
import {about, enoughForMedian, enoughForP95, p50Of, p95Of, percent, percentile} from './numbers.ts'
import {firstColumn, overTime, plot, titleOf, unitOf} from './over-time.ts'
import {streamingSentence, waitingSteps} from './patience.ts'
import type {PlotData, Series} from './plot.ts'
import {card, type Table} from './table.ts'
import type {Analytics, Wait} from './wire.ts'

const waits: readonly {readonly name: Wait; readonly label: string; readonly colour: string}[] = [
  {name: 'sources', label: 'Sources shown', colour: '--plot-2'},
  {name: 'firstToken', label: 'First word', colour: '--plot-1'},
  {name: 'longestStall', label: 'Longest pause', colour: '--plot-3'},
  {name: 'total', label: 'Whole answer', colour: '--plot-5'},
]

export function waitsCard(analytics: Analytics): TemplateResult {
  const {periods, total} = analytics
  const unit = unitOf(analytics)
  const all = waits.map(({name, label}) => {
    const times = total.times[name]
    return `${label.toLowerCase()} ${percentile(p50Of(times), times ?? undefined)} (95 % within ${percentile(p95Of(times), times ?? undefined)})`
  })
  const sentence = `Medians of the whole period: ${all.join(', ')}.`
  const small = waits.map(({name, label, colour}) => {
    const series: Series[] = [
      {label: 'Median', colour, mark: 'line', values: periods.map(({times}) => p50Of(times[name]))},
      {label: '95 % within', colour, mark: 'dashed', values: periods.map(({times}) => p95Of(times[name]))},
    ]
    const isEmpty = series.every(({values}) => values.every((value) => value === null))
    const data: PlotData = {
      sentence: `${label}, by ${unit}: median and 95th percentile.`,
      ...overTime(analytics),
      series,
      value: about,
      axisValue: exactMs,
    }
    return html`<div class="small"><h3>${label}</h3>${isEmpty ? html`<p class="few">Too few answers ${unit === 'day' ? 'a day' : 'an hour'}: it takes ${enoughForMedian}.</p>` : plot(data)}</div>`
  })
  const table: Table = {
    caption: `Waiting times by ${unit}`,
    columns: [
      firstColumn(analytics),
      'Measured',
      ...waits.flatMap(({label}) => [`${label}, median`, '95 % within']),
    ],
    rows: periods.map((one) => [
      titleOf(analytics, one),
      count(one.times.total?.answers ?? 0),
      ...waits.flatMap(({name}) => {
        const times = one.times[name]
        return [percentile(p50Of(times), times ?? undefined), percentile(p95Of(times), times ?? undefined)]
      }),
    ]),
  }
  const content = html`<div class="smalls">${small}</div><p class="quiet">Gaps have too few answers: a median takes ${enoughForMedian}, a 95th percentile ${enoughForP95}.</p>`
  return card({title: 'Waiting times', sentence, content, table, isWide: true})
}

function exactMs(ms: number): string {
  if (ms === 0) return '0'
  return ms < 1_000 ? `${Math.round(ms)}\u00a0ms` : `${Number((ms / 1_000).toFixed(1))}\u00a0s`
}

/** Who is still there, over when the first words come: steps of equal width, for their lengths grow. */
export function patienceCard(analytics: Analytics): TemplateResult {
  const steps = waitingSteps(analytics.patience)
  const sentence = streamingSentence(analytics, steps)
  if (steps.length === 0)
    return card({
      title: 'Patience',
      sentence,
      content: html`<p class="few">${analytics.patience.length === 0 ? 'Nobody has waited for a first word yet.' : 'Too few visitors to draw.'}</p>`,
      table: null,
    })
  const edges = [0, ...steps.map(({toMs}) => toMs)]
  // Bars stand in the middle of a step, the line goes from edge to edge.
  const x = Array.from({length: 2 * steps.length + 1}, (_, index) => index / 2)
  const isEdge = (at: number): boolean => Number.isInteger(at)
  const atEdge = (at: number): number => (at === 0 ? 1 : steps[at - 1]!.stillThere)
  const data: PlotData = {
    sentence: `Share of visitors still there after each wait for the first word, over the share of first words that came then. ${sentence}`,
    x,
    range: [-0.15, steps.length + 0.15],
    ticks: x.filter(isEdge),
    tick: (at) => exactMs(edges[at]!),
    place: (at) => {
      const {fromMs, toMs} = steps[Math.min(steps.length - 1, Math.floor(at))]!
      return isEdge(at) ? `after ${exactMs(edges[at]!)}` : `${exactMs(fromMs)} to ${exactMs(toMs)}`
    },
    series: [
      {
        label: 'First words',
        colour: '--plot-2',
        mark: 'bars',
        values: x.map((at) => (isEdge(at) ? null : steps[Math.floor(at)]!.firstWords)),
      },
      {
        label: 'Visitors still there',
        colour: '--plot-1',
        mark: 'line',
        values: x.map((at) => (isEdge(at) ? atEdge(at) : (atEdge(at - 0.5) + atEdge(at + 0.5)) / 2)),
      },
    ],
    value: percent,
    axisValue: percent,
    maximum: 1,
  }
  const table: Table = {
    caption: 'Patience',
    columns: ['Wait', 'First words', 'Waiting at its start', 'Left in it', 'Still there at its end'],
    rows: steps.map(({fromMs, toMs, firstWords, stillThere}, index) => [
      `${exactMs(fromMs)} to ${exactMs(toMs)}`,
      percent(firstWords),
      count(analytics.patience[index]!.waiting),
      count(analytics.patience[index]!.left),
      percent(stillThere),
    ]),
  }
  return card({title: 'Patience', sentence, content: plot(data), table})
}
