import type {QuestionResult} from './evaluate.ts'
import {bootstrapOfSets, type Interval, meanOfSets} from './intervals.ts'

/** One metric of two runs over the same questions. */
export interface Comparison {
  /** As `page.hit@5` or `answers.hold`. */
  readonly metric: string
  readonly before: number
  readonly after: number
  /** Mean difference over the questions of both runs, with its 95 % interval. */
  readonly difference: Interval
  /** Which direction is better; null when neither is. */
  readonly better: Better
  /** Ids of questions that got better, and worse; empty when neither direction is better. */
  readonly won: readonly string[]
  readonly lost: readonly string[]
  /** Ids of questions whose value rose, and fell; absent unless neither direction is better. */
  readonly more?: readonly string[]
  readonly fewer?: readonly string[]
}

export type Better = 'higher' | 'lower' | null

/** How many questions can be compared. */
export interface Pairing {
  readonly paired: number
  readonly onlyBefore: number
  readonly onlyAfter: number
}

/** What identifies a question across runs. */
export interface PairedQuestion {
  readonly id: string
  readonly question: string
  readonly answerable: boolean
  /** Its set; every set has the same weight. Default: all questions are of one set. */
  readonly set?: string
}

/** The results of a question that are compared. */
export interface ComparedQuestion extends PairedQuestion, Pick<QuestionResult, 'section' | 'page'> {
  /** Figures of its answer by name; compared as `answers.NAME`, each question with the same weight. */
  readonly answer?: Readonly<Record<string, number>>
}

/** The retrieval metrics by which two runs are compared. */
export const comparedMetrics = [
  'section.hit@1',
  'section.hit@5',
  'section.mrr@10',
  'page.hit@1',
  'page.hit@5',
  'page.mrr@10',
] as const

/** Counts the questions of both runs; sets that the later run does not have are left out. */
export function pairingOf(before: readonly PairedQuestion[], after: readonly PairedQuestion[]): Pairing {
  const again = new Set(after.map(({set}) => set))
  const [earlier, later] = [before.filter(({set}) => again.has(set)), after].map(
    (questions) => new Set(questions.map(keyOf)),
  ) as [Set<string>, Set<string>]
  const paired = [...later].filter((key) => earlier.has(key)).length
  return {paired, onlyBefore: earlier.size - paired, onlyAfter: later.size - paired}
}

/**
 * Compares two runs question by question, matched by set, id and text. Questions and figures that only one run
 * has are left out. `betterOf` returns which direction is better for a metric; default higher.
 */
export function compareRuns(
  before: readonly ComparedQuestion[],
  after: readonly ComparedQuestion[],
  betterOf: (metric: string) => Better = () => 'higher',
): Comparison[] {
  const earlier = new Map(before.map((result) => [keyOf(result), result]))
  const sets = [...new Set(after.map(({set}) => set))]
  const answerMetrics = new Set(
    after.flatMap(({answer = {}}) => Object.keys(answer).map((name) => `answers.${name}`)),
  )
  return [...comparedMetrics, ...answerMetrics].flatMap((metric) => {
    const pairs = after.flatMap((result) => {
      const old = earlier.get(keyOf(result))
      const from = old === undefined ? null : figureIn(old, metric)
      const to = figureIn(result, metric)
      return from === null || to === null ? [] : [{id: nameOf(result), set: result.set, from, to}]
    })
    if (pairs.length === 0) return []
    const over = (read: (pair: (typeof pairs)[number]) => number) =>
      sets.map((set) =>
        pairs.filter((pair) => pair.set === set).map((pair) => ({value: read(pair), weight: 1})),
      )
    const better = betterOf(metric)
    const more = pairs.filter(({from, to}) => to > from).map(({id}) => id)
    const fewer = pairs.filter(({from, to}) => to < from).map(({id}) => id)
    return {
      metric,
      before: meanOfSets(over(({from}) => from)),
      after: meanOfSets(over(({to}) => to)),
      difference: bootstrapOfSets(over(({from, to}) => to - from)),
      better,
      won: better === null ? [] : better === 'higher' ? more : fewer,
      lost: better === null ? [] : better === 'higher' ? fewer : more,
      ...(better === null ? {more, fewer} : {}),
    }
  })
}

function keyOf({id, set, question, answerable}: PairedQuestion): string {
  return JSON.stringify([set, id, answerable, question])
}

function nameOf({id, set}: PairedQuestion): string {
  return set === undefined ? id : `${set}/${id}`
}

function figureIn({section, page, answer}: ComparedQuestion, metric: string): number | null {
  if (metric.startsWith('answers.')) return answer?.[metric.slice('answers.'.length)] ?? null
  const [by, name] = metric.split('.') as ['section' | 'page', string]
  return (by === 'section' ? section : page)?.[name] ?? null
}
