import type {Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {type BudgetClaim, type DailyBudgetOptions, dailyBudget} from './daily-budget.ts'
import type {LimitStore, Minute} from './limit-store.ts'

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

/** What a visitor holds a stream by: a response, or a socket. */
export interface Closable {
  readonly destroyed: boolean
  once(event: 'close', listener: () => void): unknown
}

/** What bounds the cost that visitors can cause. Each call checks and counts in one step of the store. */
export interface Limits {
  /** Counts a request or a message, before any work is done for it. @throws DocentError `rate_limited`. */
  countRequest(visitor: string): Promise<void>
  /** Counts one search. Sets the RateLimit headers where there is a response. @throws DocentError `rate_limited`. */
  countSearch(visitor: string, response?: Response): Promise<void>
  /**
   * Counts a question, and its answer until it ends: it has its place among the visitor's answers and in the day's
   * budget. For answers that are to begin, not for those that are only joined.
   * @returns what gives the place back.
   * @throws DocentError `rate_limited`.
   */
  admitAnswer(visitor: string, response?: Response): Promise<OnAnswerEnd>
  /** Counts an open stream until it closes. False when it has closed already. @throws DocentError `rate_limited`. */
  openStream(visitor: string, stream: Closable): Promise<boolean>
}

/** Open streams a visitor may hold for each answer that may be written at the same time: tabs that read along. */
const streamsPerAnswer = 8
/** How soon an answer or a stream of the visitor's may have ended. */
const busyRetryMs = 2000

/** `now` returns milliseconds since the epoch. */
export function createLimits(options: LimitOptions, store: LimitStore, now: () => number = Date.now): Limits {
  const {maxConcurrentAnswersPerVisitor: maxAnswers} = options

  /** @throws DocentError `rate_limited` when the visitor's minute has no room for one more. */
  async function count(what: string, most: number, visitor: string, response?: Response): Promise<void> {
    if (most === 0) return
    const minute = await store.countInMinute(`${what} of ${visitor}`, most)
    if (response && !response.headersSent) setRateLimitHeaders(response, most, minute)
    if (!minute.isAllowed) throw tooMany(what, most, minute)
  }

  /** Takes all of the claims. @throws DocentError: the refusal of the first that has no room. */
  async function take(claims: readonly BudgetClaim[]): Promise<(isSpent: boolean) => Promise<void>> {
    if (claims.length === 0) return async () => {}
    const taken = await store.take(claims.map(({claim}) => claim))
    if (taken.isTaken) return taken.giveBack
    throw claims[taken.full]!.refusal(taken.spent)
  }

  return {
    countRequest: (visitor) => count('requests', options.requestLimitPerMinute, visitor),
    countSearch: (visitor, response) => count('searches', options.searchLimitPerMinute, visitor, response),
    async admitAnswer(visitor, response) {
      const giveBack = await take([
        ...placesOf('answers', maxAnswers, visitor),
        ...dailyBudget(options, visitor, now()),
      ])
      try {
        await count('questions', options.rateLimitPerMinute, visitor, response)
      } catch (error) {
        await giveBack(false)
        throw error
      }
      return ({calledModel}) => void giveBack(calledModel)
    },
    async openStream(visitor, stream) {
      if (stream.destroyed) return false
      const giveBack = await take(placesOf('streams', maxAnswers * streamsPerAnswer, visitor))
      // 'close' does not come again for one that closed meanwhile.
      if (stream.destroyed) {
        await giveBack(false)
        return false
      }
      stream.once('close', () => void giveBack(false))
      return true
    },
  }
}

const busySentences = {
  answers: 'Your other answers are still being written; stop one, or ask again when one has ended.',
  streams: 'Too many streams are open for you; close one, or try again in a moment.',
} as const

/** One place of so many that a visitor may hold at the same time; nothing where there is no limit. */
function placesOf(limit: keyof typeof busySentences, most: number, visitor: string): BudgetClaim[] {
  if (most === 0) return []
  const refusal = () =>
    new DocentError('rate_limited', busySentences[limit], {retryAfterMs: busyRetryMs, details: {limit}})
  return [{claim: {key: `${limit} of ${visitor}`, most, spentUntil: null}, refusal}]
}

function setRateLimitHeaders(response: Response, most: number, {remaining, resetMs}: Minute): void {
  response.setHeader('ratelimit-limit', most)
  response.setHeader('ratelimit-remaining', remaining)
  response.setHeader('ratelimit-reset', Math.ceil(resetMs / 1000))
}

function tooMany(what: string, most: number, {resetMs}: Minute): DocentError {
  const seconds = Math.ceil(resetMs / 1000)
  return new DocentError(
    'rate_limited',
    `No more than ${most} ${what} in a minute; try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    {retryAfterMs: resetMs, details: {limit: what}},
  )
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
