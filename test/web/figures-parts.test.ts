import {describe, expect, test} from 'vitest'
import {auditActions} from '../../src/staff/index.ts'
import {
  about,
  changeOfCount,
  changeOfShare,
  changeOfTime,
  money,
  p50Of,
  p95Of,
  percent,
  percentile,
  share,
} from '../../src/web/console/figures/numbers.ts'
import {stillThereAfter, streamingSentence, waitingSteps} from '../../src/web/console/figures/patience.ts'
import {chosenOf, listPeriod, pathOfFigures, requestOf, spanOf} from '../../src/web/console/figures/period.ts'
import type {Analytics, PatienceStep} from '../../src/web/console/figures/wire.ts'
import {actionTitle, actionWords, detailsOf} from '../../src/web/console/people/audit-words.ts'

const hour = 60 * 60 * 1000
const day = 24 * hour
/** A Friday afternoon. */
const now = Date.UTC(2026, 10, 27, 15, 20)
const at = (text: string): number => Date.parse(`${text}Z`)

describe('a period', () => {
  test.each([
    ['', '2026-10-29T00:00', '2026-11-27T16:00', 30],
    ['period=24h', '2026-11-26T16:00', '2026-11-27T16:00', 1],
    ['period=7d', '2026-11-21T00:00', '2026-11-27T16:00', 7],
    ['from=2026-11-01&to=2026-11-10', '2026-11-01T00:00', '2026-11-11T00:00', 10],
    ['from=2026-11-20&to=2026-11-27', '2026-11-20T00:00', '2026-11-27T16:00', 8],
    ['from=2026-11-26', '2026-11-26T00:00', '2026-11-27T16:00', 2],
    ['to=2026-11-10', '2026-10-12T00:00', '2026-11-11T00:00', 30],
    ['from=2027-01-01&to=2027-01-02', '2027-01-01T00:00', '2027-01-03T00:00', 2],
  ])('%j is from %s to %s, compared with %s days earlier', (query, from, to, days) => {
    expect(spanOf(chosenOf(query), now)).toEqual({from: at(from), to: at(to), shiftMs: days * day})
  })

  test.each(['period=1y', 'from=yesterday', 'to=2026-13-01'])('%s is no period, and says so', (query) => {
    expect(() => chosenOf(query)).toThrow(RangeError)
  })

  test('is in the address as short as it can be, with the build', () => {
    const chosen = chosenOf('period=7d&build=b1')
    expect(pathOfFigures(chosen)).toBe('/console/figures?period=7d&build=b1')
    expect(pathOfFigures(chosen, {length: '30d', build: ''})).toBe('/console/figures')
    const own = {length: null, from: '2026-11-01', to: '2026-11-02'}
    expect(pathOfFigures(chosen, own)).toBe('/console/figures?from=2026-11-01&to=2026-11-02&build=b1')
  })

  test('is asked for with what the address has besides, so that the server can refuse it', () => {
    const chosen = chosenOf('biuld=b1')
    expect(requestOf(chosen, {from: 1, to: 2, shiftMs: 1})).toBe('/analytics?from=1&to=2&biuld=b1')
  })

  test('is one of the list by days where it can, else by moments', () => {
    const {from, to} = spanOf(chosenOf('period=7d'), now)
    expect(listPeriod(from, to, true)).toEqual({from: '2026-11-21', to: '2026-11-27'})
    expect(listPeriod(from, from + hour, false)).toEqual({from: '2026-11-21T00:00Z', to: '2026-11-21T01:00Z'})
  })
})

/** With ordinary spaces. */
const plain = (words: string): string => words.replaceAll('\u00a0', ' ')

describe('a number', () => {
  test.each([
    [null, '–'],
    [0, '0 ms'],
    [37, '37 ms'],
    [847, '850 ms'],
    [996, '1.0 s'],
    [1_249, '1.2 s'],
    [12_400, '12 s'],
    [120_000, '2.0 min'],
  ])('of %s milliseconds is about %j', (ms, words) => {
    expect(plain(about(ms))).toBe(words)
  })

  test('of few answers is not shown as if it meant something', () => {
    const times = (answers: number) => ({p50: 400, p95: 900, answers})
    expect([p50Of(times(4)), p95Of(times(19))]).toEqual([null, null])
    expect([p50Of(times(5)), p95Of(times(20))]).toEqual([400, 900])
    expect([percentile(null, times(4)), percentile(null), plain(percentile(400))]).toEqual([
      'too few',
      '–',
      '400 ms',
    ])
    expect([share(0, 0), share(2, 3), plain(share(2, 6))]).toEqual(['–', '2 of 3', '33 %'])
  })

  test('is neither none nor all unless it is', () => {
    expect([0, 0.001, 0.5, 0.999, 1].map((one) => plain(percent(one)))).toEqual([
      '0 %',
      '< 1 %',
      '50 %',
      '> 99 %',
      '100 %',
    ])
  })

  test('of money has cents, and more only where it is less than one', () => {
    expect([null, 0, 0.00123, 0.5, 12.345, 1234.5].map(money)).toEqual([
      '–',
      '0',
      '0.001',
      '0.50',
      '12.35',
      '1,235',
    ])
  })

  test('is compared with what it was, where that was enough', () => {
    expect(changeOfCount(15, 9, null)).toBeNull()
    expect(changeOfCount(15, 10, null)).toMatchObject({direction: 'up', isGood: null, before: '10'})
    expect(changeOfCount(5, 10, 'less')).toMatchObject({words: '50\u00a0%', direction: 'down', isGood: true})
    expect(changeOfCount(10, 10, 'less')).toMatchObject({direction: 'same', isGood: null})
    expect(changeOfShare([1, 4], [9, 10], 'more')).toBeNull()
    expect(changeOfShare([50, 100], [60, 100], 'more')).toMatchObject({words: '10 points', isGood: false})
    expect(changeOfTime(1_000, null)).toBeNull()
    expect(changeOfTime(1_030, 1_000)).toMatchObject({direction: 'same'})
    expect(changeOfTime(2_000, 1_000)).toMatchObject({direction: 'up', isGood: false})
  })
})

