import {setTimeout as delay} from 'node:timers/promises'
import {
  DocentError,
  type ErrorCode,
  noUsage,
  type RetrievedSource,
  sumOfUsage,
  toDocentError,
  type Usage,
} from '../domain/index.ts'
import {type CircuitBreaker, circuitBreaker, type Passage} from './circuit-breaker.ts'
import {handOverSentence, nameOf, retrySentence, whatFailed} from './fallback-words.ts'
import type {GenerationEvent, GenerationRequest, Generator} from './generator.ts'

export interface FallbackOptions {
  /** Asked when the one before it failed; default none. */
  readonly fallback?: Generator | null
  /** Asked last of all; cannot fail for want of a network. Default none: the error goes up. */
  readonly lastResort?: Generator | null
  /** Further tries of the same model; default 2. */
  readonly retries?: number
  /** No try begins after this many milliseconds, whatever the upstream asks to wait; default 8000. */
  readonly retryWithinMs?: number
  /** First pause, doubled for each further one, of which a random part of up to half is taken off; default 400. */
  readonly firstPauseMs?: number
  /** Told of each step in one sentence, for the log. */
  readonly onNote?: (note: string) => void
  /** One for each model; default new ones. */
  readonly breakers?: {readonly primary?: CircuitBreaker; readonly fallback?: CircuitBreaker}
  /** A clock that only goes forward, in milliseconds. */
  readonly now?: () => number
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Between 0 and 1. */
  readonly random?: () => number
}

/** What may help when asked once more, of the same upstream, a moment later. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_rate_limited',
  'upstream_overloaded',
  'upstream_unreachable',
  'upstream_cut',
  'upstream_invalid',
  'upstream_error',
])

/** Signs that the upstream is down, which the breaker counts. A wrong key or a rejected request fails fast anyway. */
const signsOfOutage: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_overloaded',
  'upstream_unreachable',
  'upstream_cut',
  'upstream_error',
  'stall_timeout',
])

/**
 * A generator that tries again, then another model, then the last resort: only until the first text has come.
 * After it, an error goes up, since a second try could not take back what a reader has seen.
 *
 * Each step is a `tool` event named `generator` and a note. A circuit breaker for each model, which
 * counts answers that never began, keeps questions from waiting for one that is down. Errors that are not the
 * upstream's go up at once. What failed tries have spent counts.
 */
export function withFallbacks(primary: Generator, options: FallbackOptions = {}): Generator {
  const {fallback = null, lastResort = null, breakers = {}, now = () => performance.now()} = options
  const plan: Plan = {
    candidates: [
      {generator: primary, breaker: breakers.primary ?? circuitBreaker({now})},
      ...(fallback ? [{generator: fallback, breaker: breakers.fallback ?? circuitBreaker({now})}] : []),
    ],
    lastResort,
    retries: options.retries ?? 2,
    retryWithinMs: options.retryWithinMs ?? 8000,
    firstPauseMs: options.firstPauseMs ?? 400,
    onNote: options.onNote ?? (() => {}),
    now,
    sleep: options.sleep ?? pause,
    random: options.random ?? Math.random,
  }
  return {
    name: primary.name,
    model: primary.model,
    generate: (request, {signal}) => new Tries(plan, request, signal).run(),
  }
}

interface Candidate {
  readonly generator: Generator
  readonly breaker: CircuitBreaker
}

interface Plan extends Required<Omit<FallbackOptions, 'fallback' | 'lastResort' | 'breakers'>> {
  /** In the order they are asked. */
  readonly candidates: readonly Candidate[]
  readonly lastResort: Generator | null
}

/** How far one try has come. */
interface Progress {
  hasText: boolean
  /** Anything that a reader sees, thinking and searches included. */
  hasBegun: boolean
}

/** All tries for one request. */
class Tries {
  readonly #plan: Plan
  readonly #request: GenerationRequest
  readonly #signal: AbortSignal
  readonly #startedAt: number
  /** A later candidate may quote what an earlier one found by searching again. */
  readonly #found: RetrievedSource[] = []
  /** By the tries before this one, and by all. */
  #spentBefore: Usage = noUsage
  #spent: Usage = noUsage
  #steps = 0
  #lastError: DocentError | null = null

  constructor(plan: Plan, request: GenerationRequest, signal: AbortSignal) {
    this.#plan = plan
    this.#request = request
    this.#signal = signal
    this.#startedAt = plan.now()
  }

