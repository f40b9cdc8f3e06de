import type {IndexBuild, NeighbourRecall, VectorSearchMode} from '../search-index/index.ts'
import type {NeighbourQuestions} from './neighbour-questions.ts'
import {RecallMeter} from './recall-meter.ts'

/** Least share of the ten nearest passages that a search has to find. */
export const minRecallAt10 = 0.98

const smallestEf = 96
const smallestShortlist = 256
/** Steps of bisection between a number that is too small and twice as much. */
const refinements = 2

/** How a build is searched, and what is found then. */
export type VectorSearchTuning = VectorSearchMode & {readonly recall: NeighbourRecall}

export interface TuneOptions {
  /** Recall at 10 to reach, for the build's own questions as well as for mixed ones. Default 0.98. */
  readonly target?: number
  /** Where to begin. Default an `ef` of 96. */
  readonly from?: VectorSearchMode
  /** The largest `ef` to use. Default `largestEfFor` the build's passages. */
  readonly maxEf?: number
  readonly signal?: AbortSignal
}

/**
 * The `ef` from which on sketches are faster: HNSW takes about four microseconds for each candidate that it keeps, and
 * comparing the sketches of 100 passages two. Below 256 both are quick, and above 4,096 HNSW is nearly an exact search.
 */
export function largestEfFor(passages: number): number {
  return Math.min(4_096, Math.max(256, Math.round(passages / 100)))
}

/**
 * The smallest `ef` with which HNSW finds enough of the true nearest passages, to within a fifth: it grows with the
 * number of passages and with how alike they are. Where that is more than `maxEf`, the smallest `shortlist` with which a
 * search by sketches does, which some shortlist always can: that of all passages is an exact search.
 * Recall is the lower one of own and mixed questions. @throws the signal's reason.
 */
export async function tuneVectorSearch(
  build: IndexBuild,
  questions: NeighbourQuestions,
  options: TuneOptions = {},
): Promise<VectorSearchTuning> {
  const {passages} = build.manifest.counts
  const {target = minRecallAt10, from = {ef: smallestEf}, maxEf = largestEfFor(passages), signal} = options
  const meter = await RecallMeter.with(build, questions, signal)
  const isEnough = async (mode: VectorSearchMode) => (await meter.shallow(mode)).at10 >= target
  const leastEf = ({ef}: {readonly ef: number}) =>
    leastThat((larger) => isEnough({ef: larger}), Math.min(ef, maxEf), maxEf)
  const leastShortlist = (shortlist: number) =>
    leastThat((larger) => isEnough({shortlist: larger}), Math.min(shortlist, passages), passages)

  const ef = from.ef === undefined ? null : await leastEf(from)
  const mode: VectorSearchMode =
    ef === null ? {shortlist: (await leastShortlist(from.shortlist ?? smallestShortlist)) ?? passages} : {ef}
  return {...mode, recall: await meter.whole(mode)}
}

/** Doubles from `least` until it is enough, then bisects; null where nothing up to `most` is enough. */
async function leastThat(
  isEnough: (value: number) => Promise<boolean>,
  least: number,
  most: number,
): Promise<number | null> {
  let tooLittle: number | null = null
  let enough = least
  while (!(await isEnough(enough))) {
    if (enough === most) return null
    tooLittle = enough
    enough = Math.min(2 * enough, most)
  }
  if (tooLittle === null) return enough
  for (let step = 0; step < refinements; step++) {
    const middle = Math.round(Math.sqrt(tooLittle * enough))
    if (await isEnough(middle)) enough = middle
    else tooLittle = middle
  }
  return enough
}

/** The same build, searched as tuned. */
export function withTuning(build: IndexBuild, tuning: VectorSearchTuning): IndexBuild {
  const {manifest} = build
  const {m, efConstruction, metric} = manifest.hnsw
  return {
    ...build,
    manifest: {...manifest, hnsw: {m, efConstruction, metric, ...tuning}},
    nearest: (vector, k, mode = tuning) => build.nearest(vector, k, mode),
  }
}
