import {shippedModelName} from '../embedding/index.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {
  type CosineScale,
  type EnglishCalibration,
  type EnglishFeatures,
  englishFeatureNames,
} from './english-answerability.ts'

/** Mean cosines of the shipped model over the builds that the weights were fitted to. */
const shippedModel = {outOfDomain: 0.32, synthetic: 0.57, domain: 0.08}
/** Least difference between the mean cosines of a build's own and of other questions. */
const leastDifference = 0.05

/** The build's part of the decision, from features of its synthetic questions and of questions that it does not answer. */
export function calibrateEnglish(
  build: IndexBuild,
  synthetic: readonly EnglishFeatures[],
  outOfDomain: readonly EnglishFeatures[],
): EnglishCalibration {
  const isShipped = build.manifest.embedding.name === shippedModelName
  const cosines = isShipped ? null : cosineScale(synthetic, outOfDomain)
  return {
    outOfDomain: meanFeatures(outOfDomain),
    synthetic: meanFeatures(synthetic),
    cosines,
  }
}

/** Means, and not the mean score, so that a build can be used with weights that were fitted later. */
export function meanFeatures(questions: readonly EnglishFeatures[]): EnglishFeatures {
  const means = englishFeatureNames.map((name) => [name, mean(questions.map((features) => features[name]))])
  return Object.fromEntries(means) as EnglishFeatures
}

/** Cosines of another model, shifted and stretched so that both kinds of questions have the shipped model's means. */
function cosineScale(
  synthetic: readonly EnglishFeatures[],
  outOfDomain: readonly EnglishFeatures[],
): CosineScale {
  const from = mean(outOfDomain.map(({similarity}) => similarity))
  const to = mean(synthetic.map(({similarity}) => similarity))
  return {
    factor: (shippedModel.synthetic - shippedModel.outOfDomain) / Math.max(leastDifference, to - from),
    similarity: {from, to: shippedModel.outOfDomain},
    domain: {from: mean(outOfDomain.map(({domain}) => domain)), to: shippedModel.domain},
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
