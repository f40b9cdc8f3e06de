import {type Evidence, evidenceNames} from './evidence.ts'

/** When the evidence is enough to answer: a logistic regression over its signals, fitted to one build. JSON. */
export interface Calibration {
  readonly format: 1
  readonly weights: Readonly<Record<keyof Evidence, number>>
  readonly bias: number
  /** Answerability below this abstains. */
  readonly threshold: number
  /** How it did on the questions it was fitted with; null for the one that ships. */
  readonly fit: {
    readonly answerable: number
    readonly unanswerable: number
    readonly auroc: number
    /** Shares at the threshold. */
    readonly refusedAnswerable: number
    readonly refusedUnanswerable: number
  } | null
}

/** What a build without a calibration of its own goes by. */
export const defaultCalibration: Calibration = {
  format: 1,
  weights: {cosine: 0.6, coverage: 4, headings: 1.5, known: 3, agreement: 1, gap: 0, phrases: 1},
  bias: -7,
  threshold: 0.15,
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
