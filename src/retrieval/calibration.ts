import {z} from 'zod'
import {type AnswerabilityFeatures, answerabilityFeatureNames} from './answerability-features.ts'
import {type EnglishCalibration, type EnglishFeatures, englishFeatureNames} from './english-answerability.ts'

/** How features decide between answering and abstaining, fitted to one build. JSON. */
export interface Calibration {
  readonly format: 1
  /**
   * Decides questions in English; null where the docs are in another language or too small. Absent in builds made before
   * there was one, or with other features. The rest, a logistic regression, decides where it does not.
   */
  readonly english?: EnglishCalibration | null
  readonly weights: Readonly<Record<keyof AnswerabilityFeatures, number>>
  readonly bias: number
  /** Docent abstains where answerability is below it. */
  readonly threshold: number
  /** How well it separates the questions it was fitted to; null for the default. */
  readonly fit: CalibrationFit | null
}

export interface CalibrationFit {
  /** Number of questions of each kind. */
  readonly answerable: number
  readonly unanswerable: number
  readonly auroc: number
  /** Shares below the threshold. */
  readonly refusedAnswerable: number
  readonly refusedUnanswerable: number
}

/** For builds without a calibration of their own; also the prior of every fit. */
export const defaultCalibration: Calibration = {
  format: 1,
  english: null,
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

/** How likely it is that the docs have the answer: from 0 to 1, not a true probability. */
export function answerabilityOf(features: AnswerabilityFeatures, calibration: Calibration): number {
  let sum = calibration.bias
  for (const name of answerabilityFeatureNames) sum += calibration.weights[name] * features[name]
  return 1 / (1 + Math.exp(-sum))
}

const shift = z.object({from: z.number(), to: z.number()})
const englishFeatures = z.object(
  Object.fromEntries(englishFeatureNames.map((name) => [name, z.number()])) as Record<
    keyof EnglishFeatures,
    z.ZodNumber
  >,
)
const englishCalibration = z
  .object({
    outOfDomain: englishFeatures,
    synthetic: englishFeatures,
    cosines: z.object({factor: z.number(), similarity: shift, domain: shift}).nullable(),
  })
  .nullable()

/** The calibration in a manifest; the default when it has none, or one of another format. */
export function parseCalibration(value: unknown): Calibration {
  if (typeof value !== 'object' || value === null) return defaultCalibration
  const {format, english, weights, bias, threshold, fit} = value as Partial<Calibration>
  const isValid =
    format === 1 &&
    typeof weights === 'object' &&
    weights !== null &&
    answerabilityFeatureNames.every((name) => Number.isFinite(weights[name])) &&
    Number.isFinite(bias) &&
    Number.isFinite(threshold)
  if (!isValid) return defaultCalibration
  const parsedEnglish = englishCalibration.safeParse(english)
  return {
    format: 1,
    ...(parsedEnglish.success ? {english: parsedEnglish.data} : {}),
    weights,
    bias: bias as number,
    threshold: threshold as number,
    fit: fit ?? null,
  }
}

/** Whether a calibration in a manifest has all that one made today has. */
export function isCurrentCalibration(value: unknown): boolean {
  return parseCalibration(value).english !== undefined
}
