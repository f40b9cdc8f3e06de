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
import {type CircuitBreaker, circuitBreaker, type Permit} from './circuit-breaker.ts'
import {failureSummary, fallbackMessage, nameOf, retryMessage} from './fallback-messages.ts'
import type {GenerationEvent, GenerationRequest, Generator} from './generator.ts'

export interface FallbackOptions {
  /** Used when the primary one failed; default none. */
  readonly fallback?: Generator | null
  /** Used last; needs no network. Default none: the error is thrown. */
  readonly lastResort?: Generator | null
  /** Retries of the same model; default 2. */
  readonly retries?: number
  /** No attempt begins after this many milliseconds, whatever `retry-after` says; default 8000. */
  readonly retryWithinMs?: number
  /** First pause, doubled for each further one, less a random part of up to half; default 400. */
  readonly firstPauseMs?: number
  /** Called with one sentence on each step, for the log. */
  readonly onNote?: (note: string) => void
  /** One for each model; default new ones. */
  readonly breakers?: {readonly primary?: CircuitBreaker; readonly fallback?: CircuitBreaker}
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Between 0 and 1. */
  readonly random?: () => number
}

/** Errors for which retrying the same upstream a moment later may help. */
const transientErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_rate_limited',
  'upstream_overloaded',
  'upstream_unreachable',
  'upstream_cut',
  'upstream_invalid',
  'upstream_error',
])

/** Errors that suggest the upstream is down; the breaker counts them. A wrong key or a rejected request fails fast anyway. */
const outageErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_overloaded',
  'upstream_unreachable',
  'upstream_cut',
  'upstream_error',
  'stall_timeout',
])

/**
 * A generator that retries, then uses another model, then the last resort: only until the first text. After it an error is
 * thrown, since another attempt could not take back what a reader has seen.
 *
 * Each step is a `tool` event named `generator` and a note. A circuit breaker for each model, which counts answers that
 * never began, keeps requests from waiting for one that is down. Errors that are not the upstream's are thrown at once.
 * Usage includes failed attempts.
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
    generate: (request, {signal}) => new Attempts(plan, request, signal).run(),
  }
}

interface Candidate {
  readonly generator: Generator
  readonly breaker: CircuitBreaker
}

interface Plan extends Required<Omit<FallbackOptions, 'fallback' | 'lastResort' | 'breakers'>> {
  /** In the order they are used. */
  readonly candidates: readonly Candidate[]
  readonly lastResort: Generator | null
}

/** How far one attempt has come. */
interface Progress {
  hasText: boolean
  /** Whether a reader has seen anything, thinking and searches included. */
  hasBegun: boolean
}

/** All attempts for one request. */
class Attempts {
  readonly #plan: Plan
  readonly #request: GenerationRequest
  readonly #signal: AbortSignal
  readonly #startedAt: number
  /** Sources found by earlier candidates' searches: later ones may quote them. */
  readonly #found: RetrievedSource[] = []
  /** Usage of the attempts before this one, and of all. */
  #earlierUsage: Usage = noUsage
  #usage: Usage = noUsage
  #steps = 0
  #lastError: DocentError | null = null
  /** Why the primary generator did not write. */
  #firstError: DocentError | null = null

  constructor(plan: Plan, request: GenerationRequest, signal: AbortSignal) {
    this.#plan = plan
    this.#request = request
    this.#signal = signal
    this.#startedAt = plan.now()
  }

