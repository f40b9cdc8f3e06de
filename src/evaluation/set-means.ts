import {weighedFigures} from './answer-figures.ts'
import {type Interval, intervalOfSets, type Weighed} from './intervals.ts'
import type {Measured} from './measure-set.ts'

/** Figures that the table of many sets has, by name, as `--min` takes them. */
export const setFigures = [
  'page.hit@5',
  'section.hit@5',
  'section.hit@1',
  'section.mrr@10',
  'answers.pageShown',
  'answers.sectionShown',
  'answers.evidenceAll',
  'answers.evidenceAny',
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

export function meansOver(sets: readonly Measured[]): SetMeans {
  const over = (some: readonly Measured[]) =>
    Object.fromEntries(
      setFigures.flatMap((name) => {
        const mean = meanOver(some, name)
        return mean === null ? [] : [[name, mean]]
      }),
    )
  return {withEvidence: over(sets.filter(hasEvidence)), all: over(sets)}
}

export function hasEvidence(set: Measured): boolean {
  return set.answers?.figures['evidenceAll'] !== undefined
}

/** The mean of a figure over the sets that have it, each counting the same; null when none has. */
export function meanOver(sets: readonly Measured[], name: string): SetMean | null {
  const values = sets.map((set) => valuesOf(set, name)).filter(({length}) => length > 0)
  return values.length === 0 ? null : {...intervalOfSets(values), sets: values.length}
}

function valuesOf({questions, answers, cross}: Measured, name: string): readonly Weighed[] {
  const plain = (values: readonly number[]) => values.map((value) => ({value, weight: 1}))
  if (name === 'answers.cross') return plain((cross?.questions ?? []).map(({refused}) => (refused ? 1 : 0)))
  if (name.startsWith('answers.'))
    return weighedFigures(answers?.questions ?? [], name.slice('answers.'.length))
  const [by, metric] = name.split('.') as ['section' | 'page', string]
  return plain(questions.flatMap((question) => question[by]?.[metric] ?? []))
}
