import type {Candidate} from './candidate.ts'

/** A score between 0 and 1, comparable within one search only. */
export function shownScore(score: number): number {
  return Math.round((1 / (1 + Math.exp(-(score - 8) / 3))) * 1e4) / 1e4
}

/** The unscaled score, as `fused`, and the features behind it by name. */
export function scoresOf({features, score}: Candidate): Record<string, number> {
  return rounded({fused: score, ...features})
}

/** The same values with three decimals. */
export function rounded(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Math.round(value * 1e3) / 1e3]),
  )
}
