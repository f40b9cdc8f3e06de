import {DocentError} from '../../domain/index.ts'

export interface DailyBudgetOptions {
  /** Answers of a model in a day over all visitors; 0 for no limit. */
  readonly answersPerDay: number
  /** Of these for one visitor; 0 for no limit. Null: a fifth, at least 5. */
  readonly answersPerDayPerVisitor: number | null
}

/**
 * Takes one answer of the day. Call what it gives once when the answer has ended: it counts when a model was called,
 * else it is given back. @throws DocentError `rate_limited`.
 */
export type TakeFromDay = (visitor: string) => (hasCalledModel: boolean) => void

/** Answers that have called a model, and those that may yet. */
interface Tally {
  spent: number
  pending: number
}

interface Day {
  readonly date: string
  readonly all: Tally
  /** Of those alone who have something in it. */
  readonly ofVisitors: Map<string, Tally>
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

/** What bounds the bill: the answers of a day (UTC) and each visitor's share of it. Kept in memory. */
export function dailyBudgetOf(options: DailyBudgetOptions, now: () => number = Date.now): TakeFromDay {
  const {answersPerDay} = options
  const share = shareOf(options)
  let today: Day = dayOf('')

  return (visitor) => {
    const date = new Date(now()).toISOString().slice(0, 10)
    if (date !== today.date) today = dayOf(date)
    const {all, ofVisitors} = today
    const own = ofVisitors.get(visitor) ?? {spent: 0, pending: 0}
    const untilMidnightMs = Date.parse(date) + dayMs - now()
    if (isFull(all, answersPerDay)) throw refusal('answers_per_day', all, answersPerDay, untilMidnightMs)
    if (isFull(own, share)) throw refusal('share_of_day', own, share, untilMidnightMs)

    ofVisitors.set(visitor, own)
    for (const tally of [all, own]) tally.pending++
    return (hasCalledModel) => {
      for (const tally of [all, own]) {
        tally.pending--
        if (hasCalledModel) tally.spent++
      }
      if (own.spent + own.pending === 0) ofVisitors.delete(visitor)
    }
  }
}

function dayOf(date: string): Day {
  return {date, all: {spent: 0, pending: 0}, ofVisitors: new Map()}
}

function shareOf({answersPerDay, answersPerDayPerVisitor: given}: DailyBudgetOptions): number {
  if (given !== null) return given
  return answersPerDay === 0 ? 0 : Math.max(5, Math.ceil(answersPerDay / 5))
}

function isFull({spent, pending}: Tally, most: number): boolean {
  return most > 0 && spent + pending >= most
}

/** Why there is none left, and for how long: until midnight, or until an answer gives back what it did not use. */
function refusal(limit: Limit, {spent}: Tally, most: number, untilMidnightMs: number): DocentError {
  const {isSpent, isTaken} = sentences[limit]
  const [message, retryAfterMs] = spent >= most ? [isSpent, untilMidnightMs] : [isTaken, takenRetryMs]
  return new DocentError('rate_limited', message, {retryAfterMs, details: {limit}})
}
