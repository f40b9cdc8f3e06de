import type {IndexBuild} from '../search-index/index.ts'
import type {AnswerabilityFeatures} from './answerability-features.ts'
import {answerabilityWeights, leastScore} from './answerability-weights.ts'
import type {QuestionTerm} from './question-terms.ts'
import {technicalEnglish} from './technical-english.ts'
import {type WordEvidence, wordEvidenceOf} from './word-evidence.ts'

/** What the answerability of an English question is computed from. None depends on the scale of the ranking's scores. */
export interface EnglishFeatures extends WordEvidence, Pick<AnswerabilityFeatures, 'similarity' | 'domain'> {}

export const englishFeatureNames = Object.keys(answerabilityWeights) as readonly (keyof EnglishFeatures)[]

/** What a build sets of the decision for English questions. Stored in its manifest. */
export interface EnglishCalibration {
  /** Mean features of questions that hardly any docs answer. */
  readonly outOfDomain: EnglishFeatures
  /** Mean features of questions made from the build's own text. */
  readonly synthetic: EnglishFeatures
  /** Makes cosines comparable with those of the shipped model; null for that. */
  readonly cosines: CosineScale | null
}

/** `similarity` becomes `(similarity - from) * factor + to`; the same for `domain`. */
export interface CosineScale {
  readonly factor: number
  readonly similarity: {readonly from: number; readonly to: number}
  readonly domain: {readonly from: number; readonly to: number}
}

/**
 * How far a build's mean scores of other questions, and of its own, raise its threshold: docs of many subjects score
 * higher throughout.
 */
export const buildParts = {outOfDomain: 0.5, synthetic: 0.5}
/** The weights were fitted to docs of at least about so many sections. */
const leastSections = 60
/** How far each factor e of sections raises it: among more sections one is near any question, by chance. */
const sizePart = 0.25

export function englishFeaturesOf(
  build: IndexBuild,
  question: string,
  terms: readonly QuestionTerm[],
  {similarity, domain}: AnswerabilityFeatures,
): EnglishFeatures {
  return {similarity, domain, ...wordEvidenceOf(build, technicalEnglish(), question, terms)}
}

/** The score before the build's own part; `weights` are for fitting. */
export function scoreOf(
  features: EnglishFeatures,
  cosines: CosineScale | null,
  weights: Readonly<Record<keyof EnglishFeatures, number>> = answerabilityWeights,
): number {
  const scaled = {...features, ...(cosines === null ? {} : scaledCosines(features, cosines))}
  return englishFeatureNames.reduce((sum, name) => sum + weights[name] * scaled[name], 0)
}

/** What is subtracted from the scores of a build with so many sections. */
export function shiftOf(
  {outOfDomain, synthetic, cosines}: EnglishCalibration,
  sections: number,
  weights: Readonly<Record<keyof EnglishFeatures, number>> = answerabilityWeights,
): number {
  return (
    buildParts.outOfDomain * scoreOf(outOfDomain, cosines, weights) +
    buildParts.synthetic * scoreOf(synthetic, cosines, weights) +
    sizePart * Math.log(Math.max(leastSections, sections))
  )
}

/**
 * How likely it is that the docs have the answer, from 0 to 1, on the scale of the build's other decision: at
 * `threshold`, which is above 0, Docent is in doubt.
 * @param sections of the build.
 */
export function englishAnswerabilityOf(
  features: EnglishFeatures,
  calibration: EnglishCalibration,
  sections: number,
  threshold: number,
): number {
  const score = scoreOf(features, calibration.cosines) - shiftOf(calibration, sections) - leastScore
  return 1 / (1 + Math.exp(-score) * (1 / threshold - 1))
}

function scaledCosines(
  {similarity, domain}: EnglishFeatures,
  scale: CosineScale,
): Pick<EnglishFeatures, 'similarity' | 'domain'> {
  const {factor} = scale
  return {
    similarity: (similarity - scale.similarity.from) * factor + scale.similarity.to,
    domain: (domain - scale.domain.from) * factor + scale.domain.to,
  }
}
