import type {Usage} from '../../domain/index.ts'
import type {SqliteDatabase} from '../../native/index.ts'
import {rangeFactor} from '../catalog/catalog-schema.ts'
import type {Wait} from './answer-counts.ts'
import {dayMs, hourMs} from './figure-sums.ts'
import {type QuestionFigures, topQuestions} from './top-questions.ts'

export interface AnalyticsRequest {
  /** Milliseconds since the epoch, inclusive; rounded down to the hour. */
  readonly from: number
  /** Exclusive; rounded up to the hour. */
  readonly to: number
  /** Only answers from this build, but in `builds`. */
  readonly build?: string
}

/** Of a wait, in milliseconds. Within 5 % of what was measured, since times are summed by ranges of 10 %. */
export interface Quantiles {
  readonly p50: number
  readonly p95: number
  /** How many answers were measured. */
  readonly answers: number
}

/** Sums over answers that have ended, by the time when they began. */
export interface Figures {
  readonly answers: number
  /** Conversations that began. */
  readonly conversations: number
  readonly endings: Readonly<Record<string, number>>
  /** By code, of answers that ended with an error. */
  readonly errors: Readonly<Record<string, number>>
  readonly abstained: number
  /** The model declined, or reached a limit. */
  readonly partial: number
  readonly ratings: {readonly up: number; readonly down: number}
  /** Answers of which a visitor said that the docs lack them. */
  readonly missing: number
  /** Visitors who stopped the answer or went away: before its first word, and later. */
  readonly left: {readonly beforeFirstToken: number; readonly beforeEnd: number}
  /** Answers that a reader took up again after their stream had broken off, and how often that was done. */
  readonly resumed: {readonly answers: number; readonly times: number}
  /** Answers that showed sources, those of which the visitor opened one, and both by the place of the source. */
  readonly sources: {
    readonly answers: number
    readonly opened: number
    readonly places: readonly {readonly n: number; readonly shown: number; readonly opened: number}[]
  }
  /** Null where none was measured. */
  readonly times: Readonly<Record<'sources' | 'firstToken' | 'longestStall' | 'total', Quantiles | null>>
  readonly tokens: readonly ({readonly model: string | null} & Usage)[]
}

export interface Analytics {
  readonly from: number
  readonly to: number
  readonly total: Figures
  /** Periods in order, also those without answers: hours for up to two days, else days (UTC). */
  readonly periods: readonly ({readonly at: number} & Figures)[]
  /** All builds of the period, those with most answers first: one is seen beside the others. */
  readonly builds: readonly ({readonly build: string} & Figures)[]
  /**
   * How patience ends: the share of those still waiting for the first word after so many milliseconds who left before the
   * next step. Steps with nobody left to wait are left out.
   */
  readonly patience: readonly PatienceStep[]
  /** The pages that answers cite most. Of whole days (UTC), and of all builds. */
  readonly pages: readonly PageFigures[]
  /** The pages that visitors opened most, likewise. */
  readonly openedPages: readonly PageFigures[]
  /** The questions that were asked most, more than once, likewise; of the answers that are kept. */
  readonly questions: readonly QuestionFigures[]
  readonly languages: readonly {readonly lang: string | null; readonly answers: number}[]
  /** What kinds of clients asked. */
  readonly channels: readonly {readonly channel: string; readonly answers: number}[]
}

export interface PatienceStep {
  readonly afterMs: number
  /** Where the next step begins; null for the last one, which has no end. */
  readonly untilMs: number | null
  readonly waiting: number
  readonly left: number
}

export interface PageFigures {
  readonly url: string
  /** Answers that showed, cite, and cite it and were disliked. */
  readonly shown: number
  readonly cited: number
  readonly disliked: number
  /** Answers that abstained with it among what they found, or showed it and were reported as missing in the docs. */
  readonly unanswered: number
  /** Answers of which the visitor opened it. */
  readonly opened: number
}

/** Milliseconds since the epoch: `from` inclusive, `to` exclusive; both are widened to whole days (UTC). */
export type PagesRequest = Pick<AnalyticsRequest, 'from' | 'to'>

/** Pages of a list of those that are cited or opened most. */
export const maxPages = 50
/** More pages than docs have. */
export const maxCountedPages = 50_000
const maxBuilds = 50
/** Up to so many hours are shown one by one. */
const maxHours = 48

type Sums = Map<string, number>

/** Sums of an hour (UTC) since the epoch and a build, as JSON: see `Counts`. */
export interface RollUpRow {
  readonly hour: number
  readonly build: string
  readonly counts: string
}

