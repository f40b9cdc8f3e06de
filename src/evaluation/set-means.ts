import {weightedFigures} from './answer-figures.ts'
import {type Interval, intervalOfSets, type WeightedValue} from './intervals.ts'
import type {SetResult} from './measure-set.ts'

/** Figures in the table of several sets, by the names that `--min` accepts. */
export const setFigures = [
  'page.hit@5',
  'section.hit@5',
  'section.hit@1',
  'section.mrr@10',
  'answers.pageShown',
  'answers.sectionShown',
  'answers.evidenceAll',
  'answers.evidenceAny',
  'answers.evidenceSent',
  'answers.words',
  'answers.repeats',
  'answers.leadIns',
  'answers.hold',
  'answers.cited',
  'answers.refused.near',
  'answers.refused.other',
  'answers.refused.answerable',
  'answers.cross',
] as const

export interface SetMean extends Interval {
  /** Sets that have the figure. */
  readonly sets: number
}

export interface SetMeans {
  /** Over the sets with evidence. */
  readonly withEvidence: Readonly<Record<string, SetMean>>
  /** Over all sets that have the figure. */
  readonly all: Readonly<Record<string, SetMean>>
}

export function meansOver(sets: readonly SetResult[]): SetMeans {
  const over = (some: readonly SetResult[]) =>
    Object.fromEntries(
      setFigures.flatMap((name) => {
        const mean = meanOver(some, name)
        return mean === null ? [] : [[name, mean]]
      }),
    )
  return {withEvidence: over(sets.filter(hasEvidence)), all: over(sets)}
}

export function hasEvidence(set: SetResult): boolean {
  return set.answers?.figures['evidenceAll'] !== undefined
}

/** The mean of a figure over the sets that have it, each with the same weight; null when none has it. */
export function meanOver(sets: readonly SetResult[], name: string): SetMean | null {
  const values = sets.map((set) => valuesOf(set, name)).filter(({length}) => length > 0)
  return values.length === 0 ? null : {...intervalOfSets(values), sets: values.length}
}

function valuesOf({questions, answers, cross}: SetResult, name: string): readonly WeightedValue[] {
  const plain = (values: readonly number[]) => values.map((value) => ({value, weight: 1}))
  if (name === 'answers.cross') return plain((cross?.questions ?? []).map(({refused}) => (refused ? 1 : 0)))
  if (name.startsWith('answers.'))
    return weightedFigures(answers?.questions ?? [], name.slice('answers.'.length))
  const [by, metric] = name.split('.') as ['section' | 'page', string]
  return plain(questions.flatMap((question) => question[by]?.[metric] ?? []))
}
