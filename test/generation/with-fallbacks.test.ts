import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {DocentError, type ErrorCode} from '../../src/domain/index.ts'
import {anthropicGenerator} from '../../src/generation/anthropic-generator.ts'
import {circuitBreaker} from '../../src/generation/circuit-breaker.ts'
import {createGenerator, type GeneratorSettings} from '../../src/generation/create-generator.ts'
import {extractiveGenerator} from '../../src/generation/extractive-generator.ts'
import type {
  GenerationEvent,
  GenerationReport,
  GenerationRequest,
  Generator,
} from '../../src/generation/generator.ts'
import {type FallbackOptions, withFallbacks} from '../../src/generation/with-fallbacks.ts'
import {requestOf, sourceOf, told} from '../contracts/generator.contract.ts'
import {
  answer,
  errorEvent,
  type FakeClaude,
  messageStart,
  refusal,
  startFakeClaude,
  steps,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'
import {type ScriptStep, scriptedGenerator} from '../support/scripted-generator.ts'

const failure = (code: ErrorCode, retryAfterMs: number | null = null) =>
  new DocentError(code, `made to fail with ${code}`, {retryAfterMs})

/** Plays one script for each request, and counts them. */
function playing(...scripts: readonly (readonly ScriptStep[])[]): Generator & {asked: number} {
  const state = {asked: 0}
  const generator = scriptedGenerator(() => scripts[Math.min(state.asked++, scripts.length - 1)] ?? [], {
    model: 'a-model',
  })
  return Object.defineProperty({...generator, asked: 0}, 'asked', {get: () => state.asked})
}

const lastResort = scriptedGenerator(['From the docs: so.'])

/** Time that moves only when somebody sleeps. */
function handClock(): Required<Pick<FallbackOptions, 'now' | 'sleep' | 'random'>> & {slept: number[]} {
  let at = 0
  const slept: number[] = []
  return {
    now: () => at,
    sleep: async (ms) => {
      slept.push(ms)
      at += ms
    },
    random: () => 0,
    slept,
  }
}

function summariesIn(events: readonly GenerationEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'tool' && event.name === 'generator' ? [event.summary ?? ''] : [],
  )
}

describe('[failure before the first word] before the first text', () => {
  test.each([
    'upstream_overloaded',
    'upstream_rate_limited',
    'upstream_unreachable',
    'upstream_cut',
    'upstream_invalid',
    'upstream_error',
  ] as const)('%s is tried again, and the answer comes', async (code) => {
    const clock = handClock()
    const model = playing([failure(code)], [failure(code)], ['Set PORT.'])

    const {text, error, events} = await told(withFallbacks(model, {...clock, lastResort}))

    expect(error).toBeNull()
    expect(text).toBe('Set PORT.')
    expect(model.asked).toBe(3)
    expect(clock.slept).toEqual([400, 800])
    expect(summariesIn(events)).toHaveLength(2)
  })

  test('pauses are shortened at random, by half at most', async () => {
    const clock = handClock()
    const model = playing([failure('upstream_error')], ['Set PORT.'])

    await told(withFallbacks(model, {...clock, random: () => 1}))

    expect(clock.slept).toEqual([200])
  })

  test('retries are bounded, then another model is used, then the docs are quoted', async () => {
    const model = playing([failure('upstream_overloaded')])
    const other = playing([failure('upstream_error')])
    const notes: string[] = []

    const {text, events, error} = await told(
      withFallbacks(model, {...handClock(), fallback: other, lastResort, onNote: (note) => notes.push(note)}),
    )

    expect(error).toBeNull()
    expect(text).toBe('From the docs: so.')
    expect(model.asked).toBe(3)
    expect(other.asked).toBe(3)
    expect(summariesIn(events)).toEqual([
      'The language model is overloaded; trying again.',
      'The language model is overloaded; trying again.',
      'The language model is overloaded; asking another one.',
      'The language model failed; trying again.',
      'The language model failed; trying again.',
      'The language model failed; quoting the docs instead.',
    ])
    expect(notes.length).toBeGreaterThanOrEqual(6)
  })

  test.each(['upstream_auth', 'upstream_rejected', 'stall_timeout'] as const)(
    '%s is not tried again; the docs are quoted, and the reader is told',
    async (code) => {
      const clock = handClock()
      const model = playing([failure(code)])

      const {text, events} = await told(withFallbacks(model, {...clock, lastResort}))

      expect(text).toBe('From the docs: so.')
      expect(model.asked).toBe(1)
      expect(clock.slept).toEqual([])
      expect(summariesIn(events)).toHaveLength(1)
    },
  )

  test('[long retry-after] a retry-after within the time allowed is respected, a longer one is not waited for', async () => {
    const short = handClock()
    const long = handClock()

    await told(
      withFallbacks(playing([failure('upstream_rate_limited', 1500)], ['Set PORT.']), {...short, lastResort}),
    )
    const {text} = await told(
      withFallbacks(playing([failure('upstream_rate_limited', 3_600_000)], ['Never.']), {
        ...long,
        lastResort,
      }),
    )

    expect(short.slept).toEqual([1500])
    expect(long.slept).toEqual([])
    expect(text).toBe('From the docs: so.')
  })

  test('without a last resort the last error is thrown', async () => {
    const {error, text} = await told(
      withFallbacks(playing([failure('upstream_rate_limited', 3_600_000)]), handClock()),
    )

    expect(text).toBe('')
    expect(error).toMatchObject({code: 'upstream_rate_limited', retryAfterMs: 3_600_000})
  })

  test('a model that finishes without a word is a failure', async () => {
    const {text, error} = await told(withFallbacks(playing([]), {...handClock(), retries: 0, lastResort}))

    expect(error).toBeNull()
    expect(text).toBe('From the docs: so.')
  })

  test('what is not the upstream fails at once', async () => {
    const model = playing([failure('index_damaged')])

    const {error} = await told(withFallbacks(model, {...handClock(), lastResort}))

    expect(error).toMatchObject({code: 'index_damaged'})
    expect(model.asked).toBe(1)
  })

  test('sources found by another search can be quoted by the last resort', async () => {
    const extra = sourceOf(7, 'The port is set by the PORT variable of the server.')
    const model: Generator = {
      name: 'anthropic',
      model: 'a-model',
      async *generate(request: GenerationRequest) {
        yield {type: 'tool', id: 'search-1', name: 'search_docs', status: 'started'}
        await request.search('port')
        throw failure('upstream_overloaded')
      },
    }

    const {events} = await told(
      withFallbacks(model, {...handClock(), lastResort: extractiveGenerator({paceMs: 0})}),
      requestOf({sources: [sourceOf(1, 'Nothing here helps much.')], search: async () => [extra]}),
    )

    expect(events).toContainEqual(expect.objectContaining({type: 'citation', n: 7}))
  })
})

