import type {IndexBuild} from '../search-index/index.ts'
import type {AnswerabilityFeatures} from './answerability-features.ts'
import {answerabilityWeights, leastScore} from './answerability-weights.ts'
import type {RankingQuery} from './candidate.ts'
import type {Ranking} from './ranking.ts'
import {technicalEnglish} from './technical-english.ts'
import {type WordEvidence, wordEvidenceOf} from './word-evidence.ts'

/** What the answerability of an English question is computed from. None depends on the scale of the ranking's scores. */
export interface EnglishFeatures
  extends WordEvidence,
    Pick<AnswerabilityFeatures, 'similarity' | 'domain' | 'familiarity' | 'phrases'> {
  /** Logarithm of the number of sections, at least `leastSections`, a tenth of it. */
  readonly size: number
}

export const englishFeatureNames = Object.keys(answerabilityWeights) as readonly (keyof EnglishFeatures)[]

/** What a build sets of the decision for English questions. Stored in its manifest. */
export interface EnglishCalibration {
  /** Mean score of questions that hardly any docs answer. */
  readonly outOfDomain: number
  /** Mean score of questions made from the build's own text. */
  readonly synthetic: number
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
const outOfDomainPart = 0.8
const syntheticPart = 0.2
/** The weights were fitted to docs of at least about so many sections. */
const leastSections = 60
/** How far each factor e of sections raises it: among more sections one is near any question, by chance. */
const sizePart = 0.3

export function englishFeaturesOf(
  build: IndexBuild,
  query: RankingQuery,
  ranking: Ranking,
  features: AnswerabilityFeatures,
): EnglishFeatures {
  const {similarity, domain, familiarity, phrases} = features
  return {
    similarity,
    domain,
    familiarity,
    phrases,
    ...wordEvidenceOf(build, technicalEnglish(), query.terms, ranking.candidates),
    size: Math.log(Math.max(leastSections, build.manifest.counts.sections)) / 10,
  }
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

/** What is subtracted from the scores of a build with this `size`. */
export function shiftOf(
  {outOfDomain, synthetic}: Omit<EnglishCalibration, 'cosines'>,
  size: EnglishFeatures['size'],
): number {
  return outOfDomainPart * outOfDomain + syntheticPart * synthetic + sizePart * 10 * size
}

/**
 * How likely it is that the docs have the answer, from 0 to 1, on the scale of the build's other decision: at
 * `threshold`, which is above 0, Docent is in doubt.
 */
export function englishAnswerabilityOf(
  features: EnglishFeatures,
  calibration: EnglishCalibration,
  threshold: number,
): number {
  const score = scoreOf(features, calibration.cosines) - shiftOf(calibration, features.size) - leastScore
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
