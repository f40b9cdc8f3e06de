import type {GraphRecall, IndexBuild} from '../search-index/index.ts'
import type {GraphQuestions} from './graph-questions.ts'
import {type ReferenceQuestion, recallOf, referenceQuestions} from './graph-recall.ts'

/** Least share of the ten nearest passages that HNSW has to find. */
export const minGraphRecall = 0.98

/** Neighbours that retrieval searches for, and those for a question about one version. */
const depth = 64
const versionDepth = 256

const smallestEf = 96
/** A search that keeps so many takes nearly as long as an exact one of 100,000 passages. */
const largestEf = 4_096
/** Steps of bisection between an `ef` that is too small and twice as much. */
const refinements = 2

/** How a graph is searched, and what it finds then. */
export interface GraphTuning {
  readonly ef: number
  readonly recall: GraphRecall
}

export interface TuneOptions {
  /** Recall at 10 to reach, for the build's own questions as well as for mixed ones. Default 0.98. */
  readonly target?: number
  /** Where to begin. Default 96. */
  readonly minEf?: number
  /** Not exceeded, even where the target is missed. Default 4,096. */
  readonly maxEf?: number
  readonly signal?: AbortSignal
}

/**
 * The smallest `ef` with which HNSW finds enough of the true nearest passages, to within a fifth: it grows with the
 * number of passages and with how alike they are. Recall is the lower one of own and mixed questions.
 * @throws the signal's reason.
 */
export async function tuneGraph(
  build: IndexBuild,
  {own, mixed}: GraphQuestions,
  {target = minGraphRecall, minEf = smallestEf, maxEf = largestEf, signal}: TuneOptions = {},
): Promise<GraphTuning> {
  const groups: ReferenceQuestion[][] = []
  for (const vectors of [own, mixed]) {
    groups.push(await referenceQuestions(build, vectors, versionDepth, signal))
  }
  const lowest = async (nearest: number, searched: number, ef: number): Promise<number> => {
    const recalls: number[] = []
    for (const questions of groups) {
      recalls.push(await recallOf(build, questions, {nearest, depth: searched, ef}, signal))
    }
    return Math.min(...recalls)
  }
  const isEnough = async (ef: number): Promise<boolean> => (await lowest(10, depth, ef)) >= target
  const ef = await leastThat(isEnough, Math.min(minEf, maxEf), maxEf)
  const recall = {
    at10: await lowest(10, depth, ef),
    at64: await lowest(depth, depth, ef),
    at256: await lowest(versionDepth, versionDepth, ef),
  }
  return {ef, recall}
}

/** Doubles from `least` until it is enough, then bisects; `most` where nothing up to there is. */
async function leastThat(
  isEnough: (ef: number) => Promise<boolean>,
  least: number,
  most: number,
): Promise<number> {
  let tooLittle: number | null = null
  let enough = least
  while (!(await isEnough(enough))) {
    if (enough === most) return most
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
export function withTuning(build: IndexBuild, {ef, recall}: GraphTuning): IndexBuild {
  const {manifest} = build
  return {
    ...build,
    manifest: {...manifest, hnsw: {...manifest.hnsw, ef, recall}},
    nearest: (vector, k, otherEf = ef) => build.nearest(vector, k, otherEf),
  }
}