/** Figures of a period, from the sums of its hours. */
export interface AnalyticsSums {
  add(row: RollUpRow): void
  analytics(more: Pick<Analytics, 'pages' | 'openedPages' | 'questions'>): Analytics
}

/** Hours of a period since the epoch: from the first, up to the last without it. */
export function hoursOf({from, to}: Pick<AnalyticsRequest, 'from' | 'to'>): readonly [number, number] {
  return [Math.floor(from / hourMs), Math.ceil(to / hourMs)]
}

/** Days of a period (UTC) since the epoch: from the first, up to the last without it. */
export function daysOf({from, to}: PagesRequest): readonly [number, number] {
  return [Math.floor(from / dayMs), Math.ceil(to / dayMs)]
}

export function createAnalyticsSums(request: AnalyticsRequest): AnalyticsSums {
  const [firstHour, endHour] = hoursOf(request)
  const stepHours = endHour - firstHour <= maxHours ? 1 : dayMs / hourMs
  const total: Sums = new Map()
  const byPeriod = new Map<number, Sums>()
  const byBuild = new Map<string, Sums>()
  const firstPeriod = Math.floor(firstHour / stepHours)
  const periods = Math.ceil(endHour / stepHours) - firstPeriod
  return {
    add(row) {
      const counts = Object.entries(JSON.parse(row.counts) as Record<string, number>)
      const isAsked = request.build === undefined || row.build === request.build
      const asked = isAsked ? [total, sumsOf(byPeriod, Math.floor(row.hour / stepHours))] : []
      for (const sums of [...asked, sumsOf(byBuild, row.build)]) {
        for (const [name, by] of counts) sums.set(name, (sums.get(name) ?? 0) + by)
      }
    },
    analytics: ({pages, openedPages, questions}) => ({
      from: firstHour * hourMs,
      to: endHour * hourMs,
      total: figuresOf(total),
      periods: Array.from({length: periods}, (_, index) => ({
        at: (firstPeriod + index) * stepHours * hourMs,
        ...figuresOf(byPeriod.get(firstPeriod + index) ?? new Map()),
      })),
      builds: [...byBuild]
        .map(([name, sums]) => ({build: name, ...figuresOf(sums)}))
        .sort((a, b) => b.answers - a.answers)
        .slice(0, maxBuilds),
      patience: patienceOf(total),
      pages,
      openedPages: openedPages.filter(({opened}) => opened > 0),
      questions,
      languages: [...ofKind(total, 'lang')]
        .map(([lang, answers]) => ({lang: lang === '' ? null : lang, answers}))
        .sort((a, b) => b.answers - a.answers),
      channels: [...ofKind(total, 'channel')]
        .map(([channel, answers]) => ({channel, answers}))
        .sort((a, b) => b.answers - a.answers),
    }),
  }
}

/** @throws what SQLite throws. */
export function readAnalytics(db: SqliteDatabase, request: AnalyticsRequest): Analytics {
  const sums = createAnalyticsSums(request)
  const rows = db.prepare<[number, number], RollUpRow>(
    'SELECT hour, build, counts FROM roll_ups WHERE hour >= ? AND hour < ?',
  )
  for (const row of rows.iterate(...hoursOf(request))) sums.add(row)
  return sums.analytics({
    pages: most(db, 'cited', request),
    openedPages: most(db, 'opened', request),
    questions: topQuestions(db, daysOf(request)),
  })
}

const ofPages = `SELECT page AS url, sum(shown) AS shown, sum(cited) AS cited, sum(disliked) AS disliked,
    sum(unanswered) AS unanswered, sum(opened) AS opened
  FROM page_days WHERE day >= ? AND day < ? GROUP BY page`

function most(db: SqliteDatabase, what: 'cited' | 'opened', request: PagesRequest): PageFigures[] {
  return db
    .prepare<[number, number, number], PageFigures>(
      `${ofPages} HAVING sum(shown) > 0 ORDER BY sum(${what}) DESC, page LIMIT ?`,
    )
    .all(...daysOf(request), maxPages)
}

/** Every page that was found for an answer of these days, in no order. @throws what SQLite throws. */
export function readPageFigures(db: SqliteDatabase, request: PagesRequest): PageFigures[] {
  return db
    .prepare<[number, number, number], PageFigures>(`${ofPages} LIMIT ?`)
    .all(...daysOf(request), maxCountedPages)
}

function sumsOf<Key>(all: Map<Key, Sums>, key: Key): Sums {
  const known = all.get(key)
  if (known !== undefined) return known
  const sums: Sums = new Map()
  all.set(key, sums)
  return sums
}

