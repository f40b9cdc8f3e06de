import type {RetrievedSource} from '../../domain/index.ts'
import type {Candidate} from './candidates.ts'

/** The features of a unit that its source gives it. */
interface SourceFeatures {
  /** The reciprocal of its rank, 1 for the first. */
  readonly rank: number
  /** The distance of its score to the best one, in log odds: 0 for the best, negative for the others. */
  readonly sourceScore: number
  /** The log of the number of its units. */
  readonly sourceSize: number
}

/** A greater distance to the best source, in log odds, says no more. */
const leastScoreDifference = -1.5
/** A score beyond these is as sure. */
const scoreRange = {least: 0.05, most: 0.9}

function logOdds(score: number): number {
  const within = Math.min(Math.max(score, scoreRange.least), scoreRange.most)
  return Math.log(within / (1 - within))
}

/** The features of each source. */
export function sourceFeaturesBy(
  candidates: readonly Candidate[],
): ReadonlyMap<RetrievedSource, SourceFeatures> {
  const ranks = new Map(candidates.map(({source, rank}) => [source, rank]))
  const sizes = new Map<RetrievedSource, number>()
  for (const {source} of candidates) sizes.set(source, (sizes.get(source) ?? 0) + 1)
  const best = Math.max(...[...ranks.keys()].map(({score}) => logOdds(score)))
  return new Map(
    [...ranks].map(([source, rank]) => [
      source,
      {
        rank: 1 / (1 + rank),
        sourceScore: Math.max(logOdds(source.score) - best, leastScoreDifference),
        // The units of a long section share what the section is likely to answer.
        sourceSize: Math.log(sizes.get(source)!),
      },
    ]),
  )
}
