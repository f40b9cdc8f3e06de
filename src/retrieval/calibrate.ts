import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import {type Embedder, knowsLanguage, type WordVectors} from '../embedding/index.ts'
import {seededRandom} from '../lib/random.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {type AnswerabilityFeatures, answerabilityFeaturesOf} from './answerability-features.ts'
import {calibrateEnglish} from './calibrate-english.ts'
import {type Calibration, defaultCalibration} from './calibration.ts'
import {type EnglishFeatures, englishFeaturesOf} from './english-answerability.ts'
import {fitCalibration, maxThreshold} from './fit-calibration.ts'
import {outOfDomainQuestions} from './out-of-domain-questions.ts'
import {questionTermsOf} from './question-terms.ts'
import {rankSections} from './ranking.ts'
import {syntheticQuestions} from './synthetic-questions.ts'
import {isTechnicalEnglishBuild} from './technical-english.ts'

export interface CalibrateOptions {
  readonly signal?: AbortSignal
  /** Same seed, same calibration; default 1. */
  readonly seed?: number
  /** Number of synthetic questions; default 240. */
  readonly samples?: number
}

/** With fewer sections a build says too little about what a usual question looks like. */
const minSections = 12

/** Candidates per question in the fit. With as many as an answer has, Docent abstained from fewer out-of-domain questions. */
const rankingDepth = 30

/**
 * Fits abstention to a build: synthetic questions from its own headings and sentences, varied the way people rephrase,
 * against out-of-domain questions. A few seconds at most, for any embedding model; the result is for
 * `manifest.calibration`. A build too small to learn from gets the default weights.
 * @throws the signal's reason; DocentError `embedding_model`.
 */
export async function calibrate(
  whole: IndexBuild,
  embedder: Embedder,
  options: CalibrateOptions = {},
): Promise<Calibration> {
  const build = knownPart(whole, embedder)
  const {signal, seed = 1, samples = 240} = options
  const random = seededRandom(seed)
  const synthetic = syntheticQuestions(build, samples, random)
  const {sections} = build.manifest.counts
  if (sections < minSections || synthetic.length < minSections) {
    return {...defaultCalibration, threshold: maxThreshold(sections)}
  }

  signal?.throwIfAborted()
  // All at once: an embedder in a process of its own embeds many as fast as one.
  const [syntheticVectors, outOfDomainVectors] = await Promise.all(
    [synthetic, outOfDomainQuestions].map((questions) =>
      Promise.all(questions.map((question) => embedder.embedQuery(question))),
    ),
  )
  const isEnglish = isTechnicalEnglishBuild(build)
  const collect = async (
    questions: readonly string[],
    vectors: readonly Float32Array[],
  ): Promise<QuestionFeatures[]> => {
    const found: QuestionFeatures[] = []
    for (const [i, question] of questions.entries()) {
      await yieldToEventLoop()
      signal?.throwIfAborted()
      found.push(featuresOfQuestion(build, question, vectors[i]!, embedder.words ?? null, isEnglish))
    }
    return found
  }
  const answerable = await collect(synthetic, syntheticVectors!)
  const others = await collect(outOfDomainQuestions, outOfDomainVectors!)
  const unanswerable = others
    .map(({features}) => features)
    // A build may answer one of them.
    .filter(({coverage, phrases}) => coverage < 0.9 || phrases < 0.6)
  const englishOf = (found: readonly QuestionFeatures[]) => found.flatMap(({english}) => english ?? [])
  return {
    ...fitCalibration(
      answerable.map(({features}) => features),
      unanswerable,
      sections,
    ),
    english: isEnglish ? calibrateEnglish(build, englishOf(answerable), englishOf(others)) : null,
  }
}

/** The pages in a language that the model knows, that of the site if it is one: of others its cosines say nothing. */
function knownPart(build: IndexBuild, embedder: Embedder): IndexBuild {
  const languages = build.languages().map(({lang}) => lang)
  const known = [build.language, ...languages].find((lang) => lang !== null && knowsLanguage(embedder, lang))
  return known == null || languages.length < 2 ? build : build.part({lang: known, versions: null})
}

interface QuestionFeatures {
  readonly features: AnswerabilityFeatures
  /** Null where the docs are not in English. */
  readonly english: EnglishFeatures | null
}

function featuresOfQuestion(
  build: IndexBuild,
  question: string,
  vector: Float32Array,
  wordVectors: WordVectors | null,
  isEnglish: boolean,
): QuestionFeatures {
  const query = {
    terms: questionTermsOf(build, question),
    vector,
    contextTerms: [],
    contextWeight: 0,
    wordVectors,
  }
  const ranking = rankSections(build, query, rankingDepth, new Set())
  const features = answerabilityFeaturesOf(query, ranking)
  return {features, english: isEnglish ? englishFeaturesOf(build, question, query.terms, features) : null}
}
