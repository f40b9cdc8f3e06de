import {type Evidence, evidenceNames} from './evidence.ts'

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
