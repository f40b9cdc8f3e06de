import type {Candidate, RankingFeatures, RankingQuery} from './candidate.ts'
import {rankingWeights} from './ranking-weights.ts'

/**
 * Weights of the first sort, by which candidates are preselected and whose score tells a page's other sections how it
 * did. Cosines are in standard deviations above those of random passages, up to about 8; BM25 is a share of the best.
 * Found by halving and doubling each on questions people asked; results hardly change around these values.
 */
export const firstWeights = {
  bm25: 4,
  contextBm25: 3,
  cosine: 0.45,
  sectionCosine: 0.45,
  headings: 1,
  headingFocus: 0.6,
  sameHeading: 2.5,
} as const

const firstNames = Object.keys(firstWeights) as (keyof typeof firstWeights)[]

/** Sets each candidate's first score, from the features that need no text; its score is the same until it is fused. */
export function scoreFirst(candidates: readonly Candidate[], query: RankingQuery): void {
  const scale = scaleOf(candidates, query)
  for (const candidate of candidates) {
    const {features} = candidate
    candidate.firstScore = firstNames.reduce((sum, name) => {
      const isShare = name === 'bm25' || name === 'contextBm25'
      return sum + firstWeights[name] * features[name] * (isShare ? scale[name] : 1)
    }, 0)
    candidate.score = candidate.firstScore
  }
}

/** Features that have no scale of their own count as a share of the greatest value among a question's candidates. */
const relativeFeatures: ReadonlySet<keyof RankingFeatures> = new Set([
  'bm25',
  'contextBm25',
  'cosine',
  'sectionCosine',
  'passageBm25',
  'similarWords',
  'length',
  'page',
  'parent',
  'alike',
])

export const featureNames = Object.keys(rankingWeights) as readonly (keyof RankingFeatures)[]

/** Sets each candidate's score: the sum of its features, each from 0 to 1, by their weights. */
export function fuse(
  candidates: readonly Candidate[],
  query: RankingQuery,
  weights: Readonly<Record<keyof RankingFeatures, number>> = rankingWeights,
): void {
  const scale = scaleOf(candidates, query)
  for (const candidate of candidates) {
    const {features} = candidate
    candidate.score = 0
    for (const name of featureNames)
      candidate.score += weights[name] * Math.max(0, features[name] * scale[name])
  }
}

/** The factor that brings each feature to 0 to 1. */
export function scaleOf(
  candidates: readonly Candidate[],
  {contextWeight}: Pick<RankingQuery, 'contextWeight'>,
): Record<keyof RankingFeatures, number> {
  const scale = {} as Record<keyof RankingFeatures, number>
  for (const name of featureNames) {
    const greatest = relativeFeatures.has(name)
      ? candidates.reduce((most, {features}) => Math.max(most, features[name]), 0)
      : 1
    scale[name] = greatest > 0 ? 1 / greatest : 0
  }
  scale.contextBm25 *= contextWeight
  return scale
}
