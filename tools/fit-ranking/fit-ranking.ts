import {pageScores, sectionScores} from '../../src/question-sets/index.ts'
import {diversifyPages} from '../../src/retrieval/diversify.ts'
import {featureNames} from '../../src/retrieval/fusion.ts'
import {rankingWeights} from '../../src/retrieval/ranking-weights.ts'
import {fitListwise, type Listing, scoreOf} from '../fitting/listwise-softmax.ts'
import type {RankedQuestion} from './ranked-questions.ts'

/** The questions of each set, by its name. */
export type RankedSets = ReadonlyMap<string, readonly RankedQuestion[]>

/** Means over the questions of a set. */
export interface RankingFigures {
  readonly pageIn5: number
  readonly sectionIn5: number
  readonly sectionFirst: number
  /** Of the first right section in ten. */
  readonly sectionMrr: number
  readonly pageMrr: number
}

export const figureNames = ['pageIn5', 'sectionIn5', 'sectionFirst', 'sectionMrr', 'pageMrr'] as const

export interface SetReport {
  readonly name: string
  readonly questions: number
  /** With today's weights, which may have been fitted with this set. */
  readonly today: RankingFigures
  /** With weights fitted without this set. */
  readonly leftOut: RankingFigures
}

/** What was set by hand before any fit; features that came later begin at 0. */
const prior: Readonly<Partial<Record<(typeof featureNames)[number], number>>> = {
  bm25: 4,
  contextBm25: 3,
  cosine: 2.4,
  sectionCosine: 2.4,
  headings: 1,
  headingFocus: 0.6,
  sameHeading: 2.5,
  coverage: 1.2,
  phrases: 1,
  length: 1,
  page: 3,
}

/** Weights from all sets but the one named; `null` leaves none out. */
export function fitWithout(
  sets: RankedSets,
  name: string | null,
  omitted: ReadonlySet<string>,
): Float64Array {
  const listings = [...sets].flatMap(([other, questions]) =>
    other === name ? [] : questions.map((question) => listingOf(question, questions.length, omitted)),
  )
  return fitListwise(listings, {
    prior: Float64Array.from(featureNames, (feature) => (omitted.has(feature) ? 0 : (prior[feature] ?? 0))),
  })
}

/** A set counts by the square root of its size: the largest shall not decide alone. */
function listingOf(
  {candidates, features, isRelevant}: RankedQuestion,
  questionsInSet: number,
  omitted: ReadonlySet<string>,
): Listing {
  // Where the text was not read, its features are 0 for want of a value.
  const read = [...candidates.keys()].filter((index) => candidates[index]!.features.length > 0)
  return {
    features: read.map((index) =>
      features[index]!.map((value, at) => (omitted.has(featureNames[at]!) ? 0 : value)),
    ),
    relevance: read.map((index) => (isRelevant[index] ? 1 : 0)),
    weight: 1 / Math.sqrt(questionsInSet),
  }
}

/** Each set with today's weights, and with weights fitted to the others: what to expect of docs never seen. */
export function leaveOneOut(sets: RankedSets, omitted: ReadonlySet<string>): SetReport[] {
  const today = Float64Array.from(featureNames, (name) => rankingWeights[name])
  return [...sets].map(([name, questions]) => ({
    name,
    questions: questions.length,
    today: figuresOf(questions, today),
    leftOut: figuresOf(questions, fitWithout(sets, name, omitted)),
  }))
}

function figuresOf(questions: readonly RankedQuestion[], weights: Float64Array): RankingFigures {
  const sums = {pageIn5: 0, sectionIn5: 0, sectionFirst: 0, sectionMrr: 0, pageMrr: 0}
  for (const {candidates, features, found, relevant} of questions) {
    const scored = candidates
      .map((candidate, index) => ({...candidate, score: scoreOf(features[index]!, weights), index}))
      .sort((a, b) => b.score - a.score || a.section.id - b.section.id)
    const order = diversifyPages(scored).map((candidate) => found[(candidate as (typeof scored)[0]).index]!)
    const bySection = sectionScores(order, relevant)
    const byPage = pageScores(order, relevant)
    sums.pageIn5 += byPage['hit@5']!
    sums.sectionIn5 += bySection['hit@5']!
    sums.sectionFirst += bySection['hit@1']!
    sums.sectionMrr += bySection['mrr@10']!
    sums.pageMrr += byPage['mrr@10']!
  }
  for (const name of figureNames) sums[name] /= Math.max(1, questions.length)
  return sums
}

/** The text of `ranking-weights.ts`. */
export function weightsFile(weights: Float64Array): string {
  const lines = featureNames.map((name, at) => `  ${name}: ${Number(weights[at]!.toFixed(2))},\n`)
  return `import type {RankingFeatures} from './candidate.ts'

/** The weight of each feature in a score, made by \`npm run fit-ranking\`. */
export const rankingWeights: Readonly<Record<keyof RankingFeatures, number>> = {
${lines.join('')}}
`
}
