import type {AbstentionReason} from '../domain/index.ts'
import type {Evidence} from './evidence.ts'

export interface AbstentionCase {
  readonly evidence: Evidence
  /** Whether any section was found. */
  readonly hasCandidates: boolean
  /** From 0 to 1. */
  readonly answerability: number
  /** Below it the docs do not answer. */
  readonly threshold: number
  /** The version of the docs that was asked for; null for all. */
  readonly version: string | null
  /** Whether the question is about software at all; asked only where it matters. */
  readonly isAboutSoftware: () => Promise<boolean>
}

/** Why the docs do not answer a question; null when they may. */
export async function abstentionReason(given: AbstentionCase): Promise<AbstentionReason | null> {
  const {evidence, hasCandidates, answerability, threshold, version, isAboutSoftware} = given
  if (!hasCandidates) return version === null ? 'no_hits' : 'version_empty'
  if (answerability >= threshold) return null
  // All its words stand together somewhere: the docs are about this, and say too little.
  if (evidence.known > 0.95 && evidence.coverage >= 0.6) return 'low_score'
  return (await isAboutSoftware()) ? 'other_product' : 'off_topic'
}

/** A follow-up's own words say little; the more it leans on what was said before, the less they may decide. */
export function thresholdFor(threshold: number, topicWeight: number): number {
  return threshold * (1 - topicWeight) ** 2
}
