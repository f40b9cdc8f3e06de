import {describe, expect, test} from 'vitest'
import {type Log, silentLog} from '../../src/http/log.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {textOf} from '../support/event-reader.ts'
import {
  answer,
  blockStop,
  citationDelta,
  errorEvent,
  type FakeStep,
  frame,
  messageDelta,
  messageStart,
  messageStop,
  ping,
  refusal,
  steps,
  textDelta,
  textStart,
  type WireEvent,
} from '../support/fake-claude.ts'
import {idOf} from '../support/reading.ts'
import {type DocentOptions, startDocentWithClaude} from '../support/start-docent.ts'

/** The failure catalogue's cases of the model's side: its wire byte by byte, through the whole engine to a reader. */

const start = closedAfterEach(startDocentWithClaude)

const never = new Promise(() => {})
const begun = (...texts: readonly string[]): FakeStep[] =>
  steps([
    messageStart({input_tokens: 12, output_tokens: 1}),
    textStart(),
    ...texts.map((text) => textDelta(text)),
  ])
const end: readonly WireEvent[] = [blockStop(), messageDelta(), messageStop()]
const html = '<html><body>Sign in</body></html>'

const terminals = ({seen}: {seen: readonly {type: string}[]}) =>
  seen.filter(({type}) => type === 'done' || type === 'error')

describe('bytes', () => {
  const events = [
    messageStart(),
    textStart(),
    ping(),
    textDelta('Grüße 👩‍👩‍👧 '),
    textDelta('日本\r\n語.'),
    ...end,
  ]
  const wire = (lineEnd: string) =>
    Buffer.from(events.map((event) => frame(event).replaceAll('\n', lineEnd)).join(''))

  test.each(['\n', '\r\n'])(
    '[cut at every byte] a stream cut at every byte reads the same, lines ending in %j',
    async (lineEnd) => {
      const product = await start()
      product.upstream.next([...wire(lineEnd)].map((byte): FakeStep => [0, Uint8Array.of(byte)]))

      const reading = await product.read()
      await reading.all()

      expect(textOf(reading.seen)).toBe('Grüße 👩‍👩‍👧 日本\r\n語.')
      expect(terminals(reading)).toMatchObject([{type: 'done', data: {ending: 'complete'}}])
    },
  )

  test('[all in one packet] all frames in one packet keep their order', async () => {
    const product = await start()
    product.upstream.next([[0, wire('\n')]])

    const reading = await product.read()
    await reading.all()

    expect(textOf(reading.seen)).toBe('Grüße 👩‍👩‍👧 日本\r\n語.')
    expect(terminals(reading)).toHaveLength(1)
  })
})

