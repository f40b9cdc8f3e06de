import type {QuestionResult} from './evaluate.ts'
import {bootstrapOfSets, type Interval, meanOfSets} from './intervals.ts'

/** Two runs over the same questions, one metric. */
export interface Comparison {
  /** As `page.hit@5` or `answers.hold`. */
  readonly metric: string
  readonly before: number
  readonly after: number
  /** Mean difference with its 95 % interval, over questions that both runs have. */
  readonly difference: Interval
  /** Which way is better; null when neither is. */
  readonly better: Better
  /** Ids of questions that got better, and worse; empty when neither is. */
  readonly won: readonly string[]
  readonly lost: readonly string[]
  /** Ids of questions that have more, and fewer, where neither is better; else absent. */
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

/** What tells that two runs asked the same. */
export interface PairedQuestion {
  readonly id: string
  readonly question: string
  readonly answerable: boolean
  /** The set it is of; every set counts the same. Default: all are of one. */
  readonly set?: string
}

/** What is compared of a question. */
export interface ComparedQuestion extends PairedQuestion, Pick<QuestionResult, 'section' | 'page'> {
  /** What its answer got, by name; compared as `answers.NAME`, each question counting the same. */
  readonly answer?: Readonly<Record<string, number>>
}

/** The metrics of retrieval that two runs are compared by. */
export const comparedMetrics = [
  'section.hit@1',
  'section.hit@5',
  'section.mrr@10',
  'page.hit@1',
  'page.hit@5',
  'page.mrr@10',
] as const

/** Counts the questions of both runs; a set that was not asked again is left out. */
export function pairingOf(before: readonly PairedQuestion[], after: readonly PairedQuestion[]): Pairing {
  const again = new Set(after.map(({set}) => set))
  const [earlier, later] = [before.filter(({set}) => again.has(set)), after].map(
    (questions) => new Set(questions.map(keyOf)),
  ) as [Set<string>, Set<string>]
  const paired = [...later].filter((key) => earlier.has(key)).length
  return {paired, onlyBefore: earlier.size - paired, onlyAfter: later.size - paired}
}

/**
 * Compares run by run, question by question: those with one id and one text. Questions and figures that only one run
 * has are left out. `betterOf` tells which way a metric is better; default higher.
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
