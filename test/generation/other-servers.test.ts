import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {type AnthropicOptions, anthropicGenerator} from '../../src/generation/anthropic-generator.ts'
import type {GenerationEvent, Generator} from '../../src/generation/generator.ts'
import {requestOf, sourceOf, textOf, told} from '../contracts/generator.contract.ts'
import {type FakeClaude, type FakeStep, refusal, startFakeClaude} from '../support/fake-claude.ts'
import {otherAnswer, otherServers} from '../support/other-servers.ts'

let fake: FakeClaude

beforeEach(async () => {
  fake = await startFakeClaude()
})
afterEach(() => fake.close())

const generator = (more: Partial<AnthropicOptions> = {}) =>
  anthropicGenerator({
    apiKey: null,
    baseUrl: fake.url,
    model: 'local',
    maxOutputTokens: 500,
    thinking: true,
    ...more,
  })

const said = (text: string) => [{type: 'content_block_delta', index: 1, delta: {type: 'text_delta', text}}]
const reason = (name: string) => ({type: 'message_delta', delta: {stop_reason: name}})

const asked = requestOf({sources: [sourceOf(1, 'The server listens on port 3000. Set `PORT` to change it.')]})

/** As an answer reads it: nothing is asked for after the last event. */
async function readToFinish(local: Generator): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = []
  for await (const event of local.generate(asked, {signal: new AbortController().signal})) {
    events.push(event)
    if (event.type === 'finish') break
  }
  return events
}

