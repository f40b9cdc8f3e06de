import type {AbstentionReason, Answerability} from '../domain/index.ts'
import type {AnswerabilityFeatures} from './answerability-features.ts'

export interface AbstentionCase {
  readonly features: AnswerabilityFeatures
  /** Whether it is about a name that the docs never use, and nothing else. */
  readonly isAboutUnknownName: boolean
  /** Whether it has no word by which its subject could be told, nor a conversation before it. */
  readonly saysNothing: boolean
  /** Whether any section was found. */
  readonly hasCandidates: boolean
  /** From 0 to 1. */
  readonly answerability: number
  /** Docent abstains below it. */
  readonly threshold: number
  /** The version of the docs that was asked for; null for all. */
  readonly version: string | null
  /** Whether the question is about software at all; called only where it matters. */
  readonly isAboutSoftware: () => Promise<boolean>
}

/** Why the docs do not answer a question; null when they may. */
export async function abstentionReason(abstentionCase: AbstentionCase): Promise<AbstentionReason | null> {
  const {features, hasCandidates, answerability, threshold, version, isAboutSoftware} = abstentionCase
  if (!hasCandidates) return version === null ? 'no_hits' : 'version_empty'
  const {isAboutUnknownName, saysNothing} = abstentionCase
  if (answerability >= threshold && !isAboutUnknownName && !saysNothing) return null
  // One section has all its words: the docs are about this, but say too little.
  if (!saysNothing && features.known > 0.95 && features.coverage >= 0.6) return 'low_score'
  return (await isAboutSoftware()) ? 'other_product' : 'off_topic'
}

/** A follow-up that says little by itself: the more it depends on earlier turns, the lower its threshold. */
export function thresholdFor(threshold: number, dependence: number): number {
  return threshold * (1 - dependence) ** 2
}

/**
 * Answerability this much above the threshold is beyond doubt, in log odds. Chosen on seven sets of real documentation,
 * with the set measured left out.
 */
const doubtfulLogOdds = 1.5

/** How much of a question that is not refused the docs may answer. Threshold 0 refuses, and doubts, nothing. */
export function shadeOf(
  answerability: number,
  threshold: number,
  unknownWords: readonly string[],
): Answerability {
  if (unknownWords.length > 0) return 'partly'
  return logOdds(answerability) - logOdds(threshold) < doubtfulLogOdds ? 'partly' : 'yes'
}

function logOdds(share: number): number {
  return Math.log(share / (1 - share))
}
