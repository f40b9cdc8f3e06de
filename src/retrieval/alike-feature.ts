import {addScaled, dot} from '../lib/vector-math.ts'
import type {IndexBuild} from '../search-index/index.ts'
import type {IndexesByPage} from './by-page.ts'
import type {Candidate} from './candidate.ts'
import {sharesOfBest} from './first-shares.ts'

const temperature = 1.5
/** Candidates that count less beside the best change nothing. */
const leastShare = 0.01

/**
 * Sets `alike` for the first `depth` candidates, which are those with the best first scores: the mean cosine of their best
 * passages with those of other pages, by first score, above the lowest. Closely associated texts tend to answer the
 * same questions (van Rijsbergen's cluster hypothesis); one that was found for a chance word stands alone. Its own page
 * does not count: it is alike in any case.
 */
export function addAlikeFeature(
  build: IndexBuild,
  candidates: readonly Candidate[],
  pages: IndexesByPage,
  depth: number,
): void {
  const shares = sharesOfBest(candidates, temperature)
  const vectors = candidates.map(({section, bestPassageId}, index) =>
    section.passageCount > 0 && (index < depth || shares[index]! >= leastShare)
      ? build.vectorOf(bestPassageId)
      : null,
  )
  const counted = (index: number) => vectors[index] != null && shares[index]! >= leastShare
  // The dot product with a sum is the sum of the dot products.
  const sum = new Float32Array(build.manifest.embedding.dimensions)
  let sumOfShares = 0
  for (const [index, vector] of vectors.entries()) {
    if (vector === null || !counted(index)) continue
    addScaled(sum, vector, shares[index]!)
    sumOfShares += shares[index]!
  }
  const means = vectors.slice(0, depth).map((vector, index) => {
    if (vector === null) return null
    let weight = sumOfShares
    let total = dot(vector, sum)
    for (const other of pages.get(candidates[index]!.section.page.id)!) {
      if (!counted(other)) continue
      weight -= shares[other]!
      total -= shares[other]! * dot(vector, vectors[other]!)
    }
    return weight < leastShare ? 0 : total / weight
  })
  const lowest = means.reduce<number>((least, mean) => Math.min(least, mean ?? Infinity), Infinity)
  for (const [index, mean] of means.entries()) {
    if (mean !== null) candidates[index]!.features.alike = mean - lowest
  }
}
