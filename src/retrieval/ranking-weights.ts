import type {RankingFeatures} from './candidate.ts'

/** The weight of each feature in a score, made by `npm run fit-ranking`. */
export const rankingWeights: Readonly<Record<keyof RankingFeatures, number>> = {
  bm25: 3.66,
  contextBm25: 3.97,
  cosine: 2.17,
  sectionCosine: 0.94,
  headings: 0.33,
  headingFocus: 0.27,
  sameHeading: 2.33,
  coverage: 0.26,
  phrases: 1,
  length: 2.07,
  passageBm25: 1.48,
  similarWords: 1.16,
  path: 1.38,
  page: 0.77,
  parent: 0.43,
}
