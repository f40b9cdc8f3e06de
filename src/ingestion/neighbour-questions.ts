import type {Embedder} from '../embedding/index.ts'
import {randomIndex, seededRandom} from '../lib/random.ts'
import {outOfDomainQuestions, syntheticQuestions} from '../retrieval/index.ts'
import type {IndexBuild} from '../search-index/index.ts'

/** Shares of the questions, of each kind. */
const ownShare = 0.5
const foreignShare = 0.2
const sumShare = 0.3

/** The vectors of questions with which a build's graph is measured. */
export interface NeighbourQuestions {
  /** Of questions made from the build's own text, as calibration makes them. */
  readonly own: readonly Float32Array[]
  /**
   * Of out-of-domain questions, and sums of two passages. A graph is made of passages, and finds what is near one of
   * them more easily than what lies between; the passages themselves it nearly always finds.
   */
  readonly mixed: readonly Float32Array[]
}

/**
 * About `count` of them; the same for the same build and model, so that an ingest can be repeated.
 * @throws DocentError `embedding_model`.
 */
export async function neighbourQuestionsOf(
  build: IndexBuild,
  embedder: Embedder,
  count: number,
): Promise<NeighbourQuestions> {
  const random = seededRandom(1)
  const step = Math.max(1, Math.floor(outOfDomainQuestions.length / (foreignShare * count)))
  const foreign = outOfDomainQuestions.filter((_, at) => at % step === 0).slice(0, foreignShare * count)
  // All at once: an embedder in a process of its own embeds many as fast as one.
  const [own, others] = await Promise.all(
    [syntheticQuestions(build, ownShare * count, random), foreign].map((questions) =>
      Promise.all(questions.map((question) => embedder.embedQuery(question))),
    ),
  )
  return {
    own: own!.filter(hasDirection),
    mixed: [...others!, ...sumsOfPassages(build, sumShare * count, random)].filter(hasDirection),
  }
}

/**
 * The questions that tell what is found of a part of a build: the vectors of its passages, and their sums with passages
 * of all of it drawn at random.
 */
export function neighbourQuestionsAt(build: IndexBuild, part: readonly Float32Array[]): NeighbourQuestions {
  const random = seededRandom(1)
  const sections = build.sectionsWithText()
  const sums =
    sections.length === 0
      ? []
      : part.map((vector) =>
          directionOf(vector, firstVectorOf(build, sections[randomIndex(random, sections.length)]!)),
        )
  return {own: part.filter(hasDirection), mixed: sums.filter(hasDirection)}
}

/** Unit vectors, each the direction of the sum of two passages drawn at random. */
function sumsOfPassages(build: IndexBuild, count: number, random: () => number): Float32Array[] {
  const sections = build.sectionsWithText()
  if (sections.length === 0) return []
  const drawn = (): Float32Array => firstVectorOf(build, sections[randomIndex(random, sections.length)]!)
  return Array.from({length: count}, () => directionOf(drawn(), drawn()))
}

function firstVectorOf(build: IndexBuild, sectionId: number): Float32Array {
  const [section] = build.sections([sectionId])
  return build.vectorOf(section!.firstPassage)
}

/** The direction of the sum of two vectors; zero where they cancel out. */
function directionOf(one: Float32Array, other: Float32Array): Float32Array {
  const sum = one.map((value, at) => value + other[at]!)
  const length = Math.hypot(...sum)
  return length === 0 ? sum : sum.map((value) => value / length)
}

function hasDirection(vector: Float32Array): boolean {
  return vector.some((value) => value !== 0)
}
