import type {Candidate, RankingQuery} from './candidate.ts'
import type {Ranking} from './ranking.ts'

/** What answerability is computed from, each roughly from 0 to 1. Builds store a weight for each by its name. */
export interface AnswerabilityFeatures {
  /** The greatest cosine, in standard deviations above that of random passages. */
  readonly cosine: number
  /** The greatest cosine itself. */
  readonly similarity: number
  /** The mean cosine with random passages: how much the question belongs to this domain at all. */
  readonly domain: number
  /** The greatest share of the question's words, by weight, in one section. */
  readonly coverage: number
  /** The mean of that share over the three best sections. */
  readonly leadCoverage: number
  /** The greatest share in title and headings of one section. */
  readonly headings: number
  /** Share of the question's words, by weight, that the build knows at all. */
  readonly known: number
  /** How common the question's words are in the build, on average. */
  readonly familiarity: number
  /** Share of the ten best by BM25 that are among the twenty best by cosine. */
  readonly agreement: number
  /** Margin of the best score over the twentieth, as a share of the best. */
  readonly gap: number
  /** The greatest share of the question's pairs of adjacent words that are near each other in one section. */
  readonly phrases: number
}

export const answerabilityFeatureNames = [
  'cosine',
  'similarity',
  'domain',
  'coverage',
  'leadCoverage',
  'headings',
  'known',
  'familiarity',
  'agreement',
  'gap',
  'phrases',
] as const satisfies readonly (keyof AnswerabilityFeatures)[]

/** Candidates that the features are computed from, however many results were requested. */
export const answerabilityDepth = 36

/** The features of a ranking, from its best `answerabilityDepth` candidates. */
export function answerabilityFeaturesOf(query: RankingQuery, ranking: Ranking): AnswerabilityFeatures {
  const {background} = ranking
  const candidates = ranking.candidates.slice(0, answerabilityDepth)
  const top = candidates.slice(0, 10)
  const greatest = (read: (candidate: Candidate) => number) =>
    top.reduce((best, candidate) => Math.max(best, read(candidate)), 0)
  const byBm25 = [...candidates].sort((a, b) => b.features.bm25 - a.features.bm25).slice(0, 10)
  const byCosine = new Set([...candidates].sort((a, b) => b.features.cosine - a.features.cosine).slice(0, 20))
  const total = query.terms.reduce((sum, term) => sum + term.weight, 0)
  const known = query.terms.reduce((sum, term) => sum + (term.known ? term.weight : 0), 0)
  const first = candidates[0]?.score ?? 0
  const twentieth = candidates[Math.min(19, candidates.length - 1)]?.score ?? 0
  const cosine = greatest(({features}) => features.cosine)
  const lead = candidates.slice(0, 3)
  return {
    cosine,
    similarity: cosine * background.spread + background.mean,
    domain: background.mean,
    coverage: greatest(({features}) => features.coverage),
    leadCoverage: lead.reduce((sum, {features}) => sum + features.coverage, 0) / Math.max(1, lead.length),
    headings: greatest(({features}) => features.headings),
    known: total === 0 ? 0 : known / total,
    familiarity:
      query.terms.reduce((sum, term) => sum + term.familiarity, 0) / Math.max(1, query.terms.length),
    agreement: byBm25.filter((candidate) => byCosine.has(candidate)).length / Math.max(1, byBm25.length),
    gap: first <= 0 ? 0 : Math.max(0, (first - twentieth) / first),
    phrases: greatest(({features}) => features.phrases),
  }
}
