import {type UnitFeatureName, unitFeatureNames} from '../../src/generation/extraction/index.ts'
import {fitListwise, scoreOf} from '../fitting/listwise-softmax.ts'
import {listingsOf, type UnitQuestion} from './unit-questions.ts'

/** The questions of each set, by its name. */
export type UnitSets = ReadonlyMap<string, readonly UnitQuestion[]>

/** Means over the questions of a set. */
export interface UnitFigures {
  /** Share of the questions whose best unit has evidence. */
  readonly first: number
  /** Share of the questions whose best units have all evidence within `figureWords` words. */
  readonly covered: number
}

/** About what an answer quotes, without the context that makes it readable. */
export const figureWords = 110

/**
 * What is known beforehand: these units seldom answer, but too few of the questions at hand show it. Features that are not
 * named begin at 0.
 */
const prior: Readonly<Partial<Record<UnitFeatureName, number>>> = {
  navigation: -2,
  output: -2,
  elsewhere: -1,
  describesPage: -1,
  beside: -1,
  asks: -0.7,
  label: -0.5,
  pointsBack: -0.5,
  short: -0.3,
  definition: 0.5,
  sameHeading: 4,
  named: 2,
  headingIdentifier: 0.5,
  identifier: 0.3,
  figure: 0.3,
}

const regularisation = 0.01
const steps = 400

/** Weights from all sets but the one named; `null` leaves none out. Each question counts the same. */
export function fitWithout(sets: UnitSets, name: string | null): Float64Array {
  const listings = [...sets].flatMap(([other, questions]) =>
    other === name ? [] : questions.flatMap((question) => listingsOf(question, 1)),
  )
  return fitListwise(listings, {
    prior: Float64Array.from(unitFeatureNames, (feature) => prior[feature] ?? 0),
    minimum: Number.NEGATIVE_INFINITY,
    regularisation,
    steps,
  })
}

export function figuresOf(questions: readonly UnitQuestion[], weights: Float64Array): UnitFigures {
  let first = 0
  let covered = 0
  for (const {features, words, evidence} of questions) {
    const order = [...features.keys()].sort(
      (one, other) => scoreOf(features[other]!, weights) - scoreOf(features[one]!, weights),
    )
    const shown = withinWords(order, words)
    const has = (shares: readonly number[], some: readonly number[]) => some.some((at) => shares[at]! >= 0.5)
    if (evidence.some((shares) => has(shares, order.slice(0, 1)))) first++
    if (evidence.every((shares) => has(shares, shown))) covered++
  }
  const count = Math.max(1, questions.length)
  return {first: first / count, covered: covered / count}
}

/** The first ones that fit `figureWords`, at least one. */
function withinWords(order: readonly number[], words: readonly number[]): number[] {
  const shown: number[] = []
  let sum = 0
  for (const at of order) {
    if (shown.length > 0 && sum + words[at]! > figureWords) continue
    shown.push(at)
    sum += words[at]!
  }
  return shown
}

/** The text of `src/generation/extraction/weights.ts`. */
export function weightsFile(weights: Float64Array): string {
  const lines = unitFeatureNames.map((name, at) => `  ${name}: ${Number(weights[at]!.toFixed(2))},\n`)
  return `import type {UnitFeatureName} from './unit-features.ts'

/** The weight of each feature in a unit's score. Fitted by \`npm run fit-extraction\`, which writes this file. */
export const unitWeights: Readonly<Record<UnitFeatureName, number>> = {
${lines.join('')}}
`
}
