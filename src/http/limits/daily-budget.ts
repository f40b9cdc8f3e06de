import {type DocentError, rateLimited} from '../../domain/index.ts'
import type {Claim} from './limit-store.ts'

export interface DailyBudgetOptions {
  /** Maximum answers by a model in a day, of all visitors together; 0 for no limit. */
  readonly answersPerDay: number
  /** Maximum of these for one visitor; 0 for no limit. Null: a fifth, at least 5. */
  readonly answersPerDayPerVisitor: number | null
}

/** A claim, and the error for the visitor if it is at its limit. */
export interface BudgetClaim {
  readonly claim: Claim
  /** @param spent how many of the claim are spent. */
  readonly refusal: (spent: number) => DocentError
}

type Limit = 'answers_per_day' | 'share_of_day'

const messages: Readonly<Record<Limit, {readonly isSpent: string; readonly isHeld: string}>> = {
  answers_per_day: {
    isSpent: 'Today’s answers are used up; ask again after midnight UTC.',
    isHeld: 'Today’s last answers are being written; ask again in a moment.',
  },
  share_of_day: {
    isSpent: 'Your share of today’s answers is used up; ask again after midnight UTC.',
    isHeld: 'The last answers of your share for today are being written; ask again in a moment.',
  },
}

/** How soon a running answer may have ended without calling a model. */
const heldRetryMs = 2000
const dayMs = 24 * 60 * 60 * 1000

/**
 * The limits on cost: the answers of a day (UTC) and the visitor's share of them. An answer counts as spent if a model
 * was called for it. A limit of 0 claims nothing. `now` is in milliseconds since the epoch.
 */
export function dailyBudget(options: DailyBudgetOptions, visitor: string, now: number): BudgetClaim[] {
  const date = new Date(now).toISOString().slice(0, 10)
  const midnight = Date.parse(date) + dayMs
  const claimOf = (limit: Limit, key: string, max: number): BudgetClaim => ({
    claim: {key, max, spentUntil: midnight},
    refusal: (spent) => refusal(limit, spent >= max, midnight - now),
  })
  return [
    claimOf('answers_per_day', `day ${date}`, options.answersPerDay),
    claimOf('share_of_day', `day ${date} of ${visitor}`, shareOf(options)),
  ].filter(({claim}) => claim.max > 0)
}

function shareOf({answersPerDay, answersPerDayPerVisitor: configured}: DailyBudgetOptions): number {
  if (configured !== null) return configured
  return answersPerDay === 0 ? 0 : Math.max(5, Math.ceil(answersPerDay / 5))
}

/** Why no answer is left, and for how long: until midnight, or until a running answer ends without calling a model. */
function refusal(limit: Limit, isUsedUp: boolean, untilMidnightMs: number): DocentError {
  const {isSpent, isHeld} = messages[limit]
  const [message, retryAfterMs] = isUsedUp ? [isSpent, untilMidnightMs] : [isHeld, heldRetryMs]
  return rateLimited(limit, message, {retryAfterMs})
}
