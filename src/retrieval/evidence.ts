import type {Candidate, Wanted} from './candidate.ts'
import type {Ranking} from './ranking.ts'

/** What speaks for the docs holding an answer, each signal by itself and roughly from 0 to 1. */
export interface Evidence {
  /** The greatest cosine, in spreads of what passages picked at random give. */
  readonly cosine: number
  /** The greatest cosine as it is. */
  readonly similarity: number
  /** The mean cosine with passages picked at random: how far the question is of this field at all. */
  readonly domain: number
  /** The best share of the question's words, by weight, that one section holds. */
  readonly coverage: number
  /** The same over the three best sections, not the best of each. */
  readonly leadCoverage: number
  /** The best share in titles and headings. */
  readonly headings: number
  /** Share of the question's words, by weight, that the build knows at all. */
  readonly known: number
  /** How usual the question's words are in the build, on average. */
  readonly familiarity: number
  /** Share of the ten best by words that are among the twenty best by meaning. */
  readonly agreement: number
  /** How far the best stands out from the twentieth, as a share of the best. */
  readonly gap: number
  /** The best share of neighbouring words that are neighbours in a section. */
  readonly phrases: number
}

export const evidenceNames = [
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
] as const satisfies readonly (keyof Evidence)[]

/** Candidates that the evidence is taken from: the same number however many results were asked for. */
export const evidenceDepth = 36

/** The evidence that ranked candidates give, the best `evidenceDepth` of them. */
export function evidenceOf(wanted: Wanted, ranking: Ranking): Evidence {
  const {background} = ranking
  const candidates = ranking.candidates.slice(0, evidenceDepth)
  const top = candidates.slice(0, 10)
  const most = (read: (candidate: Candidate) => number) =>
    top.reduce((best, candidate) => Math.max(best, read(candidate)), 0)
  const byWords = [...candidates].sort((a, b) => b.signals.bm25 - a.signals.bm25).slice(0, 10)
  const byMeaning = new Set([...candidates].sort((a, b) => b.signals.cosine - a.signals.cosine).slice(0, 20))
  const total = wanted.terms.reduce((sum, term) => sum + term.weight, 0)
  const known = wanted.terms.reduce((sum, term) => sum + (term.known ? term.weight : 0), 0)
  const first = candidates[0]?.score ?? 0
  const twentieth = candidates[Math.min(19, candidates.length - 1)]?.score ?? 0
  const cosine = most(({signals}) => signals.cosine)
  const lead = candidates.slice(0, 3)
  return {
    cosine,
    similarity: cosine * background.spread + background.mean,
    domain: background.mean,
    coverage: most(({signals}) => signals.coverage),
    leadCoverage: lead.reduce((sum, {signals}) => sum + signals.coverage, 0) / Math.max(1, lead.length),
    headings: most(({signals}) => signals.headings),
    known: total === 0 ? 0 : known / total,
    familiarity:
      wanted.terms.reduce((sum, term) => sum + term.familiarity, 0) / Math.max(1, wanted.terms.length),
    agreement: byWords.filter((candidate) => byMeaning.has(candidate)).length / Math.max(1, byWords.length),
    gap: first <= 0 ? 0 : Math.max(0, (first - twentieth) / first),
    phrases: most(({signals}) => signals.phrases),
  }
}
