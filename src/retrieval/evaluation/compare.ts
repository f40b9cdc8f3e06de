import type {QuestionResult} from './evaluate.ts'
import {bootstrapOfSets, type Interval, meanOfSets} from './metrics.ts'

/** Two runs over the same questions, one metric. */
export interface Comparison {
  /** As `page.hit@5` or `answers.hold`. */
  readonly metric: string
  readonly before: number
  readonly after: number
  /** Mean difference with its 95 % interval, over questions that both runs have. */
  readonly difference: Interval
  /** Ids of questions that got better, and worse: higher, and lower. */
  readonly won: readonly string[]
  readonly lost: readonly string[]
}

/** What is compared of a question. */
export interface ComparedQuestion extends Pick<QuestionResult, 'id' | 'section' | 'page'> {
  /** The set it is of; every set counts the same. Default: all are of one. */
  readonly set?: string
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

/** Compares run by run, question by question; questions and figures that only one run has are left out. */
export function compareRuns(
  before: readonly ComparedQuestion[],
  after: readonly ComparedQuestion[],
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
    if (pairs.length === 0 && metric.startsWith('answers.')) return []
    const over = (read: (pair: (typeof pairs)[number]) => number) =>
      sets.map((set) =>
        pairs.filter((pair) => pair.set === set).map((pair) => ({value: read(pair), weight: 1})),
      )
    return {
      metric,
      before: meanOfSets(over(({from}) => from)),
      after: meanOfSets(over(({to}) => to)),
      difference: bootstrapOfSets(over(({from, to}) => to - from)),
      won: pairs.filter(({from, to}) => to > from).map(({id}) => id),
      lost: pairs.filter(({from, to}) => to < from).map(({id}) => id),
    }
  })
}

/** An answerable question and another may have one id: files without ids number their lines. */
function keyOf(result: ComparedQuestion): string {
  return `${result.section === null ? '-' : '+'}${nameOf(result)}`
}

function nameOf({id, set}: ComparedQuestion): string {
  return set === undefined ? id : `${set}/${id}`
}

function figureIn({section, page, answer}: ComparedQuestion, metric: string): number | null {
  if (metric.startsWith('answers.')) return answer?.[metric.slice('answers.'.length)] ?? null
  const [by, name] = metric.split('.') as ['section' | 'page', string]
  return (by === 'section' ? section : page)?.[name] ?? null
}