describe('[failure after words] after the first text', () => {
  test('the error is thrown, and nothing is retried', async () => {
    const model = playing(['Set ', failure('upstream_overloaded')])

    const {text, error, events} = await told(withFallbacks(model, {...handClock(), lastResort}))

    expect(text).toBe('Set ')
    expect(error).toMatchObject({code: 'upstream_overloaded'})
    expect(model.asked).toBe(1)
    expect(summariesIn(events)).toEqual([])
  })
})

test('a stop during a pause ends it with its reason', async () => {
  const stop = new AbortController()
  const reason = new Error('stopped')
  const model = playing([failure('upstream_error')], ['Never.'])
  const events: GenerationEvent[] = []

  const reading = (async () => {
    const generator = withFallbacks(model, {firstPauseMs: 5000, retryWithinMs: 60_000, lastResort})
    for await (const event of generator.generate(requestOf(), {signal: stop.signal})) {
      events.push(event)
      setTimeout(() => stop.abort(reason), 10)
    }
  })()

  await expect(reading).rejects.toBe(reason)
  expect(model.asked).toBe(1)
})

describe('the circuit breaker', () => {
  test('opens after failures in a row, lets one probe through, and closes when it succeeds', () => {
    let at = 0
    const breaker = circuitBreaker({failures: 2, openMs: 1000, now: () => at})

    breaker.enter()?.failed()
    expect(breaker.state).toBe('closed')
    breaker.enter()?.failed()
    expect(breaker.state).toBe('open')
    expect(breaker.enter()).toBeNull()

    at = 1000
    const probe = breaker.enter()
    expect(probe).not.toBeNull()
    expect(breaker.enter()).toBeNull()
    probe?.succeeded()
    expect(breaker.state).toBe('closed')
  })

  test('a probe that fails opens it again; one that gave up lets the next one try', () => {
    let at = 0
    const breaker = circuitBreaker({failures: 1, openMs: 1000, now: () => at})
    breaker.enter()?.failed()

    at = 1000
    breaker.enter()?.failed()
    expect(breaker.state).toBe('open')
    at = 2000
    breaker.enter()?.gaveUp()
    expect(breaker.enter()).not.toBeNull()
  })

  test('a success in between resets the count', () => {
    const breaker = circuitBreaker({failures: 2})

    breaker.enter()?.failed()
    breaker.enter()?.succeeded()
    breaker.enter()?.failed()

    expect(breaker.state).toBe('closed')
  })

  test('only the first report of a permit counts', () => {
    const breaker = circuitBreaker({failures: 2})
    const passage = breaker.enter()

    passage?.failed()
    passage?.failed()
    passage?.gaveUp()

    expect(breaker.state).toBe('closed')
  })

  test('an upstream that is down is not used, and probed again when the time is up', async () => {
    const clock = handClock()
    const model = playing([failure('upstream_unreachable')], [failure('upstream_unreachable')], ['Back.'])
    const breaker = circuitBreaker({failures: 2, openMs: 10_000, now: clock.now})
    const generator = withFallbacks(model, {...clock, retries: 0, lastResort, breakers: {primary: breaker}})

    await told(generator)
    await told(generator)
    const third = await told(generator)
    const askedWhileOpen = model.asked
    await clock.sleep(10_000, new AbortController().signal)
    const fourth = await told(generator)

    expect(askedWhileOpen).toBe(2)
    expect(third.text).toBe('From the docs: so.')
    expect(summariesIn(third.events)).toEqual([
      'The language model is not reachable; quoting the docs instead.',
    ])
    expect(fourth.text).toBe('Back.')
    expect(breaker.state).toBe('closed')
  })

  test('a reader that leaves neither opens it nor keeps its probe', async () => {
    const clock = handClock()
    const breaker = circuitBreaker({failures: 1, openMs: 10, now: clock.now})
    breaker.enter()?.failed()
    await clock.sleep(10, new AbortController().signal)
    const generator = withFallbacks(playing(['a', 'b']), {...clock, breakers: {primary: breaker}})

    for await (const _ of generator.generate(requestOf(), {signal: new AbortController().signal})) break

    expect(breaker.enter()).not.toBeNull()
  })

  test.each<[name: string, scripts: ScriptStep[][]]>([
    ['a request that was at fault itself', [[failure('upstream_rejected')]]],
    ['a wrong key', [[failure('upstream_auth')]]],
    ['an answer that broke off', [['Set ', failure('upstream_cut')]]],
    ['a failure that a retry fixed', [[failure('upstream_overloaded')], ['Set PORT.']]],
  ])('%s does not open it', async (_name, scripts) => {
    const clock = handClock()
    const breaker = circuitBreaker({failures: 1, now: clock.now})

    await told(
      withFallbacks(playing(...scripts), {
        ...clock,
        lastResort,
        breakers: {primary: breaker},
      }),
    )

    expect(breaker.state).toBe('closed')
  })
})

