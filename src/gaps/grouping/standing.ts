import {type GapReason, type GapScope, type Severity, severities} from '../gap.ts'

/** A question of a gap, as far as it decides how the gap stands. */
export interface CountedQuestion {
  readonly conversation: string
  readonly askedAt: number
  readonly lang: string | null
  readonly version: string | null
  readonly reason: GapReason
  readonly isElsewhere: boolean
}

/** What is known of a gap from all its questions. */
export interface Standing {
  readonly size: number
  readonly conversations: number
  readonly recent: number
  readonly before: number
  readonly reasons: Partial<Record<GapReason, number>>
  readonly scope: GapScope
  readonly lang: string | null
  readonly version: string | null
  readonly weight: number
  readonly severity: Severity
  readonly firstAskedAt: number
  readonly lastAskedAt: number
}

const dayMs = 24 * 60 * 60 * 1000

/** What a conversation adds to the weight of a gap, by the strongest reason in it. */
const weights: Readonly<Record<GapReason, number>> = {
  failedReview: 3,
  abstained: 3,
  disliked: 3,
  partly: 2,
  left: 1,
}
/** Older ones count half. */
const freshMs = 28 * dayMs
/** Five conversations without an answer in four weeks, and two. */
const heaviest = {high: 15, medium: 6} as const

/** @param now in milliseconds since the epoch. */
export function standingOf(questions: readonly CountedQuestion[], now: number): Standing {
  const reasons: Partial<Record<GapReason, number>> = {}
  const byConversation = new Map<string, number>()
  let recent = 0
  let before = 0
  let elsewhere = 0
  let firstAskedAt = Number.POSITIVE_INFINITY
  let lastAskedAt = 0
  for (const {conversation, askedAt, reason, isElsewhere} of questions) {
    reasons[reason] = (reasons[reason] ?? 0) + 1
    const age = now - askedAt
    if (age < 7 * dayMs) recent++
    else if (age < 14 * dayMs) before++
    if (isElsewhere) elsewhere++
    const weight = age < freshMs ? weights[reason] : weights[reason] / 2
    byConversation.set(conversation, Math.max(byConversation.get(conversation) ?? 0, weight))
    firstAskedAt = Math.min(firstAskedAt, askedAt)
    lastAskedAt = Math.max(lastAskedAt, askedAt)
  }
  const weight = [...byConversation.values()].reduce((sum, each) => sum + each, 0)
  return {
    size: questions.length,
    conversations: byConversation.size,
    ...{recent, before, reasons, weight, firstAskedAt, lastAskedAt},
    scope: elsewhere * 2 > questions.length ? 'elsewhere' : 'here',
    lang: mostFrequent(questions.map(({lang}) => lang)),
    version: mostFrequent(questions.map(({version}) => version)),
    severity: severityOf(weight),
  }
}

function severityOf(weight: number): Severity {
  if (weight >= heaviest.high) return severities[2]
  return weight >= heaviest.medium ? severities[1] : severities[0]
}

/** The value of more than half; null for none. */
function mostFrequent(values: readonly (string | null)[]): string | null {
  const counts = new Map<string | null, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  for (const [value, count] of counts) if (count * 2 > values.length) return value
  return null
}
