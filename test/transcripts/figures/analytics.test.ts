import {rmSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import type {AnswerEvent, Channel} from '../../../src/domain/index.ts'
import {openSqlite} from '../../../src/native/index.ts'
import {catalogFileOf} from '../../../src/transcripts/catalog/catalog-file.ts'
import type {Analytics} from '../../../src/transcripts/figures/analytics.ts'
import type {Transcripts} from '../../../src/transcripts/open-transcripts.ts'
import {chance, randomFrom, whole} from '../../support/random.ts'
import {seedOr} from '../../support/random-seed.ts'
import {appendEvent, beginAnswer, openForTest, temporaryFile} from '../samples.ts'

const hour = 60 * 60 * 1000
const day = 24 * hour
const start = Date.UTC(2026, 4, 1)

interface Ended {
  readonly channel?: Channel
  readonly startedAt?: number
  readonly build?: string
  readonly conversation?: string
  readonly ending?: 'complete' | 'stopped' | 'disconnected' | 'error'
  readonly firstTokenMs?: number | null
  readonly totalMs?: number
  readonly stallMs?: number
  readonly abstained?: boolean
  readonly cited?: readonly string[]
  readonly shown?: readonly string[]
  readonly model?: string
  readonly tokens?: number
}

let answers = 0

async function ended(transcripts: Transcripts, what: Ended = {}): Promise<string> {
  const {
    startedAt = start,
    build = 'b1',
    ending = 'complete',
    firstTokenMs = 400,
    cited = [],
    tokens = 7,
  } = what
  const answerId = `a${answers++}`
  const {conversation = answerId, model = 'm', shown = cited} = what
  beginAnswer(transcripts, answerId, {
    startedAt,
    build,
    conversation,
    model,
    lang: 'en',
    channel: what.channel ?? 'http',
  })
  const timings = {
    sourcesMs: 20,
    firstTokenMs,
    longestStallMs: what.stallMs ?? 90,
    totalMs: what.totalMs ?? 2_000,
  }
  const usage = {inputTokens: tokens, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0}
  const source = (url: string, index: number) => ({
    n: index + 1,
    id: `${url}#`,
    title: url,
    headings: [],
    url,
    anchor: '',
    score: 1,
    snippet: '',
    highlights: [],
  })
  const events: AnswerEvent[] = [
    {type: 'sources', round: 1, query: 'q', sources: shown.map(source)},
    ...(firstTokenMs === null ? [] : [{type: 'delta', text: 'Yes.'} as const]),
    ...cited.map((url): AnswerEvent => ({type: 'citation', n: shown.indexOf(url) + 1, start: 0, end: 2})),
    ending === 'error'
      ? {type: 'error', ending, code: 'upstream_cut', message: 'No.', retryable: true}
      : {type: 'done', ending, abstained: what.abstained ?? false, usage, timings},
  ]
  for (const [index, event] of events.entries()) {
    appendEvent(transcripts, answerId, {seq: index + 1, at: startedAt + index, event})
  }
  await transcripts.flush()
  return answerId
}

const rate = (transcripts: Transcripts, answerId: string, rating: 'up' | 'down') =>
  transcripts.setFeedback(answerId, {rating, reasons: [], comment: null})

const figures = (transcripts: Transcripts, days = 2): Promise<Analytics> =>
  transcripts.analytics({from: start, to: start + days * day})

describe.each([
  ['in a file', () => openForTest({file: temporaryFile()})],
  ['in memory', () => openForTest()],
])('%s', (_where, opened) => {
  test('answers are summed by what they were, once they have ended', async () => {
    const transcripts = opened()
    await ended(transcripts, {conversation: 'c', abstained: true})
    await ended(transcripts, {conversation: 'c', ending: 'error', channel: 'docs-ask'})
    await ended(transcripts, {ending: 'stopped', firstTokenMs: null})
    await ended(transcripts, {ending: 'disconnected'})
    beginAnswer(transcripts, 'running', {startedAt: start})

    expect((await figures(transcripts)).total).toMatchObject({
      answers: 4,
      conversations: 3,
      endings: {complete: 1, error: 1, stopped: 1, disconnected: 1},
      errors: {upstream_cut: 1},
      abstained: 1,
      left: {beforeFirstToken: 1, beforeEnd: 1},
      tokens: [{model: 'm', inputTokens: 21, outputTokens: 3}],
    })
    expect((await figures(transcripts)).channels).toEqual([
      {channel: 'http', answers: 3},
      {channel: 'docs-ask', answers: 1},
    ])
  })

  test('a rating counts once, as it is now', async () => {
    const transcripts = opened()
    const answerId = await ended(transcripts, {cited: ['/docs/a']})
    await rate(transcripts, answerId, 'down')
    const disliked = await figures(transcripts)
    await rate(transcripts, answerId, 'up')
    await rate(transcripts, answerId, 'up')
    await transcripts.setFeedback(answerId, {missing: true, reasons: [], comment: null})
    const liked = await figures(transcripts)

    expect(disliked.total.ratings).toEqual({up: 0, down: 1})
    expect(disliked.pages).toEqual([
      {url: '/docs/a', shown: 1, cited: 1, disliked: 1, unanswered: 0, opened: 0},
    ])
    expect(liked.total).toMatchObject({answers: 1, ratings: {up: 1, down: 0}, missing: 1})
    expect(liked.pages).toEqual([{url: '/docs/a', shown: 1, cited: 1, disliked: 0, unanswered: 1, opened: 0}])
  })

  test('what was removed stays counted, and leaves no word', async () => {
    const transcripts = opened()
    const answerId = await ended(transcripts, {cited: ['/docs/a']})
    await rate(transcripts, answerId, 'down')
    const before = await figures(transcripts)
    await transcripts.delete(answerId)

    expect(await figures(transcripts)).toEqual(before)
  })

  test('periods, builds and pages are apart', async () => {
    const transcripts = opened()
    await ended(transcripts, {build: 'b1', cited: ['/docs/a'], shown: ['/docs/a', '/docs/b']})
    await ended(transcripts, {build: 'b2', startedAt: start + day, cited: ['/docs/a']})
    await ended(transcripts, {build: 'b2', startedAt: start + day + hour, shown: ['/docs/b']})
    await ended(transcripts, {build: 'b2', startedAt: start + 5 * day})

    const {periods, builds, pages} = await figures(transcripts, 5)
    const {
      periods: hours,
      total,
      builds: beside,
    } = await transcripts.analytics({
      from: start + day,
      to: start + 2 * day,
      build: 'b2',
    })

    expect(periods.map(({at, answers}) => [at, answers])).toEqual([
      [start, 1],
      [start + day, 2],
      [start + 2 * day, 0],
      [start + 3 * day, 0],
      [start + 4 * day, 0],
    ])
    expect(builds.map(({build, answers}) => [build, answers])).toEqual([
      ['b2', 2],
      ['b1', 1],
    ])
    expect(hours.map(({answers}) => answers)).toEqual([1, 1, ...Array<number>(22).fill(0)])
    expect(total.answers).toBe(2)
    expect(beside.map(({build}) => build)).toEqual(['b2'])
    const {total: ofOne, builds: all} = await transcripts.analytics({
      from: start,
      to: start + 2 * day,
      build: 'b1',
    })
    expect(ofOne.answers).toBe(1)
    expect(all.map(({build}) => build)).toEqual(['b2', 'b1'])
    expect(pages).toEqual([
      {url: '/docs/a', shown: 2, cited: 2, disliked: 0, unanswered: 0, opened: 0},
      {url: '/docs/b', shown: 2, cited: 0, disliked: 0, unanswered: 0, opened: 0},
    ])
  })
})

test('times are within five percent', async () => {
  const seed = seedOr(3)
  const random = randomFrom(seed)
  const transcripts = openForTest()
  const waited = Array.from({length: 200}, () => whole(random, 30_000))
  for (const firstTokenMs of waited) await ended(transcripts, {firstTokenMs, totalMs: 2 * firstTokenMs})
  const sorted = [...waited].sort((a, b) => a - b)

  const {times} = (await figures(transcripts)).total

  const isNear = (found: number, wanted: number) => Math.abs(found - wanted) <= 0.05 * (wanted + 1) + 1
  expect(times.firstToken!.answers).toBe(200)
  expect(isNear(times.firstToken!.p50, sorted[99]!), `seed ${seed}`).toBe(true)
  expect(isNear(times.firstToken!.p95, sorted[189]!), `seed ${seed}`).toBe(true)
  expect(isNear(times.total!.p50, 2 * sorted[99]!), `seed ${seed}`).toBe(true)
})

test('nothing measured is null, not zero', async () => {
  const transcripts = openForTest()
  const {total, patience, periods} = await figures(transcripts)
  expect(total.times).toEqual({sources: null, firstToken: null, longestStall: null, total: null})
  expect(patience).toEqual([])
  expect(periods).toHaveLength(48)
})

test('patience is the share of those still waiting who leave', async () => {
  const transcripts = openForTest()
  for (let count = 0; count < 6; count++) await ended(transcripts, {firstTokenMs: 700})
  for (let count = 0; count < 2; count++) await ended(transcripts, {firstTokenMs: 3_700})
  await ended(transcripts, {ending: 'disconnected', firstTokenMs: null, totalMs: 2_300})
  await ended(transcripts, {ending: 'stopped', firstTokenMs: null, totalMs: 3_400})

  const {patience} = await figures(transcripts)

  expect(patience).toEqual([
    {afterMs: 0, untilMs: 250, waiting: 10, left: 0},
    {afterMs: 250, untilMs: 500, waiting: 10, left: 0},
    {afterMs: 500, untilMs: 1_000, waiting: 10, left: 0},
    {afterMs: 1_000, untilMs: 2_000, waiting: 4, left: 0},
    {afterMs: 2_000, untilMs: 3_000, waiting: 4, left: 1},
    {afterMs: 3_000, untilMs: 5_000, waiting: 3, left: 1},
  ])
})

describe('a catalog that is made anew', () => {
  async function filled(file: string): Promise<Transcripts> {
    const transcripts = openForTest({file})
    await ended(transcripts, {startedAt: start, cited: ['/docs/a']})
    const rated = await ended(transcripts, {startedAt: start + day + hour, cited: ['/docs/b']})
    await rate(transcripts, rated, 'up')
    await ended(transcripts, {startedAt: start + day + 2 * hour})
    return transcripts
  }

  test('counts what is there', async () => {
    const file = temporaryFile()
    const transcripts = await filled(file)
    const before = await figures(transcripts)
    await transcripts.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(catalogFileOf(file) + suffix, {force: true})

    expect(await figures(openForTest({file}))).toEqual(before)
  })

  test('keeps the figures of answers that are gone', async () => {
    const file = temporaryFile()
    const transcripts = await filled(file)
    const before = await figures(transcripts)
    await transcripts.purge(start + day)
    await figures(transcripts)
    await transcripts.close()
    const catalog = openSqlite(catalogFileOf(file))
    catalog.pragma('user_version = 99')
    catalog.close()

    const anew = openForTest({file})
    const after = await figures(anew)
    await ended(anew, {startedAt: start + day + 2 * hour, build: 'b2'})

    // All but the questions, which are those of answers that are kept.
    expect({...after, questions: []}).toEqual({...before, questions: []})
    expect([before, after].map(({questions}) => questions[0]?.asked)).toEqual([3, 2])
    expect((await figures(anew)).total.answers).toBe(4)
  })
})

test('a catalog of an earlier version, which did not count what was not answered, is carried on', async () => {
  const file = temporaryFile()
  const transcripts = openForTest({file})
  const old = await ended(transcripts, {startedAt: start, cited: ['/docs/a']})
  await rate(transcripts, old, 'down')
  await figures(transcripts)
  await transcripts.delete(old)
  await figures(transcripts)
  await transcripts.close()
  const catalog = openSqlite(catalogFileOf(file))
  catalog.exec('ALTER TABLE page_days DROP COLUMN unanswered')
  catalog.exec('ALTER TABLE page_days DROP COLUMN opened')
  catalog.pragma('user_version = 2')
  catalog.close()

  const anew = openForTest({file})
  const missed = await ended(anew, {startedAt: start + 2 * day, cited: ['/docs/a']})
  await anew.setFeedback(missed, {missing: true, reasons: [], comment: null})

  expect(await anew.pageFigures({from: start - day, to: start + 3 * day})).toEqual([
    {url: '/docs/a', shown: 2, cited: 2, disliked: 1, unanswered: 1, opened: 0},
  ])
})

test('any order of answers, ratings, removals and restarts gives the same sums', async () => {
  const seed = seedOr(11)
  const random = randomFrom(seed)
  const file = temporaryFile()
  let transcripts = openForTest({file})
  const kept: string[] = []
  const ratings = new Map<string, 'up' | 'down'>()
  let all = 0
  for (let step = 0; step < 120; step++) {
    const luck = random()
    const known = kept[whole(random, kept.length - 1)]
    if (luck < 0.5 || known === undefined) {
      kept.push(await ended(transcripts, {startedAt: start + whole(random, 40) * hour}))
      all += 1
    } else if (luck < 0.8) {
      const rating = chance(random, 0.5) ? 'up' : 'down'
      await rate(transcripts, known, rating)
      ratings.set(known, rating)
    } else if (luck < 0.9) {
      // Its figures are those that the catalog has seen.
      await transcripts.list({})
      await transcripts.delete(known)
      kept.splice(kept.indexOf(known), 1)
    } else if (luck < 0.95) {
      await transcripts.close()
      transcripts = openForTest({file})
    } else await transcripts.list({})
  }

  const {total} = await figures(transcripts)

  const count = (wanted: string) => [...ratings.values()].filter((rating) => rating === wanted).length
  expect(total.answers, `seed ${seed}`).toBe(all)
  expect(total.ratings, `seed ${seed}`).toEqual({up: count('up'), down: count('down')})
})
