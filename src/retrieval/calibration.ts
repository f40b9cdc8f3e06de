import {setImmediate as breathe} from 'node:timers/promises'
import type {Embedder} from '../embedding/index.ts'
import {seededRandom} from '../lib/random.ts'
import {auroc} from '../lib/statistics.ts'
import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {sentencesOf} from '../text/sentences.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {tokensOf} from '../text/terms.ts'
import {type Evidence, evidenceNames, evidenceOf} from './evidence.ts'
import {foreignQuestions} from './foreign-questions.ts'
import {questionTermsOf, weightOf} from './question-terms.ts'
import {rankedSections} from './ranking.ts'

/** When the evidence is enough to answer: a logistic regression over its signals, fitted to one build. JSON. */
export interface Calibration {
  readonly format: 1
  readonly weights: Readonly<Record<keyof Evidence, number>>
  readonly bias: number
  /** Answerability below this abstains. */
  readonly threshold: number
  /** How it did on the questions it was fitted with; null for the one that ships. */
  readonly fit: CalibrationFit | null
}

export interface CalibrationFit {
  /** Questions of each kind. */
  readonly answerable: number
  readonly unanswerable: number
  readonly auroc: number
  /** Shares at the threshold. */
  readonly refusedAnswerable: number
  readonly refusedUnanswerable: number
}

/** What a build without a calibration of its own goes by, and what a fit is drawn towards. */
export const defaultCalibration: Calibration = {
  format: 1,
  weights: {
    cosine: 0,
    similarity: 6,
    domain: 4,
    coverage: 1.7,
    leadCoverage: 2.8,
    headings: 1,
    known: 0.4,
    familiarity: 7.2,
    agreement: 0.9,
    gap: -0.2,
    phrases: 1.7,
  },
  bias: -10.8,
  threshold: 0.16,
  fit: null,
}

/** Chance, as far as one may call it that, that the docs answer: from 0 to 1. */
export function answerabilityOf(evidence: Evidence, calibration: Calibration): number {
  let sum = calibration.bias
  for (const name of evidenceNames) sum += calibration.weights[name] * evidence[name]
  return 1 / (1 + Math.exp(-sum))
}

/** A calibration as a manifest holds it; the default one when it holds none, or one of another kind. */
export function parseCalibration(value: unknown): Calibration {
  if (typeof value !== 'object' || value === null) return defaultCalibration
  const {format, weights, bias, threshold, fit} = value as Partial<Calibration>
  const sound =
    format === 1 &&
    typeof weights === 'object' &&
    weights !== null &&
    evidenceNames.every((name) => Number.isFinite(weights[name])) &&
    Number.isFinite(bias) &&
    Number.isFinite(threshold)
  if (!sound) return defaultCalibration
  return {format: 1, weights, bias: bias as number, threshold: threshold as number, fit: fit ?? null}
}

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
    return {...defaultCalibration, threshold: usualThreshold * cautionOf(sections)}
  }

  signal?.throwIfAborted()
  // Asked all at once: an embedder in a process of its own answers many as fast as one.
  const [ownVectors, foreignVectors] = await Promise.all(
    [own, foreignQuestions].map((questions) =>
      Promise.all(questions.map((question) => embedder.embedQuery(question))),
    ),
  )
  const evidenceFor = async (question: string, vector: Float32Array): Promise<Evidence> => {
    await breathe()
    signal?.throwIfAborted()
    const wanted = {
      terms: questionTermsOf(build, question),
      vector,
      contextTerms: [],
      contextWeight: 0,
      version: null,
    }
    return evidenceOf(wanted, rankedSections(build, wanted, fittedDepth, new Set()))
  }
  const answerable: Evidence[] = []
  for (const [i, question] of own.entries()) answerable.push(await evidenceFor(question, ownVectors![i]!))
  const unanswerable: Evidence[] = []
  for (const [i, question] of foreignQuestions.entries()) {
    const evidence = await evidenceFor(question, foreignVectors![i]!)
    // A build may answer one of them after all.
    if (evidence.coverage < 0.9 || evidence.phrases < 0.6) unanswerable.push(evidence)
  }
  return fitted(answerable, unanswerable, sections)
}

