import {html, type TemplateResult} from 'lit'
import {count, counted} from '../format.ts'
import {many, money, share} from './numbers.ts'
import {firstColumn, overTime, type PeriodList, plot, titleOf, unitOf, wholeOnly} from './over-time.ts'
import type {PlotData, Series} from './plot.ts'
import {card, linked, type Table} from './table.ts'
import {type Analytics, type Figures, type Tokens, tokensOf} from './wire.ts'

interface Group {
  readonly label: string
  readonly colour: string
  readonly mark: Series['mark']
  readonly endings: readonly string[]
}

const groups: readonly Group[] = [
  {label: 'Answered', colour: '--plot-1', mark: 'solid', endings: ['complete']},
  {label: 'Not in the docs', colour: '--plot-2', mark: 'hatch', endings: ['abstained']},
  {label: 'Stopped, or visitor left', colour: '--plot-5', mark: 'dots', endings: ['stopped', 'disconnected']},
  {
    label: 'Error or timed out',
    colour: '--plot-4',
    mark: 'cross',
    endings: ['error', 'timeout', 'interrupted'],
  },
]

export function questionsCard(analytics: Analytics, listOf: PeriodList): TemplateResult {
  const {periods, total} = analytics
  const of = (figures: Figures, {endings}: Group): number =>
    endings.reduce((sum, name) => sum + (figures.endings[name] ?? 0), 0)
  const busiest = periods.reduce((most, one) => (one.answers > most.answers ? one : most))
  const sentence = `${counted(total.answers, 'question')}, by ${unitOf(analytics)} and by how the answer ended; most on ${titleOf(analytics, busiest)}: ${count(busiest.answers)}.`
  const data: PlotData = {
    sentence,
    ...overTime(analytics),
    series: groups.map((group) => ({...group, values: periods.map((one) => of(one, group))})),
    value: count,
    axisValue: wholeOnly,
  }
  const table: Table = {
    caption: `Questions by ${unitOf(analytics)}`,
    columns: [firstColumn(analytics), 'Questions', ...groups.map(({label}) => label)],
    rows: periods.map((one) => [
      titleOf(analytics, one),
      linked(count(one.answers), listOf(one.at, {}), one.answers === 0),
      ...groups.map((group) => {
        const [ending, ...more] = group.endings
        const href = more.length === 0 ? listOf(one.at, {ending: ending!}) : null
        return linked(count(of(one, group)), href, of(one, group) === 0)
      }),
    ]),
  }
  return card({title: 'Questions', sentence, content: plot(data, 'tall'), table, isWide: true})
}

export function ratingsCard(analytics: Analytics, listOf: PeriodList): TemplateResult {
  const {periods, total} = analytics
  const {up, down} = total.ratings
  const sentence = `${counted(up + down, 'rating')} of ${counted(total.answers, 'answer')}: ${count(up)} up, ${count(down)} down${up + down === 0 ? '' : ` (${share(up, up + down)} up)`}. ${total.missing === 0 ? 'None was' : `${counted(total.missing, 'answer')} ${total.missing === 1 ? 'was' : 'were'}`} reported as missing in the docs.`
  if (up + down === 0)
    return card({
      title: 'Ratings',
      sentence,
      content: html`<p class="few">Nobody has rated an answer in this period.</p>`,
      table: null,
    })
  const data: PlotData = {
    sentence,
    ...overTime(analytics),
    series: [
      {
        label: 'Thumbs down',
        colour: '--plot-4',
        mark: 'cross',
        values: periods.map((one) => one.ratings.down),
      },
      {label: 'Thumbs up', colour: '--plot-2', mark: 'solid', values: periods.map((one) => one.ratings.up)},
    ],
    value: count,
    axisValue: wholeOnly,
  }
  const table: Table = {
    caption: `Ratings by ${unitOf(analytics)}`,
    columns: [firstColumn(analytics), 'Up', 'Down', 'Missing in the docs'],
    rows: periods.map((one) => [
      titleOf(analytics, one),
      linked(count(one.ratings.up), listOf(one.at, {rating: 'up'}), one.ratings.up === 0),
      linked(count(one.ratings.down), listOf(one.at, {rating: 'down'}), one.ratings.down === 0),
      linked(count(one.missing), listOf(one.at, {missing: '1'}), one.missing === 0),
    ]),
  }
  return card({title: 'Ratings', sentence, content: plot(data), table})
}

const looks: readonly (readonly [colour: string, mark: Series['mark']])[] = [
  ['--plot-1', 'solid'],
  ['--plot-2', 'hatch'],
  ['--plot-3', 'dots'],
  ['--plot-5', 'cross'],
]

type Measured = (tokens: Tokens) => number

/** Cost by model, where every model has a price; tokens by model. */
export function modelCards(analytics: Analytics): TemplateResult[] {
  if (analytics.total.tokens.length === 0) return []
  const tokens = modelCard(analytics, 'Tokens', tokensOf, many, 'read and written')
  if (analytics.total.cost === null || analytics.total.cost === 0) return [tokens]
  return [modelCard(analytics, 'Cost', ({cost}) => cost ?? 0, money, 'estimated'), tokens]
}

function modelCard(
  analytics: Analytics,
  title: string,
  of: Measured,
  words: (value: number) => string,
  how: string,
): TemplateResult {
  const {periods, total} = analytics
  const sum = (figures: Figures, models: readonly (string | null)[]): number =>
    figures.tokens.reduce((all, one) => (models.includes(one.model) ? all + of(one) : all), 0)
  // In the same order, and so the same colours, whatever is measured.
  const models = [...total.tokens].sort((a, b) => tokensOf(b) - tokensOf(a)).map(({model}) => model)
  const isTooMany = models.length > looks.length
  const named = isTooMany ? models.slice(0, looks.length - 1) : models
  const parts = [
    ...named.map((model) => ({label: model ?? 'no model', models: [model]})),
    ...(isTooMany ? [{label: 'Others', models: models.slice(named.length)}] : []),
  ]
  const sentence = `${words(sum(total, models))} in all, ${how}: ${parts.map(({label, models: some}) => `${label} ${words(sum(total, some))}`).join(', ')}.`
  const data: PlotData = {
    sentence: `${title} by model and ${unitOf(analytics)}. ${sentence}`,
    ...overTime(analytics),
    series: parts.map(({label, models: some}, index) => ({
      label,
      colour: looks[index]![0],
      mark: looks[index]![1],
      values: periods.map((one) => sum(one, some)),
    })),
    value: words,
    axisValue: (value) => (title === 'Cost' ? String(Number(value.toPrecision(4))) : wholeOnly(value)),
  }
  const table: Table = {
    caption: `${title} by model and ${unitOf(analytics)}`,
    columns: [firstColumn(analytics), ...parts.map(({label}) => label)],
    rows: periods.map((one) => [
      titleOf(analytics, one),
      ...parts.map(({models: some}) => words(sum(one, some))),
    ]),
  }
  return card({title: `${title} by model`, sentence, content: plot(data), table})
}
