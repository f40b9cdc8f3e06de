import type {Candidate, RankingFeatures, RankingQuery} from './candidate.ts'

/**
 * The weight of each feature in a score. Shares and BM25 (as a share of the best) go from 0 to 1, cosines are in
 * standard deviations above those of random passages, up to about 8, and the length is a logarithm up to about 7.
 * Found by halving and doubling each on questions people asked; results hardly change around these values.
 */
export const fusionWeights: Readonly<Record<keyof RankingFeatures, number>> = {
  bm25: 4,
  contextBm25: 3,
  cosine: 0.45,
  sectionCosine: 0.45,
  headings: 1,
  headingFocus: 0.6,
  sameHeading: 2.5,
  coverage: 1.2,
  phrases: 1,
  length: 0.1,
  page: 0.25,
}

const weights = Object.entries(fusionWeights) as [keyof RankingFeatures, number][]

/** Sets each candidate's score: the weighted sum of its features. BM25 counts as a share of the best one's. */
export function fuse(candidates: readonly Candidate[], query: RankingQuery): void {
  let bestBm25 = 0
  let bestContextBm25 = 0
  for (const {features} of candidates) {
    bestBm25 = Math.max(bestBm25, features.bm25)
    bestContextBm25 = Math.max(bestContextBm25, features.contextBm25)
  }
  for (const candidate of candidates) {
    const scaled = {
      ...candidate.features,
      bm25: candidate.features.bm25 / (bestBm25 || 1),
      contextBm25: (query.contextWeight * candidate.features.contextBm25) / (bestContextBm25 || 1),
    }
    candidate.score = weights.reduce((sum, [name, weight]) => sum + weight * scaled[name], 0)
  }
}