/** Steps of one second, with how many had the first word and how many left in each. */
function patienceOf(steps: readonly (readonly [words: number, left: number])[]): PatienceStep[] {
  return steps.map(([, left], index) => ({
    afterMs: index * 1_000,
    untilMs: index === steps.length - 1 ? null : (index + 1) * 1_000,
    waiting: steps.slice(index).reduce((sum, [words, gone]) => sum + words + gone, 0),
    left,
  }))
}

const analyticsWith = (firstToken: number, total: number) =>
  ({
    total: {
      times: {
        firstToken: {p50: firstToken, p95: 2 * firstToken, answers: 100},
        total: {p50: total, p95: 2 * total, answers: 100},
      },
    },
  }) as Analytics

describe('patience', () => {
  test('is the share that is still there, whoever got the first word counted for half of the step', () => {
    const steps = waitingSteps(
      patienceOf([
        [60, 0],
        [20, 10],
        [10, 5],
        [0, 0],
      ]),
    )

    expect(steps.map(({stillThere}) => Number(stillThere.toFixed(4)))).toEqual([
      1,
      Number((1 - 10 / 35).toFixed(4)),
      Number(((1 - 10 / 35) * (1 - 5 / 10)).toFixed(4)),
    ])
    expect(steps.map(({firstWords}) => Number(firstWords.toFixed(4)))).toEqual([0.6667, 0.2222, 0.1111])
    expect(stillThereAfter(1_500, steps)).toBeCloseTo(1 - 5 / 35)
    expect(stillThereAfter(3_001, steps)).toBeNull()
  })

  test('ends where too few waited, and is nothing of too few visitors', () => {
    expect(
      waitingSteps(
        patienceOf([
          [15, 0],
          [4, 0],
        ]),
      ),
    ).toEqual([])
    const steps = waitingSteps(
      patienceOf([
        [30, 0],
        [3, 3],
        [1, 1],
      ]),
    )
    expect(steps).toHaveLength(1)
  })

  test('says in a sentence what streaming is worth, or why that is not known', () => {
    const steps = waitingSteps(
      patienceOf([
        [600, 0],
        [100, 100],
        [100, 100],
        [0, 0],
      ]),
    )
    const words = (firstToken: number, total: number) =>
      plain(streamingSentence(analyticsWith(firstToken, total), steps))

    expect(words(500, 3_000)).toMatch(
      /within 500 ms, when 100 % .* without streaming an estimated 24 % .* Streaming keeps about 76 of 100/,
    )
    expect(words(500, 9_000)).toMatch(/too few have waited longer than 3.0 s/)
    expect(words(500, 550)).toMatch(/streaming changes little here/)
    expect(streamingSentence(analyticsWith(500, 3_000), [])).toMatch(/Too few/)
  })
})

describe('a line of the audit log', () => {
  const line = {line: 1, at: now, who: 'x', name: 'Ada', role: 'admin', which: null, address: null} as const

  test('has words for every action', () => {
    expect(Object.keys(actionWords).sort()).toEqual([...auditActions].sort())
    expect(['person_removed', 'role_changed', 'build_activated', 'transcript_read'].map(actionTitle)).toEqual(
      ['Removed somebody', 'Changed the role of somebody', 'Made a build current', 'Read a transcript'],
    )
  })

  test.each([
    [
      'transcripts_listed',
      {ending: 'error', partial: false, from: at('2026-11-01T00:00')},
      'ending Error, declined or cut Neither, from 2026-11-01 (UTC)',
    ],
    ['transcripts_exported', {rating: 'down', format: 'csv'}, 'rating Thumbs down, format csv'],
    ['export_ended', {rows: 3, isWhole: false, format: 'csv'}, 'rows 3, broken off, format csv'],
    ['role_changed', {name: 'Bo', role: 'admin', before: 'docs'}, 'role Admin, before Docs'],
    ['transcript_reviewed', {verdict: 'should_abstain'}, 'verdict Should have said no'],
    ['sign_in_failed', {by: 'link', withoutLine: 4}, 'with a link, more without a line 4'],
    ['reindex_started', {full: true}, 'everything anew'],
    ['transcript_read', {part: 'prompt'}, 'the prompt that was sent'],
    ['transcript_read', {part: 'transcript'}, ''],
    ['sign_out', null, ''],
  ])('says of %s %j in words', (what, details, words) => {
    const said = detailsOf({...line, what, details: details as never})
    expect(said.map(({label, value}) => `${label} ${value}`.trim()).join(', ')).toBe(words)
  })
})