describe('a server of the Messages API, as a stand-in for it behaves', () => {
  test.each(otherServers)(
    '$name answers with citations, and what it lacks is found out once',
    async (server) => {
      fake.otherwise(server.reply)
      const notes: string[] = []
      const {model} = server
      const local = generator({model, onNote: (note) => notes.push(note)})

      const counts: number[] = []
      for (let n = 0; n < 3; n++) {
        const before = fake.requests.length
        const events = await readToFinish(local)
        counts.push(fake.requests.length - before)
        expect(textOf(events)).toBe(otherAnswer.replace(' [1]', ''))
        expect(events.filter(({type}) => type === 'citation')).toMatchObject([
          {n: 1, start: 0, quote: expect.stringContaining('port 3000')},
        ])
        expect(events.at(-1)).toMatchObject({type: 'finish', finishReason: 'end'})
        const thoughts = events.flatMap((event) => (event.type === 'reasoning' ? [event.text] : []))
        expect(thoughts.join('')).toBe(server.thought ?? '')
      }
      expect(counts).toEqual(server.requests)
      expect(notes.filter((note) => note.includes('from now on'))).toHaveLength(
        server.requests[0] > 1 ? 1 : 0,
      )
    },
  )

  test.each(otherServers)(
    '$name is never sent what the settings say that it lacks',
    async ({model, reply}) => {
      fake.otherwise(reply)
      const local = generator({model, citations: 'markers', lacking: ['cache', 'tools', 'thinking']})

      const {error} = await told(local, asked)
      const [{body}] = fake.requests as [(typeof fake.requests)[0]]

      expect(error).toBeNull()
      expect(fake.requests).toHaveLength(1)
      expect(JSON.stringify(body)).not.toMatch(/cache_control|"tools"|"thinking"|"search_result"/)
      expect(typeof body!.system).toBe('string')
      expect(JSON.stringify(body!.messages)).toContain('The server listens on port 3000.')
    },
  )

  test('that rejects every request is told apart from one that lacks something: the last error is thrown', async () => {
    fake.otherwise(refusal(400, 'invalid_request_error', 'No such luck'))

    const {error} = await told(generator(), asked)

    expect(error).toMatchObject({code: 'upstream_rejected'})
    expect(fake.requests).toHaveLength(2)
  })

  test.each([
    [401, 'authentication_error'],
    [404, 'not_found_error'],
    [429, 'rate_limit_error'],
    [503, 'api_error'],
  ])('that fails with %i is asked once', async (status, type) => {
    fake.otherwise(refusal(status, type, 'No.'))

    const {error} = await told(generator(), asked)

    expect(error).not.toBeNull()
    expect(fake.requests).toHaveLength(1)
  })

  test('whose tools are called with their whole input at once, and no word that it stopped for them, may search', async () => {
    fake.next([
      ...[
        {type: 'message_start', message: {}},
        {
          type: 'content_block_start',
          index: 0,
          content_block: {type: 'tool_use', name: 'search_docs', input: {query: 'port'}},
        },
        {type: 'message_delta', delta: {stop_reason: 'end_turn'}},
        {type: 'message_stop'},
      ].map((event) => [0, `data: ${JSON.stringify(event)}\n\n`] as const),
    ])
    fake.otherwise(otherServers[0]!.reply)

    const {error, events} = await told(generator(), asked)
    expect(error).toBeNull()

    expect(events.filter(({type}) => type === 'tool')).toMatchObject([
      {status: 'started', input: {query: 'port'}},
      {status: 'done'},
    ])
    expect(textOf(events)).toBe(otherAnswer.replace(' [1]', ''))
    expect(JSON.stringify(fake.requests[1]!.body)).toContain('"tool_use_id":"call_0"')
  })

  /** What a server sends, and what becomes of it. */
  const oddities: readonly (readonly [
    name: string,
    events: readonly object[],
    expected: {readonly code?: string; readonly text?: string; readonly finish?: string},
  ])[] = [
    ['no reason, but a stop', [...said('Yes.'), {type: 'message_stop'}], {text: 'Yes.', finish: 'end'}],
    [
      'a reason, and a connection that stays',
      [...said('Yes.'), reason('end_turn')],
      {text: 'Yes.', finish: 'end'},
    ],
    [
      'the reason of another protocol',
      [...said('Yes'), reason('length')],
      {text: 'Yes', finish: 'max_tokens'},
    ],
    ['a limit in capitals', [...said('Yes'), reason('MAX_TOKENS')], {text: 'Yes', finish: 'max_tokens'}],
    ['a filter for safety', [...said('Yes'), reason('SAFETY')], {text: 'Yes', finish: 'refusal'}],
    ['a time-out as the reason', [...said('Yes'), reason('timeout')], {text: 'Yes', code: 'upstream_cut'}],
    [
      'text behind the reason',
      [...said('Yes, '), reason('end_turn'), ...said('there is more.'), {type: 'message_stop'}],
      {text: 'Yes, there is more.', finish: 'end'},
    ],
    [
      'the answer anew in the middle of it',
      [
        {type: 'message_start', message: {}},
        ...said('Yes, th'),
        {type: 'message_start', message: {}},
        ...said('Yes, there is.'),
        {type: 'message_stop'},
      ],
      {text: 'Yes, th', code: 'upstream_invalid'},
    ],
    [
      'its beginning twice',
      [
        {type: 'message_start', message: {}},
        {type: 'message_start', message: {}},
        ...said('Yes.'),
        reason('stop'),
      ],
      {text: 'Yes.', finish: 'end'},
    ],
    [
      'an error behind the reason',
      [...said('Yes'), reason('stop'), {error: {message: 'CUDA'}}],
      {text: 'Yes', code: 'upstream_error'},
    ],
    ['a filter', [...said('Yes'), reason('content_filter')], {text: 'Yes', finish: 'refusal'}],
    ['an error as the reason', [...said('Yes'), reason('error')], {text: 'Yes', code: 'upstream_cut'}],
    ['a pause', [...said('Yes'), reason('pause_turn')], {text: 'Yes', code: 'upstream_cut'}],
    [
      'blank text',
      [...said('<think>a</think>'), ...said('\n\n'), reason('end_turn')],
      {text: '', finish: 'end'},
    ],
    [
      'thoughts up to the limit',
      [...said('<think>Hm'), reason('max_tokens')],
      {text: '', code: 'upstream_rejected'},
    ],
    [
      'an error without a type',
      [...said('Yes'), {error: {message: 'CUDA'}}],
      {text: 'Yes', code: 'upstream_error'},
    ],
    [
      'counts that are none',
      [...said('Yes.'), {...reason('end_turn'), usage: {output_tokens: -5e20, input_tokens: 1e308}}],
      {text: 'Yes.', finish: 'end'},
    ],
    [
      'a thought in the frame that begins it',
      [
        {type: 'content_block_start', index: 4, content_block: {type: 'thinking', thinking: 'a'}},
        ...said('Yes.'),
        reason('stop'),
      ],
      {text: 'Yes.', finish: 'end'},
    ],
  ]

  test.each(oddities)('that sends %s', async (_, events, {code, text = '', finish}) => {
    fake.otherwise(events.map((event) => [0, `data: ${JSON.stringify(event)}\n\n`] as const))

    const seen = await told(generator({stallTimeoutMs: 2000}), asked)

    expect(seen.text).toBe(text)
    expect(seen.error).toEqual(code === undefined ? null : expect.objectContaining({code}))
    const last = seen.events.at(-1)
    if (finish !== undefined) expect(last).toMatchObject({type: 'finish', finishReason: finish})
    if (last?.type === 'finish') {
      for (const count of Object.values(last.usage)) expect(count >= 0 && count <= 1e9).toBe(true)
    }
  })

  test('that says why it stopped, and then pings for ever, is not waited for', async () => {
    const ping: FakeStep = [50, 'event: ping\ndata: {"type":"ping"}\n\n']
    const events = [...said('Yes.'), reason('end_turn')]
    fake.next([
      ...events.map((event) => [0, `data: ${JSON.stringify(event)}\n\n`] as const),
      ...Array.from({length: 400}, () => ping),
    ])
    const startedAt = performance.now()

    const {error, text} = await told(generator(), asked)

    expect(error).toBeNull()
    expect(text).toBe('Yes.')
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  test('that sends text behind the end is noted, and the text is not shown', async () => {
    const events = [...said('Yes.'), reason('end_turn'), {type: 'message_stop'}, ...said(' More.')]
    fake.next([[0, events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')]])
    const notes: unknown[] = []

    const {error, text} = await told(generator(), {
      ...asked,
      report: ({note}) => {
        if (note !== undefined) notes.push(note)
      },
    })

    expect(error).toBeNull()
    expect(text).toBe('Yes.')
    expect(notes).toEqual(['local sent text behind the end of its answer, which is not shown'])
  })

  test('that stops for a reason of its own ends the answer, which is logged once for each reason', async () => {
    const warnings: string[] = []
    const reports: unknown[] = []
    const local = generator({onWarning: (warning) => warnings.push(warning)})

    for (const name of ['banana', 'banana', `ba\u001b[31m\nnana ${'x'.repeat(500)}`]) {
      fake.next([...said('Yes.'), reason(name)].map((event) => [0, `data: ${JSON.stringify(event)}\n\n`]))
      const {events} = await told(local, {
        ...asked,
        report: ({note}) => {
          if (note !== undefined) reports.push(note)
        },
      })
      expect(events.at(-1)).toMatchObject({type: 'finish', finishReason: 'end'})
    }

    expect(reports).toEqual([
      'local stopped for a reason that Docent does not know: banana',
      'local stopped for a reason that Docent does not know: banana',
      expect.stringMatching(/know: ba nana x{30,60}$/),
    ])
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('know: banana. Its answers count as complete')
  })

  const page = '<html><style>h1 {}</style><h1>Log in</h1><p>to go on, sk-secret-123456</p></html>'
  const typed = (type: string, body: string, status = 200): FakeStep[] => [
    [0, {status, headers: type === '' ? {} : {'content-type': type}, body}],
  ]

  test.each<[name: string, reply: FakeStep[], message: string]>([
    [
      'a refusal in words of its own',
      typed('application/json', '{"error":"model \\"x\\" not found, try pulling it first"}', 404),
      'failed: 404 model "x" not found, try pulling it first; check ANTHROPIC_MODEL and ANTHROPIC_BASE_URL',
    ],
    ['a refusal as a detail', typed('application/json', '{"detail":"nope"}', 401), 'failed: 401 nope; check'],
    ['a page of an error', typed('text/html', page, 502), 'failed: 502 Log in to go on, …'],
    ['no word', typed('text/plain', '', 503), 'failed: 503'],
    [
      'a page',
      typed('text/html; charset=utf-8', page),
      'answered 200 with text/html instead of an event stream, which says “Log in to go on, …”',
    ],
    [
      'an error as JSON',
      typed('application/json', '{"error":{"message":"out of memory"}}'),
      'answered 200 with application/json instead of an event stream, which says “out of memory”',
    ],
    [
      'an answer as JSON',
      typed('application/json', '{"id":1,"choices":[{"message":"Yes"}]}'),
      'with application/json instead of an event stream, which says “{id, choices}”',
    ],
    ['an empty body', typed('application/json', ''), 'answered 200 with an empty body instead'],
    ['an empty stream', typed('text/event-stream', ''), 'answered 200 with an empty body instead'],
    ['no content', [[0, {status: 204}]], 'answered 204 with an empty body instead'],
    [
      'a page as a stream',
      typed('text/event-stream', page),
      'answered 200 with text/event-stream without an event instead of an event stream, which says “Log in',
    ],
    [
      'plain text',
      typed('', 'no such route'),
      'answered 200 with a body without a content type without an event',
    ],
  ])('that sends %s is quoted to the operator', async (_, reply, message) => {
    fake.otherwise(reply)

    const {error} = await told(generator({lacking: ['tools', 'cache', 'thinking']}), asked)

    expect((error as Error).message).toContain(message)
    expect((error as Error).message).not.toMatch(/secret|[<>]/)
  })

  test('that calls a tool after some words, and says that it is done, searches', async () => {
    const call = {type: 'tool_use', id: 'c', name: 'search_docs', input: {query: 'port'}}
    fake.next(
      [
        ...said('Let me look.'),
        {type: 'content_block_start', index: 5, content_block: call},
        reason('end_turn'),
      ].map((event) => [0, `data: ${JSON.stringify(event)}\n\n`] as const),
    )
    fake.otherwise(otherServers[0]!.reply)

    const {events, text} = await told(generator(), asked)

    expect(events.filter(({type}) => type === 'tool')).toHaveLength(2)
    expect(text).toBe(`Let me look.\n\n${otherAnswer.replace(' [1]', '')}`)
  })

  test('whose model searches without end gives no answer', async () => {
    const call = {type: 'tool_use', id: 'c', name: 'search_docs', input: {query: 'port'}}
    fake.otherwise(
      [
        ...said('Let me look.'),
        {type: 'content_block_start', index: 5, content_block: call},
        reason('tool_use'),
      ].map((event) => [0, `data: ${JSON.stringify(event)}\n\n`] as const),
    )

    const {error, events} = await told(generator(), asked)

    expect(error).toMatchObject({code: 'upstream_invalid'})
    expect(events.some(({type}) => type === 'finish')).toBe(false)
    expect(fake.requests).toHaveLength(4)
  })

  test('that rejects the results of a tool is not offered it again', async () => {
    const call = {type: 'tool_use', id: 'c', name: 'search_docs', input: {query: 'port'}}
    fake.next(
      [{type: 'content_block_start', index: 0, content_block: call}, reason('tool_use')].map(
        (event) => [0, `data: ${JSON.stringify(event)}\n\n`] as const,
      ),
    )
    fake.next(refusal(400, 'invalid_request_error', 'unknown block tool_result: this model knows no tools'))
    fake.otherwise(otherServers[0]!.reply)
    const local = generator()

    const first = await told(local, asked)
    const second = await told(local, asked)

    expect(first.error).toMatchObject({code: 'upstream_rejected'})
    expect(second.error).toBeNull()
    expect(fake.requests[2]!.body!.tools).toBeUndefined()
  })

  test('that says in an event that it knows no tools is asked without', async () => {
    fake.next([
      [
        0,
        `event: error\ndata: ${JSON.stringify({type: 'error', error: {message: 'no support for tools'}})}\n\n`,
      ],
    ])
    fake.otherwise(otherServers[0]!.reply)

    const {error, text} = await told(generator(), asked)

    expect(error).toBeNull()
    expect(text).toBe(otherAnswer.replace(' [1]', ''))
  })

  test('that rejects one long request is sent the next one whole', async () => {
    fake.next(refusal(400, 'invalid_request_error', 'the request exceeds the available context size'))
    fake.otherwise(otherServers[0]!.reply)
    const local = generator()

    expect((await told(local, asked)).error).toMatchObject({code: 'upstream_rejected'})
    expect((await told(local, asked)).error).toBeNull()
    expect(fake.requests).toHaveLength(2)
    expect(fake.requests[1]!.body!.tools).toBeDefined()
  })

  test('that ends without saying why has broken off', async () => {
    fake.otherwise([
      [
        0,
        `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Half"}}\n\n`,
      ],
    ])

    const {error, text} = await told(generator(), asked)

    expect(error).toMatchObject({code: 'upstream_cut'})
    expect(text).toBe('Half')
  })
})
