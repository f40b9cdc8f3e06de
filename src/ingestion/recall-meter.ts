import {partDepthFactor, semanticDepth} from '../retrieval/index.ts'
import type {IndexBuild, NeighbourRecall, VectorSearchMode} from '../search-index/index.ts'
import type {NeighbourQuestions} from './neighbour-questions.ts'
import {type Measurement, type ReferenceQuestion, recallsAt, referenceQuestions} from './neighbour-recall.ts'

const partDepth = semanticDepth * partDepthFactor

type ShallowRecall = Pick<NeighbourRecall, 'at10' | 'at64'>

/**
 * Measures what is found of the true nearest passages by different ways to search a build. Each recall is the lower one
 * of own and mixed questions; 1 where there are none.
 */
export class RecallMeter {
  readonly #build: IndexBuild
  readonly #groups: readonly (readonly ReferenceQuestion[])[]
  readonly #signal: AbortSignal | undefined
  /** By mode: whoever looks for one comes back to it. */
  readonly #shallow = new Map<string, Promise<ShallowRecall>>()

  private constructor(
    build: IndexBuild,
    groups: readonly (readonly ReferenceQuestion[])[],
    signal: AbortSignal | undefined,
  ) {
    this.#build = build
    this.#groups = groups
    this.#signal = signal
  }

  /** Searches for each question exactly, once. @throws the signal's reason. */
  static async with(
    build: IndexBuild,
    {own, mixed}: NeighbourQuestions,
    signal?: AbortSignal,
  ): Promise<RecallMeter> {
    const groups: ReferenceQuestion[][] = []
    for (const vectors of [own, mixed]) {
      groups.push(await referenceQuestions(build, vectors, partDepth, signal))
    }
    return new RecallMeter(build, groups, signal)
  }

  /** Of one search as deep as a question without a version reads. @throws the signal's reason. */
  shallow({ef, shortlist}: VectorSearchMode): Promise<ShallowRecall> {
    const key = `${ef} ${shortlist}`
    let found = this.#shallow.get(key)
    if (found === undefined) {
      const mode: VectorSearchMode = ef === undefined ? {shortlist} : {ef}
      found = this.#measured([10, semanticDepth], mode).then(([at10, at64]) => ({at10: at10!, at64: at64!}))
      this.#shallow.set(key, found)
    }
    return found
  }

  /** @throws the signal's reason. */
  async whole(mode: VectorSearchMode): Promise<NeighbourRecall> {
    const [at256] = await this.#measured([partDepth], mode)
    return {...(await this.shallow(mode)), at256: at256!}
  }

  /** For each number of nearest passages, of a search for the largest. */
  async #measured(nearest: readonly number[], mode: VectorSearchMode): Promise<number[]> {
    const measurement: Measurement = {nearest, depth: Math.max(...nearest), mode}
    const found: number[][] = []
    for (const questions of this.#groups)
      found.push(await recallsAt(this.#build, questions, measurement, this.#signal))
    return nearest.map((_, at) => Math.min(...found.map((recalls) => recalls[at]!)))
  }
}
