import {auroc} from '../../src/lib/statistics.ts'
import {meanFeatures} from '../../src/retrieval/calibrate-english.ts'
import {
  buildParts,
  type EnglishCalibration,
  type EnglishFeatures,
  englishFeatureNames,
  scoreOf,
  shiftOf,
} from '../../src/retrieval/english-answerability.ts'
import type {Row} from './collect-rows.ts'
import {logisticRegression} from './logistic-regression.ts'

export type Weights = Readonly<Record<keyof EnglishFeatures, number>>

export interface FittedDecision {
  readonly weights: Weights
  /** The score below which Docent abstains. */
  readonly leastScore: number
}

/** A row that the table of English words decides. */
type DecidedRow = Row & {readonly features: EnglishFeatures}

/** Regularises hardly: there are few weights. */
const ridge = 0.01

/** How much each kind of row counts in the fit, for each build; kinds that are not here do not. */
const kindWeights: Readonly<Record<string, number>> = {
  own: 1,
  'follow-up': 0.5,
  cross: 1,
  other: 1,
  'other-product': 0.5,
  'off-topic': 0.3,
  general: 0.3,
  near: 0.6,
  outside: 0.1,
}

/**
 * Weights from all rows, and the greatest threshold at which at most `refusable` of the questions that a build answers
 * are refused, on the mean of the builds.
 */
export function fitDecision(rows: readonly Row[], refusable: number): FittedDecision {
  const decided = rows.filter(isDecided)
  const parts = buildMeans(decided)
  const weighted = decided
    .map((row) => ({row, weight: kindWeights[row.kind] ?? 0}))
    .filter(({weight}) => weight > 0)
  const isPositive = ({kind}: Row) => kind === 'own' || kind === 'follow-up'
  const ofKind = countsBy(
    weighted,
    ({row}) => `${row.build} ${row.kind}`,
    () => 1,
  )
  const share = (entry: (typeof weighted)[number]) =>
    entry.weight / ofKind.get(`${entry.row.build} ${entry.row.kind}`)!
  const sideOf = ({row}: (typeof weighted)[number]) => `${row.build} ${isPositive(row)}`
  const ofSide = countsBy(weighted, sideOf, share)
  const builds = new Set(weighted.map(({row}) => row.build)).size
  const {weights: values} = logisticRegression(
    weighted.map((entry) => ({
      // The score of the rest: weights that only tell builds apart would be subtracted again.
      values: englishFeatureNames.map(
        (name) => entry.row.features[name] - buildPart(parts.get(entry.row.build)!, name),
      ),
      isPositive: isPositive(entry.row),
      weight: share(entry) / ofSide.get(sideOf(entry))! / 2 / builds,
    })),
    ridge,
  )
  const weights = Object.fromEntries(englishFeatureNames.map((name, at) => [name, values[at]!])) as Record<
    keyof EnglishFeatures,
    number
  >
  return {weights, leastScore: thresholdOf(scoresOf(decided, weights), refusable)}
}

interface ScoredRow {
  readonly row: DecidedRow
  readonly score: number
}

/** Mean features of what is asked of every build, as calibration computes them. */
function buildMeans(rows: readonly DecidedRow[]): ReadonlyMap<string, EnglishCalibration> {
  const means = new Map<string, EnglishCalibration>()
  for (const build of new Set(rows.map((row) => row.build))) {
    const ofBuild = rows.filter((row) => row.build === build)
    const featuresOf = (kind: string) =>
      ofBuild.filter((row) => row.kind === kind).map(({features}) => features)
    means.set(build, {
      outOfDomain: meanFeatures(featuresOf('general')),
      synthetic: meanFeatures(featuresOf('synthetic')),
      cosines: null,
    })
  }
  return means
}

function buildPart({outOfDomain, synthetic}: EnglishCalibration, name: keyof EnglishFeatures): number {
  return buildParts.outOfDomain * outOfDomain[name] + buildParts.synthetic * synthetic[name]
}

/** With what each build sets subtracted. */
function scoresOf(rows: readonly DecidedRow[], weights: Weights): ScoredRow[] {
  const parts = buildMeans(rows)
  return rows.map((row) => ({
    row,
    score: scoreOf(row.features, null, weights) - shiftOf(parts.get(row.build)!, row.sections, weights),
  }))
}

function thresholdOf(scored: readonly ScoredRow[], refusable: number): number {
  const own = scored.filter(({row}) => row.kind === 'own').sort((a, b) => a.score - b.score)
  const counts = countsBy(
    own,
    ({row}) => row.build,
    () => 1,
  )
  let refused = 0
  for (const {row, score} of own) {
    refused += 1 / counts.get(row.build)! / counts.size
    if (refused > refusable) return score
  }
  return 0
}

export interface BuildFigures {
  readonly build: string
  readonly isPart: boolean
  /** Probability that a question of its own scores above a question of another set. */
  readonly auroc: number | null
  /** Share refused, by kind. */
  readonly refused: Readonly<Record<string, number>>
}

/** What the decision does to each set when it was fitted without the set and without its questions. */
export function leaveOneSetOut(rows: readonly Row[], refusable: number): BuildFigures[] {
  return [...new Set(rows.map(({set}) => set))].flatMap((set) => {
    const others = rows.filter((row) => row.set !== set && row.from !== set)
    const {weights, leastScore} = fitDecision(others, refusable)
    const scored = scoresOf(rows.filter((row) => row.set === set).filter(isDecided), weights)
    return [...new Set(scored.map(({row}) => row.build))].map((build) => {
      const ofBuild = scored.filter(({row}) => row.build === build)
      const scores = (kind: string) => ofBuild.filter(({row}) => row.kind === kind).map(({score}) => score)
      const kinds = [...new Set(ofBuild.map(({row}) => row.kind))]
      return {
        build,
        isPart: ofBuild[0]!.row.isPart,
        auroc: auroc(scores('own'), scores('cross')),
        refused: Object.fromEntries(
          kinds.map((kind) => [
            kind,
            scores(kind).filter((score) => score < leastScore).length / scores(kind).length,
          ]),
        ),
      }
    })
  })
}

function isDecided(row: Row): row is DecidedRow {
  return row.features !== null
}

function countsBy<T>(items: readonly T[], keyOf: (item: T) => string, amountOf: (item: T) => number) {
  const sums = new Map<string, number>()
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + amountOf(item))
  return sums
}
