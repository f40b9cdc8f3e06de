import {dot} from '../lib/vector-math.ts'
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
  const counted = (index: number) => shares[index]! >= leastShare && hasPassage(candidates[index]!)
  const vectorOf = (index: number) => build.vectorOf(candidates[index]!.bestPassageId)
  // The dot product with a sum is the sum of the dot products.
  const sum = new Float32Array(build.manifest.embedding.dimensions)
  let sumOfShares = 0
  for (let index = 0; index < candidates.length; index++) {
    if (!counted(index)) continue
    add(sum, vectorOf(index), shares[index]!)
    sumOfShares += shares[index]!
  }
  const means = candidates.slice(0, depth).map((candidate, index) => {
    if (!hasPassage(candidate)) return null
    const vector = vectorOf(index)
    const own = pages.get(candidate.section.page.id)!.filter(counted)
    const weight = own.reduce((rest, other) => rest - shares[other]!, sumOfShares)
    const total = own.reduce(
      (rest, other) => rest - shares[other]! * dot(vector, vectorOf(other)),
      dot(vector, sum),
    )
    return weight < leastShare ? 0 : total / weight
  })
  const lowest = means.reduce<number>((least, mean) => Math.min(least, mean ?? Infinity), Infinity)
  for (const [index, mean] of means.entries()) {
    if (mean !== null) candidates[index]!.features.alike = mean - lowest
  }
}

function hasPassage({section}: Candidate): boolean {
  return section.passageCount > 0
}

function add(sum: Float32Array, vector: Float32Array, weight: number): void {
  for (let at = 0; at < sum.length; at++) sum[at]! += weight * vector[at]!
}
