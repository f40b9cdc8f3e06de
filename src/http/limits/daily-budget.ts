import {DocentError} from '../../domain/index.ts'
import type {Claim} from './limit-store.ts'

export interface DailyBudgetOptions {
  /** Answers of a model in a day over all visitors; 0 for no limit. */
  readonly answersPerDay: number
  /** Of these for one visitor; 0 for no limit. Null: a fifth, at least 5. */
  readonly answersPerDayPerVisitor: number | null
}

/** A claim of a day's budget, and what a visitor is told when it has no room. */
export interface BudgetClaim {
  readonly claim: Claim
  /** `spent`: how many of it are spent. */
  readonly refusal: (spent: number) => DocentError
}

type Limit = 'answers_per_day' | 'share_of_day'

const sentences: Readonly<Record<Limit, {readonly isSpent: string; readonly isTaken: string}>> = {
  answers_per_day: {
    isSpent: 'The answers of this day are used up; ask again after midnight UTC.',
    isTaken: 'The last answers of this day are being written; ask again in a moment.',
  },
  share_of_day: {
    isSpent: 'Your share of this day’s answers is used up; ask again after midnight UTC.',
    isTaken: 'The last answers of your share of this day are being written; ask again in a moment.',
  },
}

/** How soon an answer may have ended without a model. */
const takenRetryMs = 2000
const dayMs = 24 * 60 * 60 * 1000

/**
 * What bounds the bill: the answers of a day (UTC) and the visitor's share of it. An answer is spent when a model was
 * called for it. Limits of 0 claim nothing. `now` is in milliseconds since the epoch.
 */
export function dailyBudget(options: DailyBudgetOptions, visitor: string, now: number): BudgetClaim[] {
  const date = new Date(now).toISOString().slice(0, 10)
  const midnight = Date.parse(date) + dayMs
  const claimOf = (limit: Limit, key: string, most: number): BudgetClaim => ({
    claim: {key, most, spentUntil: midnight},
    refusal: (spent) => refusal(limit, spent >= most, midnight - now),
  })
  return [
    claimOf('answers_per_day', `day ${date}`, options.answersPerDay),
    claimOf('share_of_day', `day ${date} of ${visitor}`, shareOf(options)),
  ].filter(({claim}) => claim.most > 0)
}

function shareOf({answersPerDay, answersPerDayPerVisitor: given}: DailyBudgetOptions): number {
  if (given !== null) return given
  return answersPerDay === 0 ? 0 : Math.max(5, Math.ceil(answersPerDay / 5))
}

/** Why there is none left, and for how long: until midnight, or until an answer gives back what it did not use. */
function refusal(limit: Limit, isUsedUp: boolean, untilMidnightMs: number): DocentError {
  const {isSpent, isTaken} = sentences[limit]
  const [message, retryAfterMs] = isUsedUp ? [isSpent, untilMidnightMs] : [isTaken, takenRetryMs]
  return new DocentError('rate_limited', message, {retryAfterMs, details: {limit}})
}