  async *run(): AsyncGenerator<GenerationEvent> {
    const {candidates, lastResort, onNote} = this.#plan
    for (const [index, candidate] of candidates.entries()) {
      const {generator, breaker} = candidate
      const next = candidates[index + 1]?.generator ?? lastResort
      const permit = breaker.enter()
      if (permit === null) {
        onNote(`${nameOf(generator)} was not used: it failed several times in a row.`)
        this.#lastError ??= new DocentError(
          'upstream_unreachable',
          `${nameOf(generator)} failed several times in a row and is not being used for a while`,
        )
        this.#firstError ??= this.#lastError
        if (next) yield this.#fallback(this.#lastError.code, next)
        continue
      }
      try {
        if (index > 0) this.#reportWriter(generator)
        const failure = yield* this.#attempt(generator, permit)
        if (failure === null) return
        this.#lastError = failure
        this.#firstError ??= failure
        if (outageErrors.has(failure.code)) permit.failed()
        if (next) yield this.#fallback(failure.code, next)
      } finally {
        // A reader that leaves ends this at a yield, an answer that breaks off by a throw: neither means that the
        // upstream is down, and a probe must not stay pending for ever.
        permit.gaveUp()
      }
    }
    if (lastResort === null) throw this.#lastError ?? new DocentError('internal', 'No generator was used')
    onNote(`Answering by ${nameOf(lastResort)} instead.`)
    this.#reportWriter(lastResort)
    yield* this.#relay(lastResort, {hasText: true, hasBegun: true}, null)
  }

  /**
   * Runs one generator, with retries while they may help. Returns null after a complete answer, or why none began.
   * @throws the error that breaks off an answer that had begun, and any that is not the upstream's.
   */
  async *#attempt(generator: Generator, permit: Permit): AsyncGenerator<GenerationEvent, DocentError | null> {
    const {onNote, sleep} = this.#plan
    for (let attempt = 0; ; attempt++) {
      const progress = {hasText: false, hasBegun: false}
      try {
        yield* this.#relay(generator, progress, permit)
        permit.succeeded()
        return null
      } catch (error) {
        this.#signal.throwIfAborted()
        const failure = toDocentError(error)
        if (progress.hasText || !isUpstream(failure.code)) throw failure
        onNote(`${nameOf(generator)} failed before the first text: ${failureSummary(failure)}`)
        const pauseMs = progress.hasBegun ? null : this.#pauseBefore(attempt + 1, failure)
        if (pauseMs === null) return failure
        yield this.#step(retryMessage(failure.code), {
          generator: generator.name,
          action: 'retry',
          code: failure.code,
        })
        onNote(`Asking ${nameOf(generator)} again in ${Math.round(pauseMs)} ms (attempt ${attempt + 2}).`)
        await sleep(pauseMs, this.#signal)
        this.#signal.throwIfAborted()
      }
    }
  }

  /** Milliseconds to wait before the nth retry; null for none. */
  #pauseBefore(retry: number, failure: DocentError): number | null {
    const {retries, retryWithinMs, firstPauseMs, random, now} = this.#plan
    const pauseMs = failure.retryAfterMs ?? firstPauseMs * 2 ** (retry - 1) * (1 - random() / 2)
    const isInTime = now() - this.#startedAt + pauseMs <= retryWithinMs
    return retry <= retries && transientErrors.has(failure.code) && isInTime ? pauseMs : null
  }

  /**
   * Relays one attempt; an end without any text is a failure.
   * @param permit succeeds with the first text; null without a breaker
   */
  async *#relay(
    generator: Generator,
    progress: Progress,
    permit: Permit | null,
  ): AsyncGenerator<GenerationEvent> {
    this.#earlierUsage = this.#usage
    for await (const event of generator.generate(this.#currentRequest(), {signal: this.#signal})) {
      if (event.type !== 'finish') {
        progress.hasBegun = true
        if (!progress.hasText && (event.type === 'delta' || event.type === 'citation')) {
          progress.hasText = true
          permit?.succeeded()
        }
        yield event
        continue
      }
      if (!progress.hasText && event.finishReason === 'end') {
        throw new DocentError('upstream_invalid', `${nameOf(generator)} finished without a word`, {
          details: {upstreamRequestId: event.upstreamRequestId},
        })
      }
      yield {...event, usage: sumOfUsage(this.#earlierUsage, event.usage)}
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
      report: (update) => {
        if (update.usage !== undefined) this.#usage = sumOfUsage(this.#earlierUsage, update.usage)
        report?.(update.usage === undefined ? update : {...update, usage: this.#usage})
      },
    }
  }

  #reportWriter({name, model}: Generator): void {
    const cause = this.#firstError
    const id = cause?.details['upstreamRequestId']
    this.#request.report?.({
      writtenBy: {generator: name, model},
      ...(cause === null
        ? {}
        : {
            fallbackCause: {
              code: cause.code,
              upstreamRequestId: typeof id === 'string' ? id : null,
              detail: cause.message,
            },
          }),
    })
  }

  #fallback(code: ErrorCode, next: Generator): GenerationEvent {
    return this.#step(fallbackMessage(code, next), {generator: next.name, action: 'fallback', code})
  }

  /** `input.generator` writes from here on, so that a page can say "quoting" while it does. */
  #step(
    summary: string,
    input: {generator: string; action: 'retry' | 'fallback'; code: ErrorCode},
  ): GenerationEvent {
    return {
      type: 'tool',
      id: `generator-${++this.#steps}`,
      name: 'generator',
      status: 'failed',
      input,
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
    // Only the signal ends a pause early; throws its reason instead of Node's AbortError.
    signal.throwIfAborted()
  }
}
