import {dot} from '../lib/vector-math.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {BuildCache} from './build-cache.ts'
import {byScore, type Candidate} from './candidate.ts'

/** Cosine of two passages from which on their sections are compared term by term. */
const nearDuplicateCosine = 0.95
/** Jaccard similarity from which on two sections are duplicates. */
const duplicateSimilarity = 0.9

/**
 * The candidates without those that repeat a better one nearly word for word, as other versions of a page do. Only the
 * first `depth` are compared; the rest follow unchanged.
 */
export function withoutDuplicates(
  build: IndexBuild,
  candidates: readonly Candidate[],
  depth: number,
): Candidate[] {
  const kept: Candidate[] = []
  const terms = new Map<Candidate, Set<string>>()
  const termsOf = (candidate: Candidate) => {
    let found = terms.get(candidate)
    if (found === undefined) {
      found = new Set(BuildCache.of(build).textOf(candidate.section).terms)
      terms.set(candidate, found)
    }
    return found
  }
  for (const candidate of candidates.slice(0, depth)) {
    const repeats = kept.some(
      (better) =>
        better.section.passageCount === candidate.section.passageCount &&
        candidate.section.passageCount > 0 &&
        Math.abs(better.features.cosine - candidate.features.cosine) < 1.5 &&
        dot(build.vectorOf(better.bestPassageId), build.vectorOf(candidate.bestPassageId)) >
          nearDuplicateCosine &&
        jaccard(termsOf(better), termsOf(candidate)) >= duplicateSimilarity,
    )
    if (!repeats) kept.push(candidate)
  }
  return [...kept, ...candidates.slice(depth)]
}

/** Jaccard similarity: 1 for the same terms, 0 for none shared. */
function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1
  let shared = 0
  for (const term of a) if (b.has(term)) shared++
  return shared / (a.size + b.size - shared)
}

/** Taken off a section's score for each better section of the same page, at most three times. */
const pagePenalty = 0.6

/** Reorders candidates so that one page does not crowd out others that are nearly as good. */
export function diversifyPages(candidates: readonly Candidate[]): Candidate[] {
  const countByPage = new Map<number, number>()
  return candidates
    .map((candidate) => {
      const {id} = candidate.section.page
      const before = countByPage.get(id) ?? 0
      countByPage.set(id, before + 1)
      return {...candidate, score: candidate.score - pagePenalty * Math.min(3, before)}
    })
    .sort(byScore)
}
