import {setImmediate as breathe} from 'node:timers/promises'
import type {Embedder} from '../embedding/index.ts'
import {seededRandom} from '../lib/random.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {type Calibration, defaultCalibration} from './calibration.ts'
import {type Evidence, evidenceOf} from './evidence.ts'
import {cautiousThreshold, fitCalibration} from './fit-calibration.ts'
import {foreignQuestions} from './foreign-questions.ts'
import {ownQuestions} from './own-questions.ts'
import {questionTermsOf} from './question-terms.ts'
import {rankedSections} from './ranking.ts'

export interface CalibrateOptions {
  readonly signal?: AbortSignal
  /** Same seed, same calibration; default 1. */
  readonly seed?: number
  /** Questions made from the build itself; default 240. */
  readonly samples?: number
}

/** Fewer sections than this say too little about what a usual question looks like. */
const minSections = 12

/** Candidates of a question that the fit looks at. With as many as an answer has, questions of other fields were refused less. */
const fittedDepth = 30

/**
 * Fits the abstention to a build: questions made from its own headings and sentences, roughened the way people
 * rephrase, against questions about other things. A few seconds at most, for any embedding model; the result is
 * for `manifest.calibration`. A build too small to learn from gets the default weights.
 * @throws the signal's reason; DocentError `embedding_model`.
 */
export async function calibrate(
  build: IndexBuild,
  embedder: Embedder,
  options: CalibrateOptions = {},
): Promise<Calibration> {
  const {signal, seed = 1, samples = 240} = options
  const random = seededRandom(seed)
  const own = ownQuestions(build, samples, random)
  const {sections} = build.manifest.counts
  if (sections < minSections || own.length < minSections) {
    return {...defaultCalibration, threshold: cautiousThreshold(sections)}
  }

  signal?.throwIfAborted()
  // Asked all at once: an embedder in a process of its own answers many as fast as one.
  const [ownVectors, foreignVectors] = await Promise.all(
    [own, foreignQuestions].map((questions) =>
      Promise.all(questions.map((question) => embedder.embedQuery(question))),
    ),
  )
  const gather = async (
    questions: readonly string[],
    vectors: readonly Float32Array[],
  ): Promise<Evidence[]> => {
    const found: Evidence[] = []
    for (const [i, question] of questions.entries()) {
      await breathe()
      signal?.throwIfAborted()
      found.push(evidenceFor(build, question, vectors[i]!))
    }
    return found
  }
  const answerable = await gather(own, ownVectors!)
  const unanswerable = (await gather(foreignQuestions, foreignVectors!)).filter(
    // A build may answer one of them after all.
    ({coverage, phrases}) => coverage < 0.9 || phrases < 0.6,
  )
  return fitCalibration(answerable, unanswerable, sections)
}

function evidenceFor(build: IndexBuild, question: string, vector: Float32Array): Evidence {
  const wanted = {
    terms: questionTermsOf(build, question),
    vector,
    contextTerms: [],
    contextWeight: 0,
    version: null,
  }
  return evidenceOf(wanted, rankedSections(build, wanted, fittedDepth, new Set()))
}
