import type {AddressInfo} from 'node:net'
import {createServer} from 'node:net'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {DocentError, type ErrorCode} from '../../src/domain/index.ts'
import {type AnthropicOptions, anthropicGenerator} from '../../src/generation/anthropic-generator.ts'
import type {GenerationEvent, Generator} from '../../src/generation/generator.ts'
import {requestOf, textOf, told} from '../contracts/generator.contract.ts'
import {
  answer,
  blockStop,
  errorEvent,
  type FakeClaude,
  type FakeStep,
  frame,
  messageDelta,
  messageStart,
  messageStop,
  ping,
  refusal,
  startFakeClaude,
  steps,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'

const key = 'sk-canary-0123456789'

let fake: FakeClaude

beforeEach(async () => {
  fake = await startFakeClaude()
})

afterEach(async () => {
  await fake.close()
})

function claude(more: Partial<AnthropicOptions> = {}): Generator {
  return anthropicGenerator({
    apiKey: key,
    baseUrl: fake.url,
    model: 'claude-haiku-5-5',
    maxOutputTokens: 1500,
    stallTimeoutMs: 5000,
    ...more,
  })
}

/** Begins an answer whose first words are out. */
const begun = (...pieces: readonly string[]): FakeStep[] =>
  steps([messageStart(), textStart(), ...pieces.map((piece) => textDelta(piece))])

const wholeEnd = steps([blockStop(), messageDelta(), messageStop()])

interface Fault {
  readonly name: string
  readonly script: readonly FakeStep[]
  readonly code: ErrorCode
  /** What a reader has when it fails. */
  readonly text: string
  readonly options?: Partial<AnthropicOptions>
}

const html = '<html><body>Sign in</body></html>'

const faults: readonly Fault[] = [
  ...(
    [
      ['overloaded_error', 'upstream_overloaded'],
      ['rate_limit_error', 'upstream_rate_limited'],
      ['api_error', 'upstream_error'],
      ['timeout_error', 'upstream_error'],
      ['authentication_error', 'upstream_auth'],
      ['permission_error', 'upstream_auth'],
      ['invalid_request_error', 'upstream_rejected'],
      ['something_new_error', 'upstream_error'],
    ] as const
  ).map(([type, code]) => ({
    name: `an error event of type ${type} in mid-answer`,
    script: [...begun('Set ', 'PORT'), ...steps([errorEvent(type, 'Sorry')])],
    code,
    text: 'Set PORT',
  })),
  {
    name: 'an error event before the first token',
    script: steps([messageStart(), errorEvent()]),
    code: 'upstream_overloaded',
    text: '',
  },
  {
    name: 'a socket that is destroyed in mid-answer',
    script: [...begun('Set ', 'PORT'), [20, 'destroy']],
    code: 'upstream_cut',
    text: 'Set PORT',
  },
  {
    name: 'a clean end before message_stop',
    script: [...begun('Set ', 'PORT'), [0, 'end']],
    code: 'upstream_cut',
    text: 'Set PORT',
  },
  {
    name: 'a clean end after message_delta but before message_stop',
    script: [...begun('Set PORT'), ...steps([blockStop(), messageDelta()])],
    code: 'upstream_cut',
    text: 'Set PORT',
  },
  {
    name: 'a frame cut in the middle of its JSON, then the end',
    script: [...begun('Set PORT'), [0, frame(textDelta(' and more')).slice(0, 70)], [0, 'end']],
    code: 'upstream_cut',
    text: 'Set PORT',
  },
  {
    name: 'bad JSON in a frame',
    script: [
      ...begun('Set PORT'),
      [0, 'event: content_block_delta\ndata: {"type": sk-canary-0123456789\n\n'],
      ...wholeEnd,
    ],
    code: 'upstream_invalid',
    text: 'Set PORT',
  },
  {
    name: 'a page of HTML under status 200',
    script: [[0, {status: 200, headers: {'content-type': 'text/html'}, body: html}]],
    code: 'upstream_invalid',
    text: '',
  },
  {
    name: 'a page of HTML that says it is an event stream',
    script: [[0, html]],
    code: 'upstream_invalid',
    text: '',
  },
  {
    name: 'a JSON body under status 200',
    script: [[0, {status: 200, headers: {'content-type': 'application/json'}, body: '{"ok":true}'}]],
    code: 'upstream_invalid',
    text: '',
  },
  {
    name: 'frames without an event line',
    script: [
      [0, `data: ${JSON.stringify(messageStart())}\n\n`],
      [0, `data: ${JSON.stringify(textDelta('Set PORT'))}\n\n`],
      [0, `data: ${JSON.stringify(messageStop())}\n\n`],
    ],
    code: 'upstream_invalid',
    text: '',
  },
  {
    name: 'a line without an end',
    script: [...begun('Set PORT'), ...Array.from({length: 6}, (): FakeStep => [0, 'x'.repeat(2 ** 20)])],
    code: 'upstream_invalid',
    text: 'Set PORT',
  },
  {
    name: 'no response head',
    script: [[0, {until: new Promise(() => {})}]],
    code: 'stall_timeout',
    text: '',
    options: {stallTimeoutMs: 700},
  },
  {
    name: 'a head and then nothing',
    script: [[0, 'stall']],
    code: 'stall_timeout',
    text: '',
    options: {stallTimeoutMs: 700},
  },
  {
    name: 'silence in mid-answer',
    script: [...begun('Set PORT'), [0, 'stall']],
    code: 'stall_timeout',
    text: 'Set PORT',
    options: {stallTimeoutMs: 700},
  },
  ...(
    [
      [400, 'invalid_request_error', 'upstream_rejected'],
      [401, 'authentication_error', 'upstream_auth'],
      [403, 'permission_error', 'upstream_auth'],
      [404, 'not_found_error', 'upstream_rejected'],
      [413, 'request_too_large', 'upstream_rejected'],
      [422, 'invalid_request_error', 'upstream_rejected'],
      [429, 'rate_limit_error', 'upstream_rate_limited'],
      [500, 'api_error', 'upstream_error'],
      [529, 'overloaded_error', 'upstream_overloaded'],
    ] as const
  ).map(([status, type, code]) => ({
    name: `status ${status}`,
    script: refusal(status, type, `No: ${key}`),
    code,
    text: '',
  })),
  {
    name: 'status 502 with a page of HTML',
    script: [[0, {status: 502, headers: {'content-type': 'text/html'}, body: html}]],
    code: 'upstream_error',
    text: '',
  },
  {
    name: 'an error status whose body never ends',
    script: [
      [0, {status: 529, headers: {'content-type': 'application/json'}, body: '{"type":'}],
      [0, {until: new Promise(() => {})}],
    ],
    code: 'upstream_overloaded',
    text: '',
    options: {stallTimeoutMs: 700},
  },
]

describe('[model fails] each fault of the upstream', () => {
  test.each(faults)(
    '$name becomes $code, with the text so far kept',
    async ({script, code, text, options}) => {
      fake.next(script)

      const seen = await told(claude(options))

      expect(seen.error).toBeInstanceOf(DocentError)
      expect((seen.error as DocentError).code).toBe(code)
      expect(seen.text).toBe(text)
      expect(seen.events.some(({type}) => type === 'finish')).toBe(false)
      // One request: what is tried again, and when, is not decided here.
      expect(fake.requests).toHaveLength(1)
    },
  )

  test.each(faults)('$name tells neither the key nor the prompt', async ({script, options}) => {
    fake.next(script)

    const {error} = await told(claude(options), requestOf({question: 'A canary question?'}))

    const everything = deepText(error)
    expect(everything).not.toContain(key)
    expect(everything).not.toContain('canary question')
  })

  test('a port where nobody listens becomes upstream_unreachable', async () => {
    const {error} = await told(claude({baseUrl: `http://127.0.0.1:${await freePort()}`}))

    expect((error as DocentError).code).toBe('upstream_unreachable')
    expect((error as DocentError).details).toMatchObject({cause: 'ECONNREFUSED'})
  })

  test('a host that does not exist becomes upstream_unreachable', async () => {
    const {error} = await told(claude({baseUrl: 'http://nowhere.invalid'}))

    expect((error as DocentError).code).toBe('upstream_unreachable')
  })
})

describe('the retry-after of an upstream', () => {
  test.each([
    [{'retry-after': '3600'}, 3_600_000],
    [{'retry-after': '1.5'}, 1500],
    [{'retry-after-ms': '250'}, 250],
    [{}, null],
  ] as const)('%j is handed on and not waited for', async (headers, retryAfterMs) => {
    fake.next(refusal(429, 'rate_limit_error', 'Slow down', headers))

    const {error} = await told(claude())

    expect((error as DocentError).retryAfterMs).toBe(retryAfterMs)
  })
})

describe('silence', () => {
  test('pings keep a quiet answer alive', async () => {
    const pings = Array.from({length: 12}, (): FakeStep => [150, {event: ping()}])
    fake.next([...begun('Set '), ...pings, ...steps([textDelta('PORT')]), ...wholeEnd])

    const {text, error} = await told(claude({stallTimeoutMs: 1200}))

    expect(error).toBeNull()
    expect(text).toBe('Set PORT')
  })

  test('a slow reader is not a stall', async () => {
    fake.next(answer('Set ', 'PORT', '.'))
    const events: GenerationEvent[] = []

    for await (const event of claude({stallTimeoutMs: 800}).generate(requestOf(), {
      signal: new AbortController().signal,
    })) {
      events.push(event)
      if (events.length === 1) await new Promise((resolve) => setTimeout(resolve, 1400))
    }

    expect(textOf(events)).toBe('Set PORT.')
  })
})

describe('stopping', () => {
  test.each([
    ['before the response head', [[0, {until: new Promise(() => {})}]] as FakeStep[]],
    ['before the first token', [...steps([messageStart()]), [0, 'stall']] as FakeStep[]],
    ['in mid-answer', [...begun('Set ', 'PORT'), [0, 'stall']] as FakeStep[]],
  ])('%s closes the upstream at once and throws the reason', async (_name, script) => {
    fake.next(script)
    const stop = new AbortController()
    const reason = new Error('the visitor said stop')

    const telling = told(claude(), requestOf(), stop.signal)
    const request = await fake.request(0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const stoppedAt = performance.now()
    stop.abort(reason)
    const {error} = await telling
    await request.closed

    expect(error).toBe(reason)
    expect(request.aborted).toBe(true)
    expect((request.closedAt ?? Number.POSITIVE_INFINITY) - stoppedAt).toBeLessThan(2000)
  })

  test('a reader that leaves closes the upstream', async () => {
    fake.next([...begun('Set '), [0, 'stall']])

    for await (const event of claude().generate(requestOf(), {signal: new AbortController().signal})) {
      if (event.type === 'delta') break
    }
    const request = await fake.request(0)
    await request.closed

    expect(request.aborted).toBe(true)
  })
})

describe('the wire', () => {
  test('[cut at every byte] a stream cut at every byte reads the same', async () => {
    const script = [
      messageStart(),
      ping(),
      textStart(),
      textDelta('Ümläute, 日本 and 🚀.'),
      blockStop(),
      messageDelta(),
      messageStop(),
    ]
    const bytes = Buffer.from(
      script
        .map((event) => frame(event))
        .join('')
        .replaceAll('\n', '\r\n'),
    )
    fake.next([...bytes].map((_, index): FakeStep => [0, bytes.subarray(index, index + 1)]))

    const {text, error} = await told(claude())

    expect(error).toBeNull()
    expect(text).toBe('Ümläute, 日本 and 🚀.')
  })

  test('[all in one packet] all frames in one packet keep their order', async () => {
    const pieces = Array.from({length: 50}, (_, index) => `${index} `)
    fake.next([
      [
        0,
        answer(...pieces)
          .map(([, action]) => frame((action as {event: never}).event))
          .join(''),
      ],
    ])

    const {text} = await told(claude())

    expect(text).toBe(pieces.join(''))
  })

  test('[late events] events after message_stop are ignored', async () => {
    fake.next([
      ...answer('Set PORT.'),
      ...steps([messageStop(), textStart(1), textDelta(' Late.', 1), errorEvent(), messageStart()]),
    ])

    const {text, error, events} = await told(claude())

    expect(error).toBeNull()
    expect(text).toBe('Set PORT.')
    expect(events.filter(({type}) => type === 'finish')).toHaveLength(1)
  })

  test('an upstream that does not close after message_stop delays nothing', async () => {
    fake.next([...answer('Set PORT.'), [0, 'stall']])

    const {text, error} = await told(claude())

    expect(error).toBeNull()
    expect(text).toBe('Set PORT.')
    await (await fake.request(0)).closed
  })

  test('unknown events, blocks and deltas are ignored', async () => {
    fake.next(
      steps([
        messageStart(),
        {type: 'brand_new', value: 1},
        {type: 'content_block_start', index: 0, content_block: {type: 'hologram'}},
        {type: 'content_block_delta', index: 0, delta: {type: 'hologram_delta', light: 1}},
        blockStop(0),
        {type: 'content_block_delta', index: 7},
        {type: 'content_block_start', index: 1},
        textStart(2),
        textDelta('Set PORT.', 2),
        {type: 'content_block_delta', index: 2, delta: {type: 'text_delta', text: 5}},
        blockStop(2),
        messageDelta(),
        messageStop(),
      ]),
    )

    const {text, error} = await told(claude())

    expect(error).toBeNull()
    expect(text).toBe('Set PORT.')
  })

  test('[empty answer] an empty answer finishes', async () => {
    fake.next(steps([messageStart(), messageDelta(), messageStop()]))

    const {events, error} = await told(claude())

    expect(error).toBeNull()
    expect(events).toMatchObject([{type: 'finish', finishReason: 'end'}])
  })

  test('[burst of tokens] 10,000 tokens in one burst keep their order', async () => {
    const pieces = Array.from({length: 10_000}, (_, index) => `${index},`)
    fake.next(answer(...pieces))

    const {text, error} = await told(claude())

    expect(error).toBeNull()
    expect(text).toBe(pieces.join(''))
  })

  test('a reader that stops reading stops the upstream: nothing is read ahead without bound', async () => {
    const piece = 'x'.repeat(16_384)
    const total = 2000
    fake.next([
      ...begun('first'),
      ...Array.from({length: total}, (): FakeStep => [0, {event: textDelta(piece)}]),
      ...wholeEnd,
    ])

    const stream = claude().generate(requestOf(), {signal: new AbortController().signal})
    await stream.next()
    const request = await fake.request(0)
    const written = await settled(() => request.bytesWritten)
    await stream.return(undefined)

    // Socket buffers of both sides hold some megabytes; the whole would be more than 32.
    expect(written).toBeLessThan(16 * 2 ** 20)
  })

  test('connections are reused by later answers', async () => {
    fake.otherwise(answer('One.'))
    const generator = claude()

    for (let asked = 0; asked < 6; asked++) await told(generator)

    // Node's fetch may open a second one while the first is not yet free.
    expect(fake.requests).toHaveLength(6)
    expect(fake.connections).toBeLessThanOrEqual(2)
  })
})

test.each([
  ['end_turn', 'end'],
  ['stop_sequence', 'end'],
  ['max_tokens', 'max_tokens'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'context_exceeded'],
  ['a_new_reason', 'end'],
])('[partial answer] the stop reason %s ends as %s', async (stopReason, finishReason) => {
  fake.next([...begun('Set PORT'), ...steps([blockStop(), messageDelta(stopReason), messageStop()])])

  const {events} = await told(claude())

  expect(events.at(-1)).toMatchObject({type: 'finish', finishReason})
})

/** An error with everything that a logger could find in it. */
function deepText(value: unknown, depth = 0): string {
  if (depth > 6) return ''
  if (typeof value !== 'object' || value === null) return String(value)
  return Reflect.ownKeys(value)
    .map((name) => `${String(name)}=${deepText((value as Record<PropertyKey, unknown>)[name], depth + 1)}`)
    .join('\n')
}

/** The value once it has not changed for a while. */
async function settled(read: () => number): Promise<number> {
  let last = -1
  for (let same = 0; same < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 30))
    const value = read()
    same = value === last ? same + 1 : 0
    last = value
  }
  return last
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
