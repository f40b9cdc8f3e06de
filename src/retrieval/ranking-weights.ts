import type {RankingFeatures} from './candidate.ts'

/** The weight of each feature in a score, made by `npm run fit-ranking`. */
export const rankingWeights: Readonly<Record<keyof RankingFeatures, number>> = {
  bm25: 3.58,
  contextBm25: 4.15,
  cosine: 2.33,
  sectionCosine: 0.86,
  headings: 0.4,
  headingFocus: 0.34,
  sameHeading: 2.32,
  coverage: 0.28,
  phrases: 1.01,
  length: 2.09,
  passageBm25: 1.46,
  similarWords: 1.34,
  path: 1.41,
  page: 0.75,
  parent: 0.5,
}
