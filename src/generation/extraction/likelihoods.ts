import type {LanguageAnalysis} from '../../text/language-analysis.ts'
import type {Candidate} from './candidates.ts'
import {partsOfQuestion} from './english.ts'
import {analyseQuestion} from './question-analysis.ts'
import {type UnitFeatureName, unitFeatureNames, unitFeaturesOf} from './unit-features.ts'
import {unitWeights} from './weights.ts'

/** How likely each candidate is to be the answer. */
export interface Likelihoods {
  /** For the question as a whole; in sum 1. */
  of(candidate: Candidate): number
  /** For each part of the question that asks something of its own, in sum 1 each; one for a simple question. */
  readonly parts: readonly ReadonlyMap<Candidate, number>[]
}

/**
 * A log-linear model over the candidates of a question: the softmax of weighted features. A question of several parts is
 * the mean of them.
 */
export function likelihoodsOf(
  question: string,
  candidates: readonly Candidate[],
  language: LanguageAnalysis,
  without: ReadonlySet<UnitFeatureName>,
): Likelihoods {
  const parts = partsOfQuestion(question).map((part) => softmaxOf(part, candidates, language, without))
  return {
    parts,
    of: (candidate) => parts.reduce((sum, part) => sum + (part.get(candidate) ?? 0), 0) / parts.length,
  }
}

function softmaxOf(
  question: string,
  candidates: readonly Candidate[],
  language: LanguageAnalysis,
  without: ReadonlySet<UnitFeatureName>,
): ReadonlyMap<Candidate, number> {
  const names = unitFeatureNames.filter((name) => !without.has(name))
  const scores = unitFeaturesOf(analyseQuestion(question, candidates, language), candidates).map((features) =>
    names.reduce((sum, name) => sum + unitWeights[name] * features[name], 0),
  )
  const best = Math.max(...scores)
  const odds = scores.map((score) => Math.exp(score - best))
  const total = odds.reduce((sum, value) => sum + value, 0)
  return new Map(candidates.map((candidate, at) => [candidate, odds[at]! / total]))
}
