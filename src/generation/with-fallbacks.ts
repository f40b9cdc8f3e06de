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
import {type CircuitBreaker, circuitBreaker} from './circuit-breaker.ts'
import type {GenerationEvent, GenerationFacts, GenerationRequest, Generator} from './generator.ts'

export interface ResilientOptions {
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
export function resilient(primary: Generator, options: ResilientOptions = {}): Generator {
  const {
    fallback = null,
    lastResort = null,
    retries = 2,
    retryWithinMs = 8000,
    firstPauseMs = 400,
    onNote = () => {},
    now = () => performance.now(),
    sleep = pause,
    random = Math.random,
  } = options
  const candidates = [
    {generator: primary, breaker: options.breakers?.primary ?? circuitBreaker({now})},
    ...(fallback
      ? [{generator: fallback, breaker: options.breakers?.fallback ?? circuitBreaker({now})}]
      : []),
  ]

  return {
    name: primary.name,
    model: primary.model,
    generate: (request, {signal}) => relayed(tries(request, signal)),
  }

  async function* tries(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<Told> {
    const startedAt = now()
    // A later candidate may quote what an earlier one found by searching again.
    const found: RetrievedSource[] = []
    /** By the tries before, and by all. */
    let spentBefore = noUsage
    let spent = noUsage
    const shared: GenerationRequest = {
      ...request,
      search: async (query) => {
        const more = await request.search(query)
        found.push(...more)
        return more
      },
      report(facts) {
        if (facts.usage !== undefined) spent = sumOfUsage(spentBefore, facts.usage)
        request.report?.(facts.usage === undefined ? facts : {...facts, usage: spent})
      },
    }
    const handOverTo = ({name, model}: Generator) => {
      const facts: GenerationFacts = {writtenBy: {generator: name, model}}
      request.report?.(facts)
    }
    const current = (): GenerationRequest => ({...shared, sources: [...request.sources, ...found]})
    let steps = 0
    const step = (summary: string, next: Generator = primary): GenerationEvent => ({
      type: 'tool',
      id: `generator-${++steps}`,
      name: 'generator',
      status: 'failed',
      // Who writes from here on, so that a page can say "quoting" while it does.
      input: {generator: next.name},
      summary,
    })
    let lastError: DocentError | null = null

    for (const [place, {generator, breaker}] of candidates.entries()) {
      const next = candidates[place + 1]?.generator ?? lastResort
      const passage = breaker.enter()
      if (!passage) {
        lastError ??= new DocentError(
          'upstream_unreachable',
          `${nameOf(generator)} failed several times in a row and is being left alone for a while`,
        )
        onNote(`${nameOf(generator)} was not asked: it failed several times in a row.`)
        if (next) yield step(handOver(lastError.code, next), next)
        continue
      }
      try {
        for (let attempt = 0; ; attempt++) {
          const seen = {content: false, anything: false}
          spentBefore = spent
          if (place > 0) handOverTo(generator)
          try {
            for await (const told of watched(generator, current(), signal, seen, spentBefore)) {
              if (told.type === 'rest') passage.succeeded()
              yield told
            }
            passage.succeeded()
            return
          } catch (error) {
            signal.throwIfAborted()
            const failure = toDocentError(error)
            if (seen.content || !isUpstream(failure.code)) throw failure
            lastError = failure
            onNote(`${nameOf(generator)} failed before the first text: ${whatFailed(failure)}`)

            const pauseMs = failure.retryAfterMs ?? firstPauseMs * 2 ** attempt * (1 - random() / 2)
            const inTime = now() - startedAt + pauseMs <= retryWithinMs
            if (attempt < retries && passing.has(failure.code) && !seen.anything && inTime) {
              yield step(retrySentence(failure.code), generator)
              onNote(`Asking ${nameOf(generator)} again in ${Math.round(pauseMs)} ms (try ${attempt + 2}).`)
              await sleep(pauseMs, signal)
              signal.throwIfAborted()
              continue
            }
            if (signsOfOutage.has(failure.code)) passage.failed()
            if (next) yield step(handOver(failure.code, next), next)
            break
          }
        }
      } finally {
        // A reader that leaves ends this at a yield, an answer that breaks off by a throw: neither says that the
        // upstream is down, and a probe must not stay out for ever.
        passage.gaveUp()
      }
    }

    if (lastResort) {
      onNote(`Answering by ${nameOf(lastResort)} instead.`)
      spentBefore = spent
      handOverTo(lastResort)
      yield* watched(lastResort, current(), signal, {content: true, anything: true}, spentBefore)
      return
    }
    throw lastError ?? new DocentError('internal', 'No generator was asked')
  }
}

/** What a try tells: events, and once its first text has come, the rest of it, to be read from the source. */
type Told = GenerationEvent | {readonly type: 'rest'; readonly events: AsyncGenerator<GenerationEvent>}

/** The events of the tries; those of the rest come straight from it, since each layer costs something a token. */
function relayed(tries: AsyncGenerator<Told>): AsyncGenerator<GenerationEvent> {
  let rest: AsyncGenerator<GenerationEvent> | null = null
  async function* events(): AsyncGenerator<GenerationEvent> {
    for await (const told of tries) {
      if (told.type === 'rest') {
        rest = told.events
        return
      }
      yield told
    }
  }
  const begun = events()
  async function first(): Promise<IteratorResult<GenerationEvent>> {
    const next = await begun.next()
    return rest === null ? next : rest.next()
  }
  return {
    next: () => (rest === null ? first() : rest.next()),
    return: (value) => (rest ?? begun).return(value),
    throw: (error) => (rest ?? begun).throw(error),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/**
 * Relays one try up to its first text and then hands over the rest; an end without any text is a failure. Where
 * earlier tries have spent something the end must tell, so it stays.
 */
async function* watched(
  generator: Generator,
  request: GenerationRequest,
  signal: AbortSignal,
  seen: {content: boolean; anything: boolean},
  spentBefore: Usage,
): AsyncGenerator<Told> {
  const events = generator.generate(request, {signal})
  let isHandedOver = false
  try {
    for (let next = await events.next(); !next.done; next = await events.next()) {
      const event = next.value
      if (event.type === 'delta' || event.type === 'citation') seen.content = true
      if (event.type !== 'finish') seen.anything = true
      else if (!seen.content && event.finishReason === 'end') {
        throw new DocentError('upstream_invalid', `${nameOf(generator)} finished without a word`, {
          details: {upstreamRequestId: event.upstreamRequestId},
        })
      }
      yield event.type === 'finish' ? {...event, usage: sumOfUsage(spentBefore, event.usage)} : event
      if (seen.content && spentBefore === noUsage) {
        isHandedOver = true
        yield {type: 'rest', events}
        return
      }
    }
  } finally {
    if (!isHandedOver) await events.return(undefined)
  }
}

function isUpstream(code: ErrorCode): boolean {
  return code.startsWith('upstream_') || code === 'stall_timeout'
}

function nameOf({name, model}: Generator): string {
  return model ?? `the ${name} generator`
}

function retrySentence(code: ErrorCode): string {
  return `The language model ${troubleOf(code)}; trying again.`
}

function handOver(code: ErrorCode, next: Generator): string {
  return next.model === null
    ? `The language model ${troubleOf(code)}; quoting the docs instead.`
    : `The language model ${troubleOf(code)}; asking another one.`
}

function troubleOf(code: ErrorCode): string {
  switch (code) {
    case 'upstream_auth':
      return 'is not set up correctly'
    case 'upstream_rate_limited':
      return 'is busy'
    case 'upstream_overloaded':
      return 'is overloaded'
    case 'stall_timeout':
      return 'does not respond'
    case 'upstream_rejected':
      return 'refused the request'
    case 'upstream_unreachable':
      return 'is not reachable'
    default:
      return 'failed'
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, {signal})
  } catch {
    // Only the signal ends a pause early; its own reason goes up instead of Node's AbortError.
    signal.throwIfAborted()
  }
}

/** For the log: what an upstream says of an error may quote the question, and stays in the transcript. */
function whatFailed({code, details}: DocentError): string {
  const {status, type, cause} = details
  const facts = [status, type, cause].filter((fact) => typeof fact === 'number' || isName(fact))
  return facts.length === 0 ? code : `${code} (${facts.join(' ')})`
}

/** As `invalid_request_error` or `ECONNRESET`: nobody's words. */
function isName(fact: unknown): boolean {
  return typeof fact === 'string' && /^\w{1,60}$/.test(fact)
}