describe('the generator that settings choose', () => {
  let fake: FakeClaude
  beforeEach(async () => {
    fake = await startFakeClaude()
  })
  afterEach(() => fake.close())

  const settings = (more: Partial<GeneratorSettings> = {}): GeneratorSettings => ({
    generator: 'auto',
    anthropicApiKey: 'sk-canary',
    anthropicBaseUrl: fake.url,
    anthropicModel: 'claude-haiku-5-5',
    anthropicFallbackModel: null,
    thinking: false,
    maxOutputTokens: 500,
    stallTimeoutMs: 2000,
    ...more,
  })

  test('auto is Claude with a key and quoting without', async () => {
    const withKey = await createGenerator(settings())
    const without = await createGenerator(settings({anthropicApiKey: null, anthropicBaseUrl: null}))
    const local = await createGenerator(settings({anthropicApiKey: null}))
    const quoting = await createGenerator(settings({generator: 'extractive'}))

    expect([withKey.name, without.name, quoting.name]).toEqual(['anthropic', 'extractive', 'extractive'])
    expect([local.name, local.describe()]).toEqual([
      'anthropic',
      expect.stringContaining('ANTHROPIC_BASE_URL is set'),
    ])
    expect(withKey.model).toBe('claude-haiku-5-5')
    expect(withKey.describe()).toContain('ANTHROPIC_API_KEY is set')
    expect(without.describe()).toContain('no ANTHROPIC_API_KEY is set')
    expect(quoting.describe()).toContain('GENERATOR is extractive')
    expect(withKey.describe()).not.toContain('sk-canary')
  })

  test('Claude without a key is refused', async () => {
    const none = settings({generator: 'anthropic', anthropicApiKey: null, anthropicBaseUrl: null})
    await expect(createGenerator(none)).rejects.toMatchObject({code: 'config'})
  })

  test('[wrong key] a wrong key still answers, from the docs, and says so', async () => {
    fake.otherwise(refusal(401, 'authentication_error', 'invalid key sk-canary'))
    const notes: string[] = []

    const {text, events, error} = await told(
      await createGenerator(settings(), {onNote: (note) => notes.push(note), extractPaceMs: 0}),
    )

    expect(error).toBeNull()
    expect(text).toMatch(/^From the docs:/)
    expect(summariesIn(events)).toEqual([
      'The language model is not set up correctly; quoting the docs instead.',
    ])
    expect(events.at(-1)).toMatchObject({finishReason: 'extract'})
    expect(fake.requests).toHaveLength(1)
    expect(JSON.stringify(notes) + JSON.stringify(events)).not.toContain('sk-canary')
  })

  test('the log has what the server said, without what the visitor wrote', async () => {
    fake.next(refusal(400, 'invalid_request_error', 'cannot read “my salary is 123” here'))
    fake.next(refusal(404, 'my salary is 123', 'no such model'))
    const notes: string[] = []
    const warnings: string[] = []
    const extras = {
      onNote: (note: string) => notes.push(note),
      onWarning: (warning: string) => warnings.push(warning),
      extractPaceMs: 0,
    }

    for (let n = 0; n < 2; n++) {
      await told(
        await createGenerator(settings(), extras),
        requestOf({question: 'Will do, as my salary is 123?'}),
      )
    }

    expect(notes.join('\n')).toContain(
      "upstream_rejected (400 invalid_request_error). The model's API failed: 400 invalid_request_error cannot read “…” here; check ANTHROPIC_MODEL",
    )
    expect(notes.join('\n')).toContain('upstream_rejected (404)')
    expect(notes.join('\n')).toContain('no such model')
    expect(warnings).toHaveLength(2)
    expect(notes.join() + warnings.join()).not.toContain('salary')
  })

  test('a refusal for good is a warning once, however many ask', async () => {
    fake.otherwise(refusal(404, 'not_found_error', 'model: x'))
    const warnings: string[] = []
    const generator = await createGenerator(settings(), {
      onWarning: (warning) => warnings.push(warning),
      extractPaceMs: 0,
    })

    for (let n = 0; n < 5; n++) await told(generator)

    expect(fake.requests).toHaveLength(5)
    expect(warnings).toEqual([
      "claude-haiku-5-5 is refused: The model's API failed: 404 not_found_error model: x; check ANTHROPIC_MODEL and ANTHROPIC_BASE_URL",
    ])
  })

  test('the fallback model is called by its own name', async () => {
    fake.next(refusal(400, 'invalid_request_error', 'no such model'))
    fake.next(answer('Set PORT.'))

    const {text} = await told(await createGenerator(settings({anthropicFallbackModel: 'claude-sonnet-5-5'})))

    expect(text).toBe('Set PORT.')
    expect(fake.requests.map(({body}) => body?.model)).toEqual(['claude-haiku-5-5', 'claude-sonnet-5-5'])
  })

  test('the generator that wrote in place of the primary one is reported, and usage includes failed attempts', async () => {
    const begun = steps([messageStart({input_tokens: 10, output_tokens: 1})])
    fake.next([...begun, [0, {event: errorEvent('invalid_request_error')}]])
    fake.next([
      ...steps([messageStart({input_tokens: 20, output_tokens: 1})]),
      ...answer('Set PORT.').slice(1),
    ])
    const reported: GenerationReport[] = []

    const {text, events} = await told(
      await createGenerator(settings({anthropicFallbackModel: 'claude-sonnet-5-5'})),
      {...requestOf(), report: (facts) => reported.push(facts)},
    )

    expect(text).toBe('Set PORT.')
    expect(reported).toContainEqual({
      writtenBy: {generator: 'anthropic', model: 'claude-sonnet-5-5'},
      fallbackCause: {
        code: 'upstream_rejected',
        upstreamRequestId: expect.any(String),
        detail: "The model's API failed: invalid_request_error Overloaded",
      },
    })
    expect(reported.findLast(({usage}) => usage)?.usage?.inputTokens).toBe(30)
    expect(events.at(-1)).toMatchObject({type: 'finish', usage: {inputTokens: 30, outputTokens: 8}})
  })

  test('an overloaded upstream that recovers answers after a pause', async () => {
    fake.next(refusal(529, 'overloaded_error', 'Overloaded', {'retry-after-ms': '5'}))
    fake.next(answer('Set PORT.'))

    const {text, events} = await told(await createGenerator(settings()))

    expect(text).toBe('Set PORT.')
    expect(summariesIn(events)).toEqual(['The language model is overloaded; trying again.'])
  })

  test('a cut after the first text is thrown', async () => {
    fake.next([...steps([messageStart(), textStart(), textDelta('Set ')]), [0, 'end']])

    const {error, text} = await told(
      withFallbacks(anthropicGenerator({apiKey: 'k', baseUrl: fake.url, model: 'm', maxOutputTokens: 1500}), {
        lastResort,
      }),
    )

    expect(text.trim()).toBe('Set')
    expect(error).toMatchObject({code: 'upstream_cut'})
    expect(fake.requests).toHaveLength(1)
  })
})
