import {auroc} from '../lib/statistics.ts'
import {answerabilityOf, type Calibration, defaultCalibration} from './calibration.ts'
import {type Evidence, evidenceNames} from './evidence.ts'

const rounds = 400
const rate = 0.5
/** How strongly a fit is drawn towards the default weights. */
const pull = 0.01

/**
 * Where the line is drawn. Refusing what the docs answer is the worse mistake, so hardly any of the build's own
 * questions may fall below it; but made questions name things more exactly than people do, so their margin alone
 * is not enough: a build of some size draws it at `usualThreshold`, a smaller one lower. The fewer words a build
 * has, the more of anyone's usual words are missing from it, and the less a missing word says.
 */
const refusableOwn = 0.02
const usualThreshold = 0.22
const usualSections = 2_000
const leastCaution = 0.07

/** The highest threshold that a build of so many sections may have. */
export function cautiousThreshold(sections: number): number {
  return usualThreshold * Math.max(leastCaution, Math.min(1, sections / usualSections) ** 0.8)
}

/**
 * A calibration for a build of so many sections, from evidence of questions that it answers, at least one, and of
 * others. Logistic regression by gradient descent, both kinds weighing the same.
 */
export function fitCalibration(
  answerable: readonly Evidence[],
  unanswerable: readonly Evidence[],
  sections: number,
): Calibration {
  const draft: Calibration = {format: 1, ...regression(answerable, unanswerable), threshold: 0, fit: null}
  const right = answerable.map((evidence) => answerabilityOf(evidence, draft)).sort((a, b) => a - b)
  const wrong = unanswerable.map((evidence) => answerabilityOf(evidence, draft)).sort((a, b) => a - b)
  const threshold = Math.min(right[Math.floor(right.length * refusableOwn)] ?? 0, cautiousThreshold(sections))
  return {
    ...draft,
    threshold,
    fit: {
      answerable: right.length,
      unanswerable: wrong.length,
      auroc: auroc(right, wrong) ?? 0,
      refusedAnswerable: right.filter((score) => score < threshold).length / right.length,
      refusedUnanswerable: wrong.filter((score) => score < threshold).length / Math.max(1, wrong.length),
    },
  }
}

function regression(
  answerable: readonly Evidence[],
  unanswerable: readonly Evidence[],
): Pick<Calibration, 'weights' | 'bias'> {
  const towards = evidenceNames.map((name) => defaultCalibration.weights[name])
  const values = [...towards]
  let bias = defaultCalibration.bias
  const rows = [
    ...answerable.map((evidence) => ({evidence, label: 1, share: 0.5 / answerable.length})),
    ...unanswerable.map((evidence) => ({evidence, label: 0, share: 0.5 / Math.max(1, unanswerable.length)})),
  ].map(({evidence, label, share}) => ({signals: evidenceNames.map((name) => evidence[name]), label, share}))
  for (let round = 0; round < rounds; round++) {
    const step = new Float64Array(values.length)
    let biasStep = 0
    for (const {signals, label, share} of rows) {
      let sum = bias
      for (let at = 0; at < values.length; at++) sum += values[at]! * signals[at]!
      const error = share * (label - 1 / (1 + Math.exp(-sum)))
      for (let at = 0; at < values.length; at++) step[at]! += error * signals[at]!
      biasStep += error
    }
    for (const [at, name] of evidenceNames.entries()) {
      if (name !== 'cosine') values[at]! += rate * (step[at]! - pull * (values[at]! - towards[at]!))
    }
    bias += rate * biasStep
  }
  const weights = Object.fromEntries(evidenceNames.map((name, at) => [name, values[at]!])) as Record<
    keyof Evidence,
    number
  >
  return {weights, bias}
}
