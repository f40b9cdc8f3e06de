import type {Request, Response} from 'express'
import {type DocentError, rateLimited} from '../../domain/index.ts'
import {type BudgetClaim, type DailyBudgetOptions, dailyBudget} from './daily-budget.ts'
import type {LimitStore, MinuteCount} from './limit-store.ts'
import {unknownVisitor} from './visitor-keys.ts'

export interface LimitOptions extends DailyBudgetOptions {
  /** Maximum questions of a visitor in a minute; 0 for no limit. */
  readonly rateLimitPerMinute: number
  readonly searchLimitPerMinute: number
  /** Maximum requests of any kind and WebSocket messages of a visitor in a minute; 0 for no limit. */
  readonly requestLimitPerMinute: number
  /** Maximum concurrent answers of one visitor; 0 for no limit. */
  readonly maxConcurrentAnswersPerVisitor: number
}

/** Must be called once, when an answer has ended or could not begin after all. */
export type OnAnswerEnd = (ended: {readonly calledModel: boolean}) => void

/** The connection of a stream: a response or a socket. */
export interface Closable {
  readonly destroyed: boolean
  once(event: 'close', listener: () => void): unknown
}

/** Limits on what visitors can use. Each call checks and counts in one atomic step of the store. */
export interface Limits {
  /** Counts a request or a message, before any work is done for it. @throws DocentError `rate_limited`. */
  countRequest(visitor: string): Promise<void>
  /** Counts one search. Sets the RateLimit headers where there is a response. @throws DocentError `rate_limited`. */
  countSearch(visitor: string, response?: Response): Promise<void>
  /**
   * Counts a question, and its answer until it ends, against the visitor's concurrent answers and the daily budget. For
   * answers that are about to begin, not for those that are only joined.
   * @param options `mayCallModel`: whether a model may be called for it; if not, the budget is left alone. Default true.
   * @returns a function to call when the answer has ended.
   * @throws DocentError `rate_limited`.
   */
  admitAnswer(
    visitor: string,
    response?: Response,
    options?: {readonly mayCallModel?: boolean},
  ): Promise<OnAnswerEnd>
  /** Counts a stream until it closes. Resolves with false if it has closed already. @throws DocentError `rate_limited`. */
  openStream(visitor: string, stream: Closable): Promise<boolean>
}

/** Maximum open streams of a visitor for each concurrent answer: several tabs may read one answer. */
const streamsPerAnswer = 8
/** How soon an answer or a stream of the visitor may have ended. */
const busyRetryMs = 2000

/** `now` returns milliseconds since the epoch. */
export function createLimits(options: LimitOptions, store: LimitStore, now: () => number = Date.now): Limits {
  const {maxConcurrentAnswersPerVisitor: maxAnswers} = options

  /** @throws DocentError `rate_limited` if the visitor has reached the limit of the minute. */
  async function count(what: CountedLimit, max: number, visitor: string, response?: Response): Promise<void> {
    if (max === 0) return
    const minute = await store.countInMinute(`${what} of ${visitor}`, max)
    if (response && !response.headersSent) setRateLimitHeaders(response, max, minute)
    if (!minute.isAllowed) throw tooMany(what, max, minute)
  }

  /** Acquires all claims. @throws DocentError: the refusal of the first one that is at its limit. */
  async function acquire(claims: readonly BudgetClaim[]): Promise<(isSpent: boolean) => Promise<void>> {
    if (claims.length === 0) return async () => {}
    const acquisition = await store.acquire(claims.map(({claim}) => claim))
    if (acquisition.isAcquired) return acquisition.release
    throw claims[acquisition.fullIndex]!.refusal(acquisition.spent)
  }

  return {
    countRequest: (visitor) => count('requests', options.requestLimitPerMinute, visitor),
    countSearch: (visitor, response) => count('searches', options.searchLimitPerMinute, visitor, response),
    async admitAnswer(visitor, response, {mayCallModel = true} = {}) {
      const release = await acquire([
        ...slotClaims('answers', maxAnswers, visitor),
        ...(mayCallModel ? dailyBudget(options, visitor, now()) : []),
      ])
      try {
        await count('questions', options.rateLimitPerMinute, visitor, response)
      } catch (error) {
        await release(false)
        throw error
      }
      return ({calledModel}) => void release(calledModel)
    },
    async openStream(visitor, stream) {
      if (stream.destroyed) return false
      const release = await acquire(slotClaims('streams', maxAnswers * streamsPerAnswer, visitor))
      // 'close' is not emitted again for a stream that closed meanwhile.
      if (stream.destroyed) {
        await release(false)
        return false
      }
      stream.once('close', () => void release(false))
      return true
    },
  }
}

type CountedLimit = 'requests' | 'searches' | 'questions'

const busyMessages = {
  answers: 'Your other answers are still being written; stop one, or ask again when one has ended.',
  streams: 'Too many streams are open for you; close one, or try again in a moment.',
} as const

/** A claim of one of the visitor's slots; none if there is no limit. */
function slotClaims(limit: keyof typeof busyMessages, max: number, visitor: string): BudgetClaim[] {
  if (max === 0) return []
  const refusal = () => rateLimited(limit, busyMessages[limit], {retryAfterMs: busyRetryMs})
  return [{claim: {key: `${limit} of ${visitor}`, max, spentUntil: null}, refusal}]
}

function setRateLimitHeaders(response: Response, max: number, {remaining, resetMs}: MinuteCount): void {
  response.setHeader('ratelimit-limit', max)
  response.setHeader('ratelimit-remaining', remaining)
  response.setHeader('ratelimit-reset', Math.ceil(resetMs / 1000))
}

function tooMany(what: CountedLimit, max: number, {resetMs}: MinuteCount): DocentError {
  const seconds = Math.ceil(resetMs / 1000)
  return rateLimited(
    what,
    `No more than ${max} ${what} in a minute; try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    {retryAfterMs: resetMs},
  )
}

/**
 * What limits identify a visitor by: the IP address. Of an IPv6 address only the first 64 bits, because one household
 * has all of the rest.
 */
export function visitorOf(request: Request): string {
  return visitorAt(request.ip ?? unknownVisitor)
}

/** The visitor at an IP address, in the form of `visitorOf`. */
export function visitorAt(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail?.split(':').filter(Boolean) ?? []
  const gap = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  return [...front, ...gap, ...back].slice(0, 4).join(':')
}