/** Questions as people who know roughly what they want would put them: some words of a place, not all, and others. */
function ownQuestions(build: IndexBuild, count: number, random: () => number): string[] {
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
  const pages = build.pages()
  const randomSection = (): StoredSection | undefined => {
    const page = pick(pages)
    return page === undefined ? undefined : pick(build.sectionsOf(page.id))
  }
  const telling = (text: string) =>
    tokensOf(text).flatMap((token) => {
      const term = token.terms[0]!
      return isStopTerm(term) || token.end - token.start < 3 || /^\d/.test(term)
        ? []
        : [{word: text.slice(token.start, token.end), weight: weightOf(build, term)}]
    })
  const randomWord = (): string | undefined => {
    const section = randomSection()
    if (section === undefined) return undefined
    return pick(telling(pick(build.passagesOf(section.id))?.text ?? ''))?.word
  }
  const starts = [
    'how do I',
    'what is',
    'why does',
    'can I',
    'how to',
    'what happens when',
    'is there a way to',
  ]

  const questions: string[] = []
  for (let tries = 0; tries < count * 6 && questions.length < count; tries++) {
    const section = randomSection()
    if (section === undefined) continue
    const passage = pick(build.passagesOf(section.id))
    const fromHeading = random() < 0.4
    const text = fromHeading
      ? [section.page.title, section.headings.at(-1) ?? ''].join(' ')
      : (pick(sentencesOf(passage?.text ?? ''))?.text ?? '')
    const words = telling(text.slice(0, 400))
    if (words.length < (fromHeading ? 1 : 4)) continue
    // People seldom use the rarest word of a sentence: it is what they are looking for.
    const usual = words
      .sort((a, b) => a.weight - b.weight)
      .slice(0, Math.max(2, Math.ceil(words.length * 0.7)))
    const wanted = 2 + Math.floor(random() * 4)
    const chosen = new Set<string>()
    for (let draw = 0; draw < wanted * 2 && chosen.size < wanted; draw++) chosen.add(pick(usual)!.word)
    const strangers = Math.floor(random() * 3)
    for (let index = 0; index < strangers; index++) {
      const stranger = randomWord()
      if (stranger !== undefined) chosen.add(stranger)
    }
    questions.push(`${pick(starts)} ${[...chosen].sort(() => random() - 0.5).join(' ')}`)
  }
  return questions
}

const rounds = 400
const rate = 0.5
/** How strongly a fit is drawn towards the default weights. */
const pull = 0.01

/**
 * Where the line is drawn. Refusing what the docs answer is the worse mistake, so hardly any of the build's own
 * questions may fall below it; but made questions name things more exactly than people do, so their margin alone
 * is not enough: a build of some size draws it at `usualThreshold`, a smaller one lower. The fewer words a build
 * has, the more of anyone's usual words are missing from it, and the less a missing word says.
 */
const refusableOwn = 0.02
const usualThreshold = 0.22
const usualSections = 2_000
const leastCaution = 0.07

function cautionOf(sections: number): number {
  return Math.max(leastCaution, Math.min(1, sections / usualSections) ** 0.8)
}

/** Logistic regression by gradient descent, both kinds weighing the same. */
function fitted(
  answerable: readonly Evidence[],
  unanswerable: readonly Evidence[],
  sections: number,
): Calibration {
  const towards = evidenceNames.map((name) => defaultCalibration.weights[name])
  const values = [...towards]
  let bias = defaultCalibration.bias
  const rows = [
    ...answerable.map((evidence) => ({evidence, label: 1, share: 0.5 / answerable.length})),
    ...unanswerable.map((evidence) => ({evidence, label: 0, share: 0.5 / Math.max(1, unanswerable.length)})),
  ].map(({evidence, label, share}) => ({signals: evidenceNames.map((name) => evidence[name]), label, share}))
  for (let round = 0; round < rounds; round++) {
    const step = new Float64Array(values.length)
    let biasStep = 0
    for (const {signals, label, share} of rows) {
      let sum = bias
      for (let at = 0; at < values.length; at++) sum += values[at]! * signals[at]!
      const error = share * (label - 1 / (1 + Math.exp(-sum)))
      for (let at = 0; at < values.length; at++) step[at]! += error * signals[at]!
      biasStep += error
    }
    for (const [at, name] of evidenceNames.entries()) {
      if (name !== 'cosine') values[at]! += rate * (step[at]! - pull * (values[at]! - towards[at]!))
    }
    bias += rate * biasStep
  }
  const weights = Object.fromEntries(evidenceNames.map((name, at) => [name, values[at]!])) as Record<
    keyof Evidence,
    number
  >

  const draft: Calibration = {format: 1, weights, bias, threshold: 0, fit: null}
  const right = answerable.map((evidence) => answerabilityOf(evidence, draft)).sort((a, b) => a - b)
  const wrong = unanswerable.map((evidence) => answerabilityOf(evidence, draft)).sort((a, b) => a - b)
  const threshold = Math.min(
    right[Math.floor(right.length * refusableOwn)] ?? 0,
    usualThreshold * cautionOf(sections),
  )
  return {
    ...draft,
    threshold,
    fit: {
      answerable: right.length,
      unanswerable: wrong.length,
      auroc: auroc(right, wrong) ?? 0,
      refusedAnswerable: right.filter((score) => score < threshold).length / right.length,
      refusedUnanswerable: wrong.filter((score) => score < threshold).length / Math.max(1, wrong.length),
    },
  }
}
