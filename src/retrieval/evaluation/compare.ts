import type {QuestionResult} from './evaluate.ts'
import {bootstrap, type Interval} from './metrics.ts'

/** Two runs over the same questions, one metric. */
export interface Comparison {
  /** As `page.hit@5`. */
  readonly metric: string
  readonly before: number
  readonly after: number
  /** Mean difference with its 95 % interval, over questions that both runs have. */
  readonly difference: Interval
  /** Ids of questions that got better, and worse. */
  readonly won: readonly string[]
  readonly lost: readonly string[]
}

/** The metrics that two runs are compared by. */
export const comparedMetrics = [
  'section.hit@5',
  'section.mrr@10',
  'page.hit@1',
  'page.hit@5',
  'page.mrr@10',
] as const

/** Compares run by run, question by question; questions that only one run has are left out. */
export function compareRuns(
  before: readonly Pick<QuestionResult, 'id' | 'section' | 'page'>[],
  after: readonly Pick<QuestionResult, 'id' | 'section' | 'page'>[],
): Comparison[] {
  const earlier = new Map(before.map((result) => [result.id, result]))
  return comparedMetrics.map((metric) => {
    const pairs = after.flatMap((result) => {
      const old = earlier.get(result.id)
      const from = old === undefined ? null : figureIn(old, metric)
      const to = figureIn(result, metric)
      return from === null || to === null ? [] : [{id: result.id, from, to}]
    })
    const mean = (read: (pair: (typeof pairs)[number]) => number) =>
      pairs.length === 0 ? 0 : pairs.reduce((sum, pair) => sum + read(pair), 0) / pairs.length
    return {
      metric,
      before: mean(({from}) => from),
      after: mean(({to}) => to),
      difference: bootstrap(pairs.map(({from, to}) => to - from)),
      won: pairs.filter(({from, to}) => to > from).map(({id}) => id),
      lost: pairs.filter(({from, to}) => to < from).map(({id}) => id),
    }
  })
}

function figureIn(result: Pick<QuestionResult, 'section' | 'page'>, metric: string): number | null {
  const [by, name] = metric.split('.') as ['section' | 'page', string]
  return result[by]?.[name] ?? null
}