function figuresOf(sums: Sums): Figures {
  const count = (name: string) => sums.get(name) ?? 0
  return {
    answers: count('answers'),
    conversations: count('conversations'),
    endings: Object.fromEntries(ofKind(sums, 'ending')),
    errors: Object.fromEntries(ofKind(sums, 'error')),
    abstained: count('abstained'),
    partial: count('partial'),
    ratings: {up: count('rating:up'), down: count('rating:down')},
    missing: count('missing'),
    left: {beforeFirstToken: measured(sums, 'left_waiting'), beforeEnd: measured(sums, 'left_reading')},
    sources: {
      answers: count('with_sources'),
      opened: count('with_opened'),
      places: placesOf(sums),
    },
    resumed: {answers: count('resumed'), times: count('resumes')},
    times: {
      sources: quantilesOf(sums, 'sources'),
      firstToken: quantilesOf(sums, 'first_token'),
      longestStall: quantilesOf(sums, 'stall'),
      total: quantilesOf(sums, 'total'),
    },
    tokens: tokensOf(sums),
  }
}

function placesOf(sums: Sums): Figures['sources']['places'] {
  const opened = ofKind(sums, 'opened_at')
  return [...ofKind(sums, 'shown_at')]
    .map(([n, shown]) => ({n: Number(n), shown, opened: opened.get(n) ?? 0}))
    .sort((a, b) => a.n - b.n)
}

/** What is counted under `kind:…`, by what follows. */
function ofKind(sums: Sums, kind: string): Map<string, number> {
  const prefix = `${kind}:`
  return new Map(
    [...sums].flatMap(([name, count]) =>
      name.startsWith(prefix) && count > 0 ? [[name.slice(prefix.length), count] as const] : [],
    ),
  )
}

/** Answers of a wait by range, the shortest first. */
function rangesOf(sums: Sums, wait: Wait): [range: number, answers: number][] {
  return [...ofKind(sums, wait)]
    .map(([range, answers]): [number, number] => [Number(range), answers])
    .sort(([a], [b]) => a - b)
}

function measured(sums: Sums, wait: Wait): number {
  return rangesOf(sums, wait).reduce((all, [, answers]) => all + answers, 0)
}

function quantilesOf(sums: Sums, wait: Wait): Quantiles | null {
  const ranges = rangesOf(sums, wait)
  const answers = measured(sums, wait)
  if (answers === 0) return null
  const quantile = (share: number) => {
    let seen = 0
    for (const [range, count] of ranges) {
      seen += count
      if (seen >= share * answers) return msOf(range + 0.5)
    }
    return msOf(ranges.at(-1)![0] + 0.5)
  }
  return {p50: quantile(0.5), p95: quantile(0.95), answers}
}

/** Milliseconds at a place in the ranges, see `rangeOf`. */
function msOf(range: number): number {
  return Math.round(rangeFactor ** range - 1)
}

function tokensOf(sums: Sums): Figures['tokens'] {
  const byModel = new Map<string, Record<keyof Usage, number>>()
  for (const [name, tokens] of ofKind(sums, 'tokens')) {
    const [kind, model] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)]
    const usage = byModel.get(model) ?? {
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    }
    usage[kind as keyof Usage] += tokens
    byModel.set(model, usage)
  }
  return [...byModel].map(([model, usage]) => ({model: model === '' ? null : model, ...usage}))
}

const patienceSteps = [0, 250, 500, 1_000, 2_000, 3_000, 5_000, 8_000, 13_000, 20_000, 30_000, 60_000]

/**
 * Waiting ends with the first word or with leaving. Both count as waiting until then, as in the estimator of Kaplan and
 * Meier for survival.
 */
function patienceOf(sums: Sums): PatienceStep[] {
  const within = (wait: Wait, from: number, to: number) =>
    rangesOf(sums, wait).reduce((all, [range, answers]) => {
      const ms = msOf(range + 0.5)
      return ms >= from && ms < to ? all + answers : all
    }, 0)
  return patienceSteps.flatMap((afterMs, index) => {
    const untilMs = patienceSteps[index + 1] ?? null
    const next = untilMs ?? Number.POSITIVE_INFINITY
    const waiting =
      within('first_token', afterMs, Number.POSITIVE_INFINITY) +
      within('left_waiting', afterMs, Number.POSITIVE_INFINITY)
    return waiting === 0 ? [] : [{afterMs, untilMs, waiting, left: within('left_waiting', afterMs, next)}]
  })
}
