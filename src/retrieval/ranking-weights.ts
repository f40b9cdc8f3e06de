import type {RankingFeatures} from './candidate.ts'

/** The weight of each feature in a score, made by `npm run fit-ranking`. */
export const rankingWeights: Readonly<Record<keyof RankingFeatures, number>> = {
  bm25: 3.72,
  contextBm25: 3.98,
  cosine: 1.81,
  sectionCosine: 0.98,
  headings: 0.41,
  headingFocus: 0.17,
  sameHeading: 2.33,
  coverage: 0.37,
  phrases: 1,
  length: 1.84,
  passageBm25: 1.3,
  similarWords: 1.54,
  path: 1.36,
  page: 0.73,
  parent: 0.52,
  linked: 1.03,
  linkingPages: 0.6,
  alike: 0.67,
}
