import type {SetResult} from '../../evaluation/index.ts'
import {answerFigureNames} from '../../evaluation/index.ts'
import {UsageError} from '../usage-error.ts'

/** A minimum or maximum for a figure. */
export interface Bound {
  readonly name: string
  readonly value: number
  readonly isMinimum: boolean
}

/** A bound that was missed; `figure` is null if it was not measured. */
export interface MissedBound extends Bound {
  readonly figure: number | null
}

export function parseBound(text: string, isMinimum: boolean): Bound {
  const match = /^(.+)=(-?\d*\.?\d+)$/s.exec(text)
  if (match === null) throw new UsageError(`${text} is not NAME=VALUE`)
  const name = match[1]!.trim()
  if (!isFigure(name))
    throw new UsageError(
      `${name} is not a figure; use one such as page.hit@5, hit@5, abstention.auroc or answers.hold`,
    )
  return {name, value: Number(match[2]), isMinimum}
}

function isFigure(name: string): boolean {
  if (!name.startsWith('answers.')) return retrievalName.test(name)
  const figure = name.slice('answers.'.length)
  return figure === 'cross' || Object.hasOwn(answerFigureNames, figure) || /^refused\../s.test(figure)
}

const retrievalName =
  /^(?:(?:section|page)[._])?(?:hit|recall|precision|mrr)@(?:1|3|5|10|20)$|^(?:abstention[._])?(?:auroc|refusedAnswerable|refusedUnanswerable|refusedUnanswerableAt3Percent)$/

/** Bounds that are missed by the mean over the sets that have the figure. */
export function missedBounds(bounds: readonly Bound[], sets: readonly SetResult[]): MissedBound[] {
  return bounds.flatMap((bound) => {
    const values = sets.map((set) => figureOf(set, bound.name)).filter((value) => value !== null)
    const figure = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
    const isKept = figure !== null && (bound.isMinimum ? figure >= bound.value : figure <= bound.value)
    return isKept ? [] : [{...bound, figure}]
  })
}

/** `page.hit@5`, `page_hit@5`, `hit@5` (by section), `abstention.auroc`, `auroc`, `answers.hold`; null if not measured. */
function figureOf({metrics, abstention, answers, cross}: SetResult, name: string): number | null {
  if (name === 'answers.cross') return cross?.refused?.value ?? null
  if (name.startsWith('answers.')) return answers?.figures[name.slice('answers.'.length)]?.value ?? null
  const [, by = 'section', metric] = /^(?:(section|page)[._])?(\w+@\d+)$/.exec(name) ?? []
  if (metric !== undefined) return metrics[by as 'section' | 'page'][metric] ?? null
  const figure = name.replace(/^abstention[._]/, '') as 'auroc' | 'refusedAnswerable' | 'refusedUnanswerable'
  return abstention[figure] ?? null
}
