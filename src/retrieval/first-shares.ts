import type {Candidate} from './candidate.ts'

/**
 * How much each candidate counts beside the best, 0 to 1, by its first score: e times less for each `temperature` that it
 * is below.
 */
export function sharesOfBest(candidates: readonly Candidate[], temperature: number): Float64Array {
  let best = -Infinity
  for (const {firstScore} of candidates) best = Math.max(best, firstScore)
  return Float64Array.from(candidates, ({firstScore}) => Math.exp((firstScore - best) / temperature))
}