describe('faults', () => {
  test.each<[string, FakeStep[], string, string, DocentOptions['settings']?]>([
    ['an error event', steps([errorEvent()]), 'error', 'upstream_overloaded'],
    ['a socket that is destroyed', [[5, 'destroy']], 'error', 'upstream_cut'],
    ['a clean end before message_stop', [[0, 'end']], 'error', 'upstream_cut'],
    [
      'a frame cut in its JSON, then the end',
      [
        [0, frame(textDelta(' and more')).slice(0, 70)],
        [0, 'end'],
      ],
      'error',
      'upstream_cut',
    ],
    ['bad JSON in a frame', [[0, 'event: x\ndata: {"type": sk-canary-key\n\n']], 'error', 'upstream_invalid'],
    ['a stall', [[0, 'stall']], 'timeout', 'stall_timeout', {stallTimeoutMs: 600}],
  ])(
    '[model fails] [failure after words] %s after the first words ends honestly, is not asked again, and can be continued',
    async (_name, fault, ending, code, settings = {}) => {
      const product = await start({settings})
      product.upstream.next([...begun('Half an ', 'answer'), ...fault])
      product.upstream.next(answer(' and the rest.'))

      const broken = await product.read()
      await broken.all()
      const asked = product.upstream.requests.length
      const transcript = await product.transcript(idOf(broken))
      const continued = await product.read({continueAnswerId: idOf(broken)})
      await continued.all()

      expect(terminals(broken)).toMatchObject([
        {type: 'error', data: {ending, code, retryable: true, usage: {inputTokens: 12}}},
      ])
      expect(textOf(broken.seen)).toBe('Half an answer')
      expect(asked).toBe(1)
      expect(transcript).toMatchObject({
        ending,
        text: 'Half an answer',
        errorDetail: expect.any(String),
        upstreamRequestId: 'req_fake_1',
        usage: {inputTokens: 12},
      })
      expect(textOf(continued.seen)).toBe('Half an answer and the rest.')
      expect(terminals(continued)).toMatchObject([{type: 'done', data: {ending: 'complete'}}])
      expect(JSON.stringify([broken.seen, transcript])).not.toContain('sk-canary-key')
    },
  )

  test.each<[string, FakeStep[], DocentOptions['settings']?]>([
    ['an error event', steps([messageStart(), errorEvent('invalid_request_error')])],
    [
      'a page of HTML under status 200',
      [[0, {status: 200, headers: {'content-type': 'text/html'}, body: html}]],
    ],
    ['a page of HTML as an event stream', [[0, html]]],
    ['a JSON body', [[0, {status: 200, headers: {'content-type': 'application/json'}, body: '{}'}]]],
    ['frames without event lines', [[0, `data: ${JSON.stringify(messageStart())}\n\n`]]],
    ['no head', [[0, {until: never}]], {stallTimeoutMs: 600}],
    ['a head and then nothing', [[0, 'stall']], {stallTimeoutMs: 600}],
    [
      'status 502 with a page of HTML',
      [[0, {status: 502, headers: {'content-type': 'text/html'}, body: html}]],
    ],
    ['status 529', refusal(529, 'overloaded_error', 'Overloaded', {'retry-after-ms': '5'})],
  ])(
    '[model fails] [failure before the first word] %s before the first word, for good, leaves the docs to be quoted',
    async (_name, fault, settings = {}) => {
      const product = await start({settings})
      product.upstream.otherwise(fault)

      const reading = await product.read()
      await reading.all()

      expect(terminals(reading)).toMatchObject([
        {type: 'done', data: {ending: 'complete', finishReason: 'extract'}},
      ])
      expect(textOf(reading.seen)).toMatch(/^From the docs:/)
      expect(reading.seen.filter(({type}) => type === 'tool').at(-1)?.data['summary']).toMatch(
        /quoting the docs/,
      )
      expect(await product.transcript(idOf(reading))).toMatchObject({
        generator: 'anthropic',
        writtenBy: {generator: 'extractive', model: null},
        fallbackCause: {
          code: expect.stringMatching(/^upstream_|^stall_timeout$/),
          detail: expect.stringMatching(/^The model's API /),
        },
      })
      const found = await product.transcripts.list({fallback: true, attention: true})
      expect(found.items.map(({answerId}) => answerId)).toEqual([idOf(reading)])
    },
  )

  test('[model fails] what a server says is in the log and the transcript, and not before the visitor', async () => {
    const logged: object[] = []
    const write = (level: string) => (fields: object, message: string) => {
      logged.push({level, message, ...fields})
    }
    const log: Log = {...silentLog, info: write('info'), warn: write('warn')}
    const product = await start({log})
    const said = 'model "x" not found, try pulling it first'
    product.upstream.otherwise([
      [0, {status: 404, headers: {'content-type': 'application/json'}, body: JSON.stringify({error: said})}],
    ])

    const readings = [await product.read(), await product.read()]
    for (const reading of readings) await reading.all()

    const detail = `The model's API failed: 404 ${said}; check ANTHROPIC_MODEL and ANTHROPIC_BASE_URL`
    expect(await product.transcript(idOf(readings[0]!))).toMatchObject({fallbackCause: {detail}})
    expect(JSON.stringify(readings.map(({seen}) => seen))).not.toContain('pulling')
    const notes = logged.filter((line) => JSON.stringify(line).includes('pulling'))
    expect(notes.map((line) => (line as {level: string}).level).sort()).toEqual(['info', 'info', 'warn'])
    expect(notes).toContainEqual(
      expect.objectContaining({level: 'warn', note: expect.stringContaining(`is refused: ${detail}`)}),
    )
  })

  test('[model fails] a reason that is not known is in the transcript, and the answer is what it is', async () => {
    const product = await start()
    product.upstream.next([...begun('One.'), ...steps([blockStop(), messageDelta('banana'), messageStop()])])

    const reading = await product.read()
    await reading.all()

    expect(terminals(reading)).toMatchObject([
      {type: 'done', data: {ending: 'complete', finishReason: 'end'}},
    ])
    expect((await product.transcript(idOf(reading)))['notes']).toEqual([
      expect.stringMatching(/ stopped for a reason that Docent does not know: banana$/),
    ])
  })

  test('[model fails] unknown events, blocks and deltas are ignored', async () => {
    const product = await start()
    product.upstream.next([
      ...begun('One.'),
      ...steps([
        {type: 'new_event'},
        {type: 'content_block_delta', index: 0, delta: {type: 'new_delta', text: 'no'}},
        ...end,
      ]),
    ])

    const reading = await product.read()
    await reading.all()

    expect(textOf(reading.seen)).toBe('One.')
    expect(terminals(reading)).toMatchObject([{data: {ending: 'complete'}}])
  })

  test('[failure before the first word] a failure before the first word is retried, and the answer arrives', async () => {
    const product = await start()
    product.upstream.next(refusal(529, 'overloaded_error', 'Overloaded', {'retry-after-ms': '5'}))
    product.upstream.next(answer('Set PORT.'))

    const reading = await product.read()
    await reading.all()

    expect(textOf(reading.seen)).toBe('Set PORT.')
    expect(terminals(reading)).toMatchObject([{data: {ending: 'complete', finishReason: 'end'}}])
    expect(product.upstream.requests).toHaveLength(2)
    expect(await product.transcript(idOf(reading))).not.toHaveProperty('writtenBy')
    expect((await product.transcripts.list({fallback: true})).items).toEqual([])
  })

  test('[long retry-after] a retry-after of an hour is not waited for', async () => {
    const product = await start()
    product.upstream.next(refusal(429, 'rate_limit_error', 'Slow down', {'retry-after': '3600'}))

    const reading = await product.read()
    await reading.all()

    expect(product.upstream.requests).toHaveLength(1)
    expect(terminals(reading)).toMatchObject([{data: {ending: 'complete', finishReason: 'extract'}}])
  })

  test.each([
    ['the whole answer', {answerTimeoutMs: 600}, begun('Half'), 'answer_timeout', 'Half'],
    ['the first token', {firstTokenTimeoutMs: 600}, [], 'first_token_timeout', ''],
  ] as const)(
    '[deadline] a deadline of %s that passes ends it and closes the upstream',
    async (_name, settings, script, code, text) => {
      const product = await start({settings})
      product.upstream.next([...script, [0, {until: never}]])

      const reading = await product.read()
      await reading.all()
      const request = await product.upstream.request(0)
      await request.closed

      expect(terminals(reading)).toMatchObject([{type: 'error', data: {ending: 'timeout', code}}])
      expect(textOf(reading.seen)).toBe(text)
      expect(request.aborted).toBe(true)
      expect(await product.transcript(idOf(reading))).toMatchObject({ending: 'timeout', text})
    },
  )

  test('[wrong key] a wrong key is not revealed to readers, and the docs are quoted', async () => {
    const product = await start()
    product.upstream.otherwise(refusal(401, 'authentication_error', 'invalid x-api-key sk-canary-key'))

    const reading = await product.read()
    await reading.all()
    const transcript = await product.transcript(idOf(reading))

    expect(terminals(reading)).toMatchObject([{data: {ending: 'complete', finishReason: 'extract'}}])
    expect(product.upstream.requests).toHaveLength(1)
    expect(JSON.stringify([reading.seen, transcript])).not.toContain('sk-canary-key')
  })
})

describe('ends', () => {
  test.each([
    ['max_tokens', 'max_tokens'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'context_exceeded'],
  ])('[partial answer] the stop reason %s is reported as %s', async (stopReason, finishReason) => {
    const product = await start()
    product.upstream.next([
      ...begun('Set PORT'),
      ...steps([blockStop(), messageDelta(stopReason), messageStop()]),
    ])

    const reading = await product.read()
    await reading.all()

    const {answerId} = reading.seen[0]!.data
    const json = await (await fetch(`${product.url}/api/answers/${answerId}`)).json()
    const again = await product.resume(String(answerId), 0)
    await again.all()

    const expected = {ending: 'complete', finishReason, partial: true}
    expect(terminals(reading)).toMatchObject([{type: 'done', data: expected}])
    expect(terminals(again)).toMatchObject([{type: 'done', data: expected}])
    expect(json).toMatchObject(expected)
    expect(await product.transcript(String(answerId))).toMatchObject(expected)
  })

  test('a normal end is not partial: the stream omits the field, the object has false', async () => {
    const product = await start()

    const reading = await product.read()
    await reading.all()
    const {answerId} = reading.seen[0]!.data
    const json = await (await fetch(`${product.url}/api/answers/${answerId}`)).json()

    expect(reading.seen.at(-1)).toMatchObject({type: 'done', data: {finishReason: 'end'}})
    expect(reading.seen.at(-1)!.data).not.toHaveProperty('partial')
    expect(json).toMatchObject({finishReason: 'end', partial: false})
  })

  test('[foreign citation] citations out of range or of unsent sources are dropped and counted', async () => {
    const product = await start()
    product.upstream.next(
      steps([
        messageStart(),
        textStart(),
        textDelta('Setting 1 is on by default.'),
        citationDelta({searchResultIndex: 99, citedText: 'x', source: '/docs/nowhere'}),
        citationDelta({searchResultIndex: -1, citedText: 'x', source: '/docs/nowhere'}),
        ...end,
      ]),
    )

    const reading = await product.read()
    await reading.all()

    expect(reading.seen.filter(({type}) => type === 'citation')).toEqual([])
    expect(terminals(reading)).toMatchObject([{data: {ending: 'complete'}}])
    expect((await product.transcript(idOf(reading)))['notes']).toEqual([
      expect.stringMatching(/^2 citation\(s\) .* dropped/),
    ])
  })

  test('[empty answer] an empty answer ends, with the docs quoted', async () => {
    const product = await start()
    product.upstream.otherwise(answer())

    const reading = await product.read()
    await reading.all()

    expect(terminals(reading)).toMatchObject([{data: {ending: 'complete', finishReason: 'extract'}}])
  })

  test('[late events] what comes after message_stop, or twice, is ignored', async () => {
    const product = await start()
    product.upstream.next([
      ...begun('One.'),
      ...steps([...end, messageStop(), textDelta(' Two.'), errorEvent(), messageStop()]),
    ])

    const reading = await product.read()
    await reading.all()

    expect(textOf(reading.seen)).toBe('One.')
    expect(terminals(reading)).toMatchObject([{data: {ending: 'complete'}}])
  })

  test('[burst of tokens] 10,000 tokens at once keep their order, on the wire and in the log', async () => {
    const product = await start()
    const tokens = Array.from({length: 10_000}, (_, n) => `${n}.`)
    product.upstream.next([
      [
        0,
        steps([messageStart(), textStart(), ...tokens.map((text) => textDelta(text)), ...end])
          .map(([, action]) => frame((action as {event: WireEvent}).event))
          .join(''),
      ],
    ])

    const reading = await product.read()
    await reading.all()

    expect(textOf(reading.seen)).toBe(tokens.join(''))
    expect(reading.seen.filter(({type}) => type === 'delta')).toHaveLength(10_000)
    expect((await product.transcript(idOf(reading)))['text']).toBe(tokens.join(''))
  })
})
