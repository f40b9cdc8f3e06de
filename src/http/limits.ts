import {createHash} from 'node:crypto'
import type {Request, Response} from 'express'
import {RateLimiterMemory, type RateLimiterRes} from 'rate-limiter-flexible'
import {DocentError} from '../domain/index.ts'

export interface LimitOptions {
  /** Questions a visitor may ask in a minute; 0 for no limit. */
  readonly rateLimitPerMinute: number
  readonly searchLimitPerMinute: number
  /** Answers written for one visitor at the same time; 0 for no limit. */
  readonly maxConcurrentAnswersPerVisitor: number
  /** Over all visitors; 0 for no limit. */
  readonly answersPerDay: number
}

/** What bounds the cost that visitors can cause. Kept in memory: a restart forgets. */
export interface Limits {
  /** Counts one question. Sets the RateLimit headers where there is a response. @throws DocentError `rate_limited`. */
  countQuestion(visitor: string, response?: Response): Promise<void>
  /** Counts one search. @throws DocentError `rate_limited`. */
  countSearch(visitor: string, response?: Response): Promise<void>
  /** Notes an answer that is being written for a visitor. @throws nothing. */
  began(visitor: string, answerId: string): void
  ended(visitor: string, answerId: string): void
  /** Counts an open stream; call what it gives when the stream closes. @throws DocentError `rate_limited`. */
  openStream(visitor: string): () => void
  close(): void
}

/** Open streams a visitor may hold for each answer that may be written at the same time: tabs that read along. */
const streamsPerAnswer = 8

/** @param isRunning tells whether an answer is still being written: a reader may leave before its end is seen. */
export function createLimits(
  options: LimitOptions,
  isRunning: (answerId: string) => boolean,
  now: () => number = Date.now,
): Limits {
  const {rateLimitPerMinute, searchLimitPerMinute, maxConcurrentAnswersPerVisitor, answersPerDay} = options
  const questions = limiterOf(rateLimitPerMinute)
  const searches = limiterOf(searchLimitPerMinute)
  const running = new Map<string, Set<string>>()
  const streams = new Map<string, number>()
  let day = ''
  let answersToday = 0

  const sweep = setInterval(() => {
    for (const visitor of running.keys()) forgetEnded(visitor)
  }, 60_000)
  sweep.unref()

  function forgetEnded(visitor: string): number {
    const answers = running.get(visitor)
    if (!answers) return 0
    for (const answerId of answers) if (!isRunning(answerId)) answers.delete(answerId)
    if (answers.size === 0) running.delete(visitor)
    return answers.size
  }

  return {
    async countQuestion(visitor, response) {
      const today = new Date(now()).toISOString().slice(0, 10)
      if (today !== day) {
        day = today
        answersToday = 0
      }
      if (answersPerDay > 0 && answersToday >= answersPerDay) {
        const midnight = Date.parse(`${today}T00:00:00Z`) + 24 * 60 * 60 * 1000
        throw new DocentError('rate_limited', 'The answers of this day are used up.', {
          retryAfterMs: midnight - now(),
        })
      }
      if (
        maxConcurrentAnswersPerVisitor > 0 &&
        (running.get(visitor)?.size ?? 0) >= maxConcurrentAnswersPerVisitor &&
        forgetEnded(visitor) >= maxConcurrentAnswersPerVisitor
      ) {
        throw new DocentError(
          'rate_limited',
          'Too many answers are being written for you at the same time. Wait for one to end, or stop it.',
          {retryAfterMs: 2000},
        )
      }
      await consume(questions, rateLimitPerMinute, visitor, response)
      answersToday++
    },
    countSearch: (visitor, response) => consume(searches, searchLimitPerMinute, visitor, response),
    began(visitor, answerId) {
      if (maxConcurrentAnswersPerVisitor === 0) return
      const answers = running.get(visitor)
      if (answers) answers.add(answerId)
      else running.set(visitor, new Set([answerId]))
    },
    ended(visitor, answerId) {
      const answers = running.get(visitor)
      answers?.delete(answerId)
      if (answers?.size === 0) running.delete(visitor)
    },
    openStream(visitor) {
      const open = streams.get(visitor) ?? 0
      const most = maxConcurrentAnswersPerVisitor * streamsPerAnswer
      if (most > 0 && open >= most) {
        throw new DocentError('rate_limited', 'Too many streams are open for you at the same time.', {
          retryAfterMs: 2000,
        })
      }
      streams.set(visitor, open + 1)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        const left = (streams.get(visitor) ?? 1) - 1
        if (left > 0) streams.set(visitor, left)
        else streams.delete(visitor)
      }
    },
    close: () => clearInterval(sweep),
  }
}

/**
 * Who a visitor is, as far as limits go: the address. Of an IPv6 address the first 64 bits, since one household
 * has all of the rest.
 */
export function visitorOf(request: Request): string {
  const address = request.ip ?? 'unknown'
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail?.split(':').filter(Boolean) ?? []
  const gap = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  return [...front, ...gap, ...back].slice(0, 4).join(':')
}

/**
 * A visitor's idempotency key as it is looked up and logged: nobody joins the answer of another visitor by using
 * the same key, and neither the key nor the address can be read from it.
 */
export function keyOfVisitor(visitor: string, idempotencyKey: string | null): string | null {
  if (idempotencyKey === null) return null
  return createHash('sha256').update(`${visitor}\n${idempotencyKey}`).digest('base64url')
}

function limiterOf(perMinute: number): RateLimiterMemory | null {
  return perMinute > 0 ? new RateLimiterMemory({points: perMinute, duration: 60}) : null
}

async function consume(
  limiter: RateLimiterMemory | null,
  perMinute: number,
  visitor: string,
  response: Response | undefined,
): Promise<void> {
  if (!limiter) return
  try {
    show(await limiter.consume(visitor))
  } catch (rejected) {
    // The limiter rejects with its counters when the limit is passed, and with an Error when it fails.
    if (rejected instanceof Error) throw rejected
    const {msBeforeNext} = show(rejected as RateLimiterRes)
    throw new DocentError('rate_limited', `More than ${perMinute} requests in a minute. Please wait.`, {
      retryAfterMs: msBeforeNext,
    })
  }

  function show(counters: RateLimiterRes): RateLimiterRes {
    if (response && !response.headersSent) {
      response.setHeader('ratelimit-limit', perMinute)
      response.setHeader('ratelimit-remaining', counters.remainingPoints)
      response.setHeader('ratelimit-reset', Math.ceil(counters.msBeforeNext / 1000))
    }
    return counters
  }
}
