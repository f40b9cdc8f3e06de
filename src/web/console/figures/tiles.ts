import {html, nothing, type TemplateResult} from 'lit'
import {count, counted} from '../format.ts'
import {
  type Change,
  changeOfCount,
  changeOfShare,
  changeOfTime,
  money,
  p50Of,
  p95Of,
  percentile,
  share,
  type Wanted,
} from './numbers.ts'
import {linked} from './table.ts'
import type {Figures} from './wire.ts'

interface Tile {
  readonly label: string
  readonly value: string
  /** Transcripts that it stands for. */
  readonly filter?: Readonly<Record<string, string>>
  readonly note: string
  readonly change: Change | null
}

/** @param listOf the address of transcripts by a filter; null for who may not read them */
export function tiles(
  now: Figures,
  before: Figures,
  listOf: (filter: Readonly<Record<string, string>>) => string | null,
): TemplateResult {
  return html`<dl class="tiles">${tilesOf(now, before).map(
    ({label, value, filter, note, change}) =>
      html`<div class="tile"><dt>${label}</dt><dd class="value">${linked(value, filter === undefined ? null : listOf(filter), value === '0')}</dd><dd class="change">${change === null ? nothing : changeView(change)}</dd><dd class="quiet">${note}</dd></div>`,
  )}</dl>`
}

function tilesOf(now: Figures, before: Figures): readonly Tile[] {
  const rated = (of: Figures): number => of.ratings.up + of.ratings.down
  const failed = (of: Figures): number =>
    (of.endings['error'] ?? 0) + (of.endings['timeout'] ?? 0) + (of.endings['interrupted'] ?? 0)
  const answered = (of: Figures): number => (of.endings['complete'] ?? 0) - of.partial
  const amount = (
    label: string,
    of: (from: Figures) => number,
    note: string,
    filter?: Tile['filter'],
  ): Tile => ({
    label,
    value: count(of(now)),
    note,
    change: changeOfCount(of(now), of(before), null),
    ...(filter === undefined ? {} : {filter}),
  })
  const part = (
    label: string,
    of: (from: Figures) => number,
    all: (from: Figures) => number,
    wanted: Wanted,
    note: string,
    filter?: Tile['filter'],
  ): Tile => ({
    label,
    value: share(of(now), all(now)),
    note,
    change: changeOfShare([of(now), all(now)], [of(before), all(before)], wanted),
    ...(filter === undefined ? {} : {filter}),
  })
  const answers = (of: Figures): number => of.answers
  const {firstToken} = now.times
  const [p50, p95] = [p50Of(firstToken), p95Of(firstToken)]
  return [
    amount('Questions', answers, 'answers that have ended', {}),
    amount('Conversations', (of) => of.conversations, 'that began'),
    part('Answered', answered, answers, 'more', `${counted(answered(now), 'answer')}, complete and whole`, {
      ending: 'complete',
      partial: '0',
    }),
    part('Not in the docs', (of) => of.abstained, answers, 'less', counted(now.abstained, 'answer'), {
      abstained: '1',
    }),
    part('Errors', failed, answers, 'less', `${counted(failed(now), 'answer')}, with those timed out`, {
      ending: 'error',
    }),
    part('Thumbs up', (of) => of.ratings.up, rated, 'more', `of ${counted(rated(now), 'rating')}`, {
      rating: 'up',
    }),
    amount('Reported missing', (of) => of.missing, 'answers that visitors say the docs lack', {
      missing: '1',
    }),
    {
      label: 'Time to first word',
      value: percentile(p50, firstToken ?? undefined),
      note: `median; 95 % within: ${percentile(p95, firstToken ?? undefined)}`,
      change: changeOfTime(p50, p50Of(before.times.firstToken)),
      filter: {sort: 'first_token'},
    },
    part(
      'Left before the first word',
      (of) => of.left.beforeFirstToken,
      answers,
      'less',
      `${counted(now.left.beforeFirstToken, 'visitor')}; ${count(now.left.beforeEnd)} left later`,
      {left: 'before_first_word'},
    ),
    part(
      'Opened a source',
      (of) => of.sources.opened,
      (of) => of.sources.answers,
      null,
      `of ${counted(now.sources.answers, 'answer')} that showed sources`,
    ),
    part(
      'Taken up again',
      (of) => of.resumed.answers,
      answers,
      null,
      `${counted(now.resumed.answers, 'answer')} after the stream broke off`,
      {resumed: '1'},
    ),
    {
      label: 'Cost',
      value: money(now.cost),
      note:
        now.cost === null
          ? 'a model has no price in MODEL_PRICES'
          : now.tokens.length === 0
            ? 'no model was called'
            : 'estimated, as MODEL_PRICES says',
      change:
        now.cost === null || before.cost === null || before.answers < 10
          ? null
          : changeOfCost(now.cost, before.cost),
    },
  ]
}

function changeOfCost(now: number, before: number): Change | null {
  return before === 0 ? null : changeOfCount((now / before) * 100, 100, null, () => money(before))
}

const arrows = {up: '↑', down: '↓', same: '='} as const

function changeView({words, direction, isGood, before}: Change): TemplateResult {
  const tone = isGood === null ? '' : isGood ? 'good' : 'bad'
  return html`<span class="outcome ${tone}" title="Before: ${before}"><span aria-hidden="true">${arrows[direction]}</span>${
    direction === 'same' ? 'as before' : html`<span class="sr">${direction} by </span>${words}`
  }${isGood === null ? nothing : html`<span class="quiet">${isGood ? 'better' : 'worse'}</span>`}</span>`
}