  async *run(): AsyncGenerator<GenerationEvent> {
    const {candidates, lastResort, onNote} = this.#plan
    for (const [place, candidate] of candidates.entries()) {
      const {generator, breaker} = candidate
      const next = candidates[place + 1]?.generator ?? lastResort
      const passage = breaker.enter()
      if (passage === null) {
        onNote(`${nameOf(generator)} was not asked: it failed several times in a row.`)
        this.#lastError ??= new DocentError(
          'upstream_unreachable',
          `${nameOf(generator)} failed several times in a row and is being left alone for a while`,
        )
        if (next) yield this.#step(handOverSentence(this.#lastError.code, next), next)
        continue
      }
      try {
        if (place > 0) this.#reportWriter(generator)
        const failure = yield* this.#ask(generator, passage)
        if (failure === null) return
        this.#lastError = failure
        if (signsOfOutage.has(failure.code)) passage.failed()
        if (next) yield this.#step(handOverSentence(failure.code, next), next)
      } finally {
        // A reader that leaves ends this at a yield, an answer that breaks off by a throw: neither says that the
        // upstream is down, and a probe must not stay out for ever.
        passage.gaveUp()
      }
    }
    if (lastResort === null) throw this.#lastError ?? new DocentError('internal', 'No generator was asked')
    onNote(`Answering by ${nameOf(lastResort)} instead.`)
    this.#reportWriter(lastResort)
    yield* this.#try(lastResort, {hasText: true, hasBegun: true}, null)
  }

  /**
   * Asks one generator, as often as that may help. Returns null after a whole answer, or why none was begun.
   * @throws what breaks off an answer that was begun, and what is not the upstream's failure.
   */
  async *#ask(generator: Generator, passage: Passage): AsyncGenerator<GenerationEvent, DocentError | null> {
    const {onNote, sleep} = this.#plan
    for (let attempt = 0; ; attempt++) {
      const progress = {hasText: false, hasBegun: false}
      try {
        yield* this.#try(generator, progress, passage)
        passage.succeeded()
        return null
      } catch (error) {
        this.#signal.throwIfAborted()
        const failure = toDocentError(error)
        if (progress.hasText || !isUpstream(failure.code)) throw failure
        onNote(`${nameOf(generator)} failed before the first text: ${whatFailed(failure)}`)
        const pauseMs = progress.hasBegun ? null : this.#pauseBefore(attempt + 1, failure)
        if (pauseMs === null) return failure
        yield this.#step(retrySentence(failure.code), generator)
        onNote(`Asking ${nameOf(generator)} again in ${Math.round(pauseMs)} ms (try ${attempt + 2}).`)
        await sleep(pauseMs, this.#signal)
        this.#signal.throwIfAborted()
      }
    }
  }

  /** Milliseconds to wait before the nth further try; null where there shall be none. */
  #pauseBefore(retry: number, failure: DocentError): number | null {
    const {retries, retryWithinMs, firstPauseMs, random, now} = this.#plan
    const pauseMs = failure.retryAfterMs ?? firstPauseMs * 2 ** (retry - 1) * (1 - random() / 2)
    const isInTime = now() - this.#startedAt + pauseMs <= retryWithinMs
    return retry <= retries && passing.has(failure.code) && isInTime ? pauseMs : null
  }

  /**
   * Relays one try; an end without any text is a failure.
   * @param passage which has succeeded with the first text; null where nobody counts.
   */
  async *#try(
    generator: Generator,
    progress: Progress,
    passage: Passage | null,
  ): AsyncGenerator<GenerationEvent> {
    this.#spentBefore = this.#spent
    for await (const event of generator.generate(this.#currentRequest(), {signal: this.#signal})) {
      if (event.type !== 'finish') {
        progress.hasBegun = true
        if (!progress.hasText && (event.type === 'delta' || event.type === 'citation')) {
          progress.hasText = true
          passage?.succeeded()
        }
        yield event
        continue
      }
      if (!progress.hasText && event.finishReason === 'end') {
        throw new DocentError('upstream_invalid', `${nameOf(generator)} finished without a word`, {
          details: {upstreamRequestId: event.upstreamRequestId},
        })
      }
      yield {...event, usage: sumOfUsage(this.#spentBefore, event.usage)}
    }
  }

  #currentRequest(): GenerationRequest {
    const {search, report, sources} = this.#request
    return {
      ...this.#request,
      sources: [...sources, ...this.#found],
      search: async (query) => {
        const more = await search(query)
        this.#found.push(...more)
        return more
      },
      report: (facts) => {
        if (facts.usage !== undefined) this.#spent = sumOfUsage(this.#spentBefore, facts.usage)
        report?.(facts.usage === undefined ? facts : {...facts, usage: this.#spent})
      },
    }
  }

  #reportWriter({name, model}: Generator): void {
    this.#request.report?.({writtenBy: {generator: name, model}})
  }

  /** @param next who writes from here on, so that a page can say "quoting" while it does. */
  #step(summary: string, next: Generator): GenerationEvent {
    return {
      type: 'tool',
      id: `generator-${++this.#steps}`,
      name: 'generator',
      status: 'failed',
      input: {generator: next.name},
      summary,
    }
  }
}

function isUpstream(code: ErrorCode): boolean {
  return code.startsWith('upstream_') || code === 'stall_timeout'
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, {signal})
  } catch {
    // Only the signal ends a pause early; its own reason goes up instead of Node's AbortError.
    signal.throwIfAborted()
  }
}
