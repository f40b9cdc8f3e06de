import {auroc} from '../lib/statistics.ts'
import {type AnswerabilityFeatures, answerabilityFeatureNames} from './answerability-features.ts'
import {answerabilityOf, type Calibration, defaultCalibration} from './calibration.ts'

const iterations = 400
const learningRate = 0.5
/** How strongly a fit is regularised towards the default weights. */
const regularisation = 0.01

/**
 * How the threshold is chosen. Abstaining where the docs have the answer is the worse mistake, so hardly any of the
 * build's synthetic questions may fall below it; but these name things more exactly than people do, so their margin
 * alone is not enough: the threshold is at most `fullThreshold`, and less for a smaller build. The fewer words a build
 * has, the more of anyone's usual words are missing from it, and the less a missing word says.
 */
const maxMissedShare = 0.02
const fullThreshold = 0.22
const fullSections = 2_000
const minThresholdShare = 0.07

/** The highest threshold for a build with this number of sections. */
export function maxThreshold(sections: number): number {
  return fullThreshold * Math.max(minThresholdShare, Math.min(1, sections / fullSections) ** 0.8)
}

/**
 * The calibration of a build, from features of questions that it answers, at least one, and of others. Logistic
 * regression by gradient descent, both kinds with the same weight in total.
 */
export function fitCalibration(
  answerable: readonly AnswerabilityFeatures[],
  unanswerable: readonly AnswerabilityFeatures[],
  sections: number,
): Calibration {
  const draft: Calibration = {format: 1, ...regression(answerable, unanswerable), threshold: 0, fit: null}
  const answerableScores = answerable
    .map((features) => answerabilityOf(features, draft))
    .sort((a, b) => a - b)
  const unanswerableScores = unanswerable
    .map((features) => answerabilityOf(features, draft))
    .sort((a, b) => a - b)
  const threshold = Math.min(
    answerableScores[Math.floor(answerableScores.length * maxMissedShare)] ?? 0,
    maxThreshold(sections),
  )
  return {
    ...draft,
    threshold,
    fit: {
      answerable: answerableScores.length,
      unanswerable: unanswerableScores.length,
      auroc: auroc(answerableScores, unanswerableScores) ?? 0,
      refusedAnswerable:
        answerableScores.filter((score) => score < threshold).length / answerableScores.length,
      refusedUnanswerable:
        unanswerableScores.filter((score) => score < threshold).length /
        Math.max(1, unanswerableScores.length),
    },
  }
}

function regression(
  answerable: readonly AnswerabilityFeatures[],
  unanswerable: readonly AnswerabilityFeatures[],
): Pick<Calibration, 'weights' | 'bias'> {
  const defaults = answerabilityFeatureNames.map((name) => defaultCalibration.weights[name])
  const values = [...defaults]
  let bias = defaultCalibration.bias
  const rows = [
    ...answerable.map((features) => ({features, label: 1, share: 0.5 / answerable.length})),
    ...unanswerable.map((features) => ({features, label: 0, share: 0.5 / Math.max(1, unanswerable.length)})),
  ].map(({features, label, share}) => ({
    features: answerabilityFeatureNames.map((name) => features[name]),
    label,
    share,
  }))
  for (let iteration = 0; iteration < iterations; iteration++) {
    const step = new Float64Array(values.length)
    let biasStep = 0
    for (const {features, label, share} of rows) {
      let sum = bias
      for (let at = 0; at < values.length; at++) sum += values[at]! * features[at]!
      const error = share * (label - 1 / (1 + Math.exp(-sum)))
      for (let at = 0; at < values.length; at++) step[at]! += error * features[at]!
      biasStep += error
    }
    for (const [at, name] of answerabilityFeatureNames.entries()) {
      if (name !== 'cosine')
        values[at]! += learningRate * (step[at]! - regularisation * (values[at]! - defaults[at]!))
    }
    bias += learningRate * biasStep
  }
  const weights = Object.fromEntries(
    answerabilityFeatureNames.map((name, at) => [name, values[at]!]),
  ) as Record<keyof AnswerabilityFeatures, number>
  return {weights, bias}
}
