import {dot} from '../lib/vector-math.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {BuildMemory} from './build-memory.ts'
import {byScore, type Candidate} from './candidate.ts'

/** Cosine above which two passages are looked at word by word. */
const suspiciousCosine = 0.95
const sameShare = 0.9

/**
 * The candidates without those that repeat a better one nearly word for word, as versions and translations of a
 * page do. Only the first `depth` are looked at; the rest follow as they were.
 */
export function distinctCandidates(
  build: IndexBuild,
  candidates: readonly Candidate[],
  depth: number,
): Candidate[] {
  const kept: Candidate[] = []
  const terms = new Map<Candidate, Set<string>>()
  const termsIn = (candidate: Candidate) => {
    let found = terms.get(candidate)
    if (found === undefined) {
      found = new Set(BuildMemory.of(build).textOf(candidate.section).terms)
      terms.set(candidate, found)
    }
    return found
  }
  for (const candidate of candidates.slice(0, depth)) {
    const repeats = kept.some(
      (better) =>
        better.section.passageCount === candidate.section.passageCount &&
        candidate.section.passageCount > 0 &&
        Math.abs(better.signals.cosine - candidate.signals.cosine) < 1.5 &&
        dot(build.vectorOf(better.bestPassageId), build.vectorOf(candidate.bestPassageId)) >
          suspiciousCosine &&
        overlap(termsIn(better), termsIn(candidate)) >= sameShare,
    )
    if (!repeats) kept.push(candidate)
  }
  return [...kept, ...candidates.slice(depth)]
}

/** Jaccard: 1 for the same terms, 0 for none shared. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1
  let shared = 0
  for (const term of a) if (b.has(term)) shared++
  return shared / (a.size + b.size - shared)
}

/** What each better section of the same page takes from a section's score, three of them at most. */
const pagePenalty = 2

/** Candidates in their new order: a page that was heard makes room for others that are nearly as good. */
export function spreadOverPages(candidates: readonly Candidate[]): Candidate[] {
  const heard = new Map<number, number>()
  return candidates
    .map((candidate) => {
      const {id} = candidate.section.page
      const before = heard.get(id) ?? 0
      heard.set(id, before + 1)
      return {...candidate, score: candidate.score - pagePenalty * Math.min(3, before)}
    })
    .sort(byScore)
}
