import type {Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {type DailyBudgetOptions, dailyBudgetOf} from './daily-budget.ts'
import {type RateLimit, rateLimitOf} from './rate-limit.ts'
import {slotsOf} from './slots.ts'

export interface LimitOptions extends DailyBudgetOptions {
  /** Questions a visitor may ask in a minute; 0 for no limit. */
  readonly rateLimitPerMinute: number
  readonly searchLimitPerMinute: number
  /** Requests of any kind and WebSocket messages of a visitor in a minute; 0 for no limit. */
  readonly requestLimitPerMinute: number
  /** Answers written for one visitor at the same time; 0 for no limit. */
  readonly maxConcurrentAnswersPerVisitor: number
}

/** To be called once, when an answer has ended or has not begun after all. */
export type OnAnswerEnd = (ended: {readonly calledModel: boolean}) => void

/**
 * What bounds the cost that visitors can cause. Each call checks and counts in one synchronous step, so that no burst
 * gets past. Kept in memory: a restart forgets.
 */
export interface Limits {
  /** Counts a request or a message, before any work is done for it. @throws DocentError `rate_limited`. */
  countRequest(visitor: string): void
  /** Counts one search. Sets the RateLimit headers where there is a response. @throws DocentError `rate_limited`. */
  countSearch(visitor: string, response?: Response): void
  /**
   * Counts a question, and its answer until it ends: it has its place among the visitor's answers and in the day's
   * budget. For answers that are to begin, not for those that are only joined.
   * @returns what gives the place back.
   * @throws DocentError `rate_limited`.
   */
  admitAnswer(visitor: string, response?: Response): OnAnswerEnd
  /** Counts an open stream; call what it gives when the stream closes. @throws DocentError `rate_limited`. */
  openStream(visitor: string): () => void
}

/** Open streams a visitor may hold for each answer that may be written at the same time: tabs that read along. */
const streamsPerAnswer = 8
/** How soon an answer or a stream of the visitor's may have ended. */
const busyRetryMs = 2000

export function createLimits(options: LimitOptions): Limits {
  const {maxConcurrentAnswersPerVisitor} = options
  const questions = limitOf(options.rateLimitPerMinute)
  const searches = limitOf(options.searchLimitPerMinute)
  const requests = limitOf(options.requestLimitPerMinute)
  const takeFromDay = dailyBudgetOf(options)
  const takeAnswer = slotsOf(maxConcurrentAnswersPerVisitor)
  const takeStream = slotsOf(maxConcurrentAnswersPerVisitor * streamsPerAnswer)

  return {
    countRequest: (visitor) => take(requests, 'requests', visitor),
    countSearch: (visitor, response) => take(searches, 'searches', visitor, response),
    admitAnswer(visitor, response) {
      const free = takeAnswer(visitor)
      if (free === null) {
        throw busy(
          'answers',
          'Your other answers are still being written; stop one, or ask again when one has ended.',
        )
      }
      let giveBackToDay: ReturnType<typeof takeFromDay> | null = null
      try {
        giveBackToDay = takeFromDay(visitor)
        take(questions, 'questions', visitor, response)
      } catch (error) {
        giveBackToDay?.(false)
        free()
        throw error
      }
      return ({calledModel}) => {
        free()
        giveBackToDay(calledModel)
      }
    },
    openStream(visitor) {
      const free = takeStream(visitor)
      if (free === null)
        throw busy('streams', 'Too many streams are open for you; close one, or try again in a moment.')
      return free
    },
  }
}

/**
 * Who a visitor is, as far as limits go: the address. Of an IPv6 address the first 64 bits, since one household
 * has all of the rest.
 */
export function visitorOf(request: Request): string {
  return holderOf(request.ip ?? 'unknown')
}

/** Whoever has an address, as `visitorOf` tells visitors apart. */
export function holderOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail?.split(':').filter(Boolean) ?? []
  const gap = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  return [...front, ...gap, ...back].slice(0, 4).join(':')
}

function limitOf(perMinute: number): RateLimit | null {
  return perMinute > 0 ? rateLimitOf(perMinute) : null
}

/** @throws DocentError `rate_limited` when the visitor's minute has no room for one more. */
function take(limit: RateLimit | null, what: string, visitor: string, response?: Response): void {
  if (limit === null) return
  const {perMinute} = limit
  const {isAllowed, remaining, resetMs} = limit.take(visitor)
  const seconds = Math.ceil(resetMs / 1000)
  if (response && !response.headersSent) {
    response.setHeader('ratelimit-limit', perMinute)
    response.setHeader('ratelimit-remaining', remaining)
    response.setHeader('ratelimit-reset', seconds)
  }
  if (isAllowed) return
  throw new DocentError(
    'rate_limited',
    `No more than ${perMinute} ${what} in a minute; try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    {retryAfterMs: resetMs, details: {limit: what}},
  )
}

function busy(limit: string, message: string): DocentError {
  return new DocentError('rate_limited', message, {retryAfterMs: busyRetryMs, details: {limit}})
}
