import type {Candidate, Signals, Wanted} from './candidate.ts'

/**
 * What a signal at its full strength adds to a score. Shares and BM25 (as a share of the best) go from 0 to 1,
 * cosines count in spreads above what chance gives, up to about 8, and the length is a logarithm up to about 7.
 * Found by halving and doubling each on questions people asked; the figures are flat around these.
 */
export const fusionWeights: Readonly<Record<keyof Signals, number>> = {
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

/** Gives each candidate its score: the weighted sum of its signals. BM25 counts as a share of the best among them. */
export function fuse(candidates: readonly Candidate[], wanted: Wanted): void {
  const weights = fusionWeights
  let bm25 = 0
  let contextBm25 = 0
  for (const {signals} of candidates) {
    bm25 = Math.max(bm25, signals.bm25)
    contextBm25 = Math.max(contextBm25, signals.contextBm25)
  }
  for (const candidate of candidates) {
    const {signals} = candidate
    candidate.score =
      weights.bm25 * (signals.bm25 / (bm25 || 1)) +
      weights.contextBm25 * wanted.contextWeight * (signals.contextBm25 / (contextBm25 || 1)) +
      weights.cosine * signals.cosine +
      weights.sectionCosine * signals.sectionCosine +
      weights.headings * signals.headings +
      weights.headingFocus * signals.headingFocus +
      weights.sameHeading * signals.sameHeading +
      weights.coverage * signals.coverage +
      weights.phrases * signals.phrases +
      weights.length * signals.length +
      weights.page * signals.page
  }
}
