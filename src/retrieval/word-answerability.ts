import type {AnswerabilityFeatures} from './answerability-features.ts'

/**
 * What tells by words alone, where the embedding model does not know the language, whether docs answer a question, each
 * feature from 0 to 1. Found on questions in five languages about translated docs, and on out-of-domain questions in
 * the same: together they tell 0.97 of the pairs apart (area under the curve), `coverage` alone 0.95.
 */
const weights = {coverage: 1, headings: 1, known: 0.4, phrases: 0.3} as const satisfies Partial<
  Record<keyof AnswerabilityFeatures, number>
>

/**
 * The score at which Docent is in doubt. In small docs a word is missing by chance, and in large ones general words are
 * there by chance: what is wanted grows with the logarithm of the number of sections.
 */
const doubt = {sections: 480, score: 0.8, byFactorE: 0.1, least: 0.5, most: 1}
/** How fast answerability grows with the score. */
const steepness = 8

/**
 * From 0 to 1, on the scale of the build's other decisions: at `threshold`, which is above 0, Docent is in doubt.
 * @param sections of the build.
 */
export function wordAnswerabilityOf(
  features: Pick<AnswerabilityFeatures, keyof typeof weights>,
  sections: number,
  threshold: number,
): number {
  const names = Object.keys(weights) as (keyof typeof weights)[]
  const score = names.reduce((sum, name) => sum + weights[name] * features[name], 0)
  return 1 / (1 + Math.exp(-steepness * (score - doubtAt(sections))) * (1 / threshold - 1))
}

function doubtAt(sections: number): number {
  const score = doubt.score + doubt.byFactorE * Math.log(Math.max(1, sections) / doubt.sections)
  return Math.min(doubt.most, Math.max(doubt.least, score))
}
