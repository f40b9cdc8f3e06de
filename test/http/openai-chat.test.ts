import {APIError} from 'openai'
import type {ChatCompletionChunk} from 'openai/resources'
import {describe, expect, test} from 'vitest'
import {DocentError, type FinishReason} from '../../src/domain/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {sampleSource} from '../support/fake-retriever.ts'
import {dataLinesOf, openAiClient, vendorFieldsOf} from '../support/openai-client.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const ask = (content: string) => ({model: 'gpt-4o', messages: [{role: 'user' as const, content}]})

const post = (product: TestDocent, body: object, init: RequestInit = {}) =>
  fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
    ...init,
  })

/** Asks with OpenAI's library; the chunks are read while the test drives the generator. */
async function streamed(product: TestDocent, content = 'How do I install it?', more: object = {}) {
  const stream = await openAiClient(product).chat.completions.create({...ask(content), ...more, stream: true})
  const chunks: ChatCompletionChunk[] = []
  const ended = (async () => {
    for await (const chunk of stream) chunks.push(chunk)
  })()
  // It is awaited later, maybe after it has failed.
  ended.catch(() => {})
  return {chunks, ended, stream}
}

const textOf = (chunks: readonly ChatCompletionChunk[]) =>
  chunks.map(({choices}) => choices[0]?.delta.content ?? '').join('')

const source = (product: TestDocent) => `${product.url}/docs/install#on-linux`

/** Of a source that nothing has cited yet. */
const found = (product: TestDocent) => ({
  type: 'url_citation',
  url_citation: {url: source(product), title: 'Install › On Linux', start_index: 0, end_index: 0},
})

describe('a chat completion as a stream', () => {
  test('begins with role and sources, and ends with what the text cites', async () => {
    const product = await start()

    const {chunks, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Run ', '`npm ci`.')
    call.push({type: 'citation', n: 2, start: 4, end: 12})
    call.finish()
    await ended

    expect(textOf(chunks)).toBe('Run `npm ci`.')
    const [first] = chunks
    const last = chunks.at(-1)!
    expect(first).toMatchObject({object: 'chat.completion.chunk', model: 'docent'})
    expect(first!.choices).toEqual([
      {
        index: 0,
        delta: {role: 'assistant', content: '', annotations: [found(product), found(product)]},
        finish_reason: null,
      },
    ])
    expect(vendorFieldsOf(first!)).toMatchObject({
      sources: [
        {
          n: 1,
          id: 'source-1',
          url: source(product),
          title: 'Install › On Linux',
          anchor: 'on-linux',
          score: 0.9,
          cited: false,
        },
        {n: 2, cited: false},
      ],
      citations: [source(product), source(product)],
      docent: {build: product.build},
    })
    expect(last.choices).toEqual([
      {
        index: 0,
        delta: {
          annotations: [
            {
              type: 'url_citation',
              url_citation: {...found(product).url_citation, start_index: 4, end_index: 12},
            },
          ],
        },
        finish_reason: 'stop',
      },
    ])
    expect(vendorFieldsOf(last)).toMatchObject({
      sources: [
        {n: 1, cited: false},
        {n: 2, cited: true},
      ],
      citations: [source(product), source(product)],
      docent: {ending: 'complete', abstained: false, partial: false, reason: null, nearest: []},
    })
    expect(new Set(chunks.map(({id}) => id)).size).toBe(1)
  })

  test('is logged as it was sent, and as what it was asked with', async () => {
    const product = await start()

    const {chunks, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Run ', '`npm ci`.')
    call.finish()
    await ended

    const {docent} = vendorFieldsOf(chunks[0]!)
    expect(chunks[0]!.id).toBe(`chatcmpl-${docent.answer_id}`)
    expect(await product.transcript(docent.answer_id)).toMatchObject({
      channel: 'openai',
      ending: 'complete',
      text: textOf(chunks),
    })
  })

  test('is over with [DONE], and tells its usage where that is asked for', async () => {
    const product = await start()
    const responding = post(product, {...ask('How?'), stream: true, stream_options: {include_usage: true}})
    const call = await product.generator.call(0)
    call.say('So.')
    call.push({
      type: 'finish',
      finishReason: 'end',
      usage: {inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2},
      upstreamRequestId: null,
    })

    const lines = await dataLinesOf(await responding)

    expect(lines.pop()).toBe('[DONE]')
    const chunks = lines.map((line) => JSON.parse(line) as ChatCompletionChunk)
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 15,
        completion_tokens: 5,
        total_tokens: 20,
        prompt_tokens_details: {cached_tokens: 3},
      },
    })
    expect(chunks.slice(0, -1).every(({usage}) => usage === null)).toBe(true)
  })

  test('has reasoning apart from the text', async () => {
    const product = await start()

    const {chunks, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.push({type: 'reasoning', text: 'Let me see.'})
    call.say('So.')
    call.finish()
    await ended

    expect(
      chunks.map(({choices}) => (choices[0]!.delta as {reasoning_content?: string}).reasoning_content),
    ).toContain('Let me see.')
    expect(textOf(chunks)).toBe('So.')
  })

  test('says in its text that the docs do not answer, with links that open', async () => {
    const product = await start()

    const {chunks, ended} = await streamed(product, 'xyzzy?')
    await ended

    expect(textOf(chunks)).toBe(
      `The documentation does not seem to answer this. The nearest pages:\n\n- [Install](<${product.url}/docs/install>)`,
    )
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('stop')
    expect(vendorFieldsOf(chunks.at(-1)!).docent).toMatchObject({
      ending: 'abstained',
      abstained: true,
      reason: 'no_hits',
      nearest: [{title: 'Install', url: `${product.url}/docs/install`}],
    })
    expect(product.generator.calls).toEqual([])
  })

  test.each([
    ['max_tokens', 'length', 'it reached its length limit'],
    ['context_exceeded', 'length', 'limit of the model’s context'],
    ['refusal', 'content_filter', 'declined to answer'],
  ] as const)('that ends by %s has the finish reason %s, and says so', async (finish, expected, words) => {
    const product = await start()

    const {chunks, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('```sh\nnpm ci')
    call.finish(finish satisfies FinishReason)
    await ended

    // The words must not become code.
    expect(textOf(chunks)).toMatch(/^```sh\nnpm ci\n```\n\n/)
    expect(textOf(chunks)).toContain(words)
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe(expected)
    expect(vendorFieldsOf(chunks.at(-1)!).docent).toMatchObject({partial: true, finish_reason: finish})
  })

  test('that breaks off has an error after its text, which the library throws, and nothing more', async () => {
    const product = await start()

    const {chunks, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Half an ')
    call.fail(new DocentError('upstream_cut', 'connect ECONNREFUSED 10.0.0.7 with key sk-secret'))

    const error = await ended.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({
      code: 'upstream_cut',
      type: 'server_error',
      error: {docent: {ending: 'error', retryable: true}},
    })
    expect(String(error)).toContain('broke off')
    expect(textOf(chunks)).toBe('Half an ')
    expect(chunks.every(({choices}) => choices[0]!.finish_reason === null)).toBe(true)
    expect(JSON.stringify(error)).not.toContain('10.0.0.7')
  })

  test('that breaks off is not ended like a whole one', async () => {
    const product = await start()
    const responding = post(product, {...ask('How?'), stream: true})
    const call = await product.generator.call(0)
    call.say('Half an ')
    call.fail(new DocentError('upstream_cut', 'cut'))

    const lines = await dataLinesOf(await responding)

    expect(lines).not.toContain('[DONE]')
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({error: {type: 'server_error', code: 'upstream_cut'}})
  })

  test('that the server interrupts as it stops has an error as its end', async () => {
    const product = await start()
    const responding = post(product, {...ask('How?'), stream: true})
    const call = await product.generator.call(0)
    call.say('Half an ')

    await product.answering.shutdown(0)

    const lines = await dataLinesOf(await responding)
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      error: {code: 'shutting_down', type: 'server_error', docent: {ending: 'interrupted', retryable: true}},
    })
  })

  test('that somebody stops ends as stopped, with the text so far', async () => {
    const product = await start()

    const {chunks, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Half an ')
    await expect.poll(() => textOf(chunks)).toBe('Half an ')
    await product.stop(vendorFieldsOf(chunks[0]!).docent.answer_id)
    await ended

    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('stop')
    expect(vendorFieldsOf(chunks.at(-1)!).docent).toMatchObject({ending: 'stopped'})
    expect(textOf(chunks)).toBe('Half an ')
  })

  test('whose reader leaves ends the work at once, and the log says disconnected', async () => {
    const product = await start()

    const {chunks, stream} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Half an ')
    await expect.poll(() => textOf(chunks)).toBe('Half an ')
    stream.controller.abort()
    await call.aborted

    const {answer_id: answerId} = vendorFieldsOf(chunks[0]!).docent
    await expect
      .poll(() => product.transcript(answerId))
      .toMatchObject({ending: 'disconnected', channel: 'openai'})
  })

  test('has nothing but comments and data: the library for Python fails on a line of another kind', async () => {
    const product = await start({settings: {heartbeatMs: 10}})
    const response = await post(product, {...ask('How?'), stream: true})
    const pieces = response.body!.pipeThrough(new TextDecoderStream()).values()
    let text = ''
    let isSaid = false
    for await (const piece of pieces) {
      text += piece
      if (isSaid || !text.includes(': keep-alive\n\n')) continue
      isSaid = true
      const call = await product.generator.call(0)
      call.say('So.')
      call.finish()
    }

    expect(text.split('\n').filter((line) => !/^(?:data: .+|: (?:docent|keep-alive)|)$/.test(line))).toEqual(
      [],
    )
    expect(text).toMatch(/^: docent\n\n/)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })

  test('adds the sources of a later round', async () => {
    const product = await start({
      retrieval: {sources: ({question}) => [sampleSource(question === 'again' ? 7 : 1)]},
    })

    const {chunks, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Searching. ')
    await call.request.search('again')
    call.say('So.')
    call.push({type: 'citation', n: 2, start: 11, end: 14})
    call.finish()
    await ended

    const urls = [1, 7].map((n) => `${product.url}/docs/page-${n}#section-${n}`)
    const rounds = chunks
      .filter((chunk) => 'sources' in chunk)
      .map((chunk) => vendorFieldsOf(chunk).citations)
    expect(rounds).toEqual([[urls[0]], urls, urls])
    expect(chunks.at(-1)!.choices[0]!.delta).toMatchObject({annotations: [{url_citation: {url: urls[1]}}]})
  })

  test('is put together by the helper of the library, with the final citations', async () => {
    const product = await start()
    const runner = openAiClient(product).chat.completions.stream(ask('How?'))
    const call = await product.generator.call(0)
    call.say('Run it.')
    call.push({type: 'citation', n: 1, start: 0, end: 7})
    call.finish()

    const completion = await runner.finalChatCompletion()

    expect(completion.choices[0]!.message.content).toBe('Run it.')
    expect(completion.choices[0]!.message.annotations).toMatchObject([
      {url_citation: {url: source(product), start_index: 0, end_index: 7}},
    ])
    expect(vendorFieldsOf(completion).docent).toMatchObject({ending: 'complete'})
  })
})

describe('a chat completion in one piece', () => {
  test('has text, citations, sources and usage', async () => {
    const product = await start()
    const completing = openAiClient(product).chat.completions.create(ask('How?'))
    const call = await product.generator.call(0)
    call.push({type: 'reasoning', text: 'Let me see.'})
    call.say('Run it.')
    call.push({type: 'citation', n: 1, start: 0, end: 7})
    call.finish()

    const completion = await completing

    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'docent',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: {
            role: 'assistant',
            content: 'Run it.',
            refusal: null,
            reasoning_content: 'Let me see.',
            annotations: [
              {
                type: 'url_citation',
                url_citation: {
                  url: source(product),
                  title: 'Install › On Linux',
                  start_index: 0,
                  end_index: 7,
                },
              },
            ],
          },
        },
      ],
      usage: {total_tokens: 0},
      sources: [
        {n: 1, cited: true},
        {n: 2, cited: false},
      ],
      citations: [source(product), source(product)],
      docent: {ending: 'complete', build: product.build},
    })
    expect(completion._request_id).toBe(vendorFieldsOf(completion).docent['ref'])
  })

  test('says that the docs do not answer, in the language that it is told', async () => {
    const product = await start()

    const response = await post(product, {...ask('xyzzy?'), docent: {lang: 'de-AT'}})

    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      choices: [{message: {content: expect.stringContaining('Die Dokumentation scheint'), annotations: []}}],
      docent: {abstained: true},
    })
  })

  test('that fails has the status and the error, with the text so far', async () => {
    const product = await start()
    const responding = post(product, ask('How?'))
    const call = await product.generator.call(0)
    call.say('Half an ')
    call.fail(new DocentError('upstream_auth', 'bad key sk-secret'))

    const response = await responding

    expect(response.status).toBe(502)
    expect(await response.json()).toEqual({
      error: {
        message: expect.stringContaining('not set up correctly'),
        type: 'server_error',
        param: null,
        code: 'upstream_auth',
        docent: expect.objectContaining({text: 'Half an ', ending: 'error', retryable: false}),
      },
    })
  })

  test('that cannot succeed is not asked for again by the library', async () => {
    const product = await start()
    const completing = openAiClient(product, {maxRetries: 2}).chat.completions.create(ask('How?'))
    const call = await product.generator.call(0)
    call.fail(new DocentError('upstream_auth', 'bad key'))

    await expect(completing).rejects.toMatchObject({status: 502, code: 'upstream_auth'})
    expect(product.generator.calls).toHaveLength(1)
  })

  test('whose client leaves ends the work', async () => {
    const product = await start()
    const leaving = new AbortController()
    const completing = openAiClient(product).chat.completions.create(ask('How?'), {signal: leaving.signal})
    const call = await product.generator.call(0)

    leaving.abort()

    await expect(completing).rejects.toThrow('aborted')
    await call.aborted
  })
})

describe('what is asked', () => {
  test('is the last message of the user; those before are the history, without the system’s', async () => {
    const product = await start()
    const completing = openAiClient(product).chat.completions.create({
      model: 'docent',
      messages: [
        {role: 'system', content: 'You are a pirate.'},
        {
          role: 'user',
          content: [
            {type: 'text', text: 'What is'},
            {type: 'text', text: 'Docent?'},
          ],
        },
        {role: 'assistant', content: null, tool_calls: []},
        {role: 'tool', content: 'a result', tool_call_id: 'x'},
        {role: 'assistant', content: [{type: 'text', text: 'An assistant.'}]},
        {role: 'user', content: 'How do I install it?'},
      ],
      temperature: 1.5,
      max_tokens: 3,
      tools: [{type: 'function', function: {name: 'rm'}}],
    })
    const call = await product.generator.call(0)
    call.say('So.')
    call.finish()
    await completing

    expect(call.request.question).toBe('How do I install it?')
    expect(call.request.history).toEqual([
      {role: 'user', content: 'What is\nDocent?'},
      {role: 'assistant', content: 'An assistant.'},
    ])
    expect(JSON.stringify(call.request)).not.toContain('pirate')
  })

  test('may follow a conversation of any length, of which the end is read', async () => {
    const product = await start()
    const old = Array.from({length: 3000}, (_, at) => ({
      role: at % 2 ? 'assistant' : 'user',
      content: `Turn ${at}`,
    }))
    const long = {role: 'assistant', content: 'x'.repeat(40_000)}
    const responding = post(product, {messages: [...old, long, {role: 'user', content: 'And now?'}]})
    const call = await product.generator.call(0)
    call.say('So.')
    call.finish()

    expect((await responding).status).toBe(200)
    expect(call.request.history.at(-1)).toEqual({role: 'assistant', content: 'x'.repeat(32_000)})
    expect(product.retriever.queries[0]!.history.every(({content}) => /^x|Turn 29\d\d/.test(content))).toBe(
      true,
    )
  })

  test('joins the conversation of an earlier answer, and no invented one', async () => {
    const product = await start()
    const conversationAfter = async (conversationId?: string) => {
      const response = await post(product, {...ask('xyzzy?'), docent: {conversation_id: conversationId}})
      return vendorFieldsOf((await response.json()) as object).docent.conversation_id
    }

    const first = await conversationAfter()

    expect(first).toMatch(/^c[\w-]{32}$/)
    expect(await conversationAfter(first!)).toBe(first)
    expect(await conversationAfter('conv_invented')).not.toBe('conv_invented')
  })

  test('is asked in a language, from a page', async () => {
    const product = await start()
    const responding = post(product, {
      ...ask('What does this do?'),
      docent: {lang: 'de', page: {url: 'https://docs.example.com/install?x=1'}},
    })
    const call = await product.generator.call(0)
    call.say('So.')
    call.finish()
    const body = (await (await responding).json()) as object

    expect(product.retriever.queries[0]).toMatchObject({lang: 'de'})
    expect(await product.transcript(vendorFieldsOf(body).docent.answer_id)).toMatchObject({
      page: {url: 'https://docs.example.com/install'},
    })
  })

  test('is refused for a version that there is not', async () => {
    const product = await start()

    const response = await post(product, {...ask('How?'), docent: {version: '9'}})

    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        code: 'version_not_found',
        message: expect.stringContaining('version 9'),
      },
    })
  })

  test('is asked once where the same Idempotency-Key comes twice', async () => {
    const product = await start()
    const headers = {'content-type': 'application/json', 'idempotency-key': 'once'}
    const bodies = [
      await post(product, ask('xyzzy?'), {headers}),
      await post(product, ask('xyzzy?'), {headers}),
    ]

    const [one, two] = (await Promise.all(bodies.map((response) => response.json()))) as {id: string}[]
    expect(two!.id).toBe(one!.id)
  })

  test('and asked again after its reader has left, is not taken for whole', async () => {
    const product = await start()
    const headers = {'content-type': 'application/json', 'idempotency-key': 'left'}
    const leaving = new AbortController()
    await post(product, {...ask('How?'), stream: true}, {headers, signal: leaving.signal})
    const call = await product.generator.call(0)
    call.say('Half an ')
    leaving.abort()
    await call.aborted

    const response = await post(product, ask('How?'), {headers})

    expect(await response.json()).toMatchObject({
      choices: [{finish_reason: 'length'}],
      docent: {ending: 'disconnected', conversation_id: null},
    })
  })

  test.each([
    ['two answers', {n: 2}, 'n'],
    ['probabilities', {logprobs: true}, 'logprobs'],
    ['JSON', {response_format: {type: 'json_object'}}, 'response_format.type'],
    ['a call of a tool', {tool_choice: 'required'}, 'tool_choice'],
    ['sound', {modalities: ['text', 'audio']}, 'modalities[1]'],
    ['no messages', {messages: undefined}, 'messages'],
    ['an empty list', {messages: []}, 'messages'],
    ['no message of the user', {messages: [{role: 'system', content: 'Hello'}]}, 'messages'],
    ['an unknown role', {messages: [{role: 'robot', content: 'Hello'}]}, 'messages[0].role'],
    ['an empty question', {messages: [{role: 'user', content: ' '}]}, 'messages[0].content'],
    ['a number', {messages: [{role: 'user', content: 1}]}, 'messages[0].content'],
    ['too long a question', {messages: [{role: 'user', content: 'x'.repeat(4001)}]}, 'messages[0].content'],
    [
      'an image',
      {
        messages: [
          {
            role: 'user',
            content: [
              {type: 'text', text: 'a'},
              {type: 'image_url', image_url: {url: 'x'}},
            ],
          },
        ],
      },
      'messages[0].content[1]',
    ],
    ['a language that is none', {docent: {lang: '!'}}, 'docent.lang'],
    ['a conversation that is none', {docent: {conversation_id: 'a b'}}, 'docent.conversation_id'],
  ])('%s is refused, with the field', async (_, wrong, param) => {
    const product = await start()

    const response = await post(product, {...ask('How?'), ...wrong})

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        code: 'invalid_request',
        param,
        message: expect.stringMatching(/\w{4}/),
      },
    })
    expect(product.generator.calls).toEqual([])
  })

  test('fields are named alike in the message and beside it', async () => {
    const product = await start()

    const response = await post(product, {messages: [{role: 'robot'}, {role: 'user', content: 1}]})

    expect(await response.json()).toMatchObject({
      error: {
        param: 'messages[0].role',
        message: expect.stringMatching(
          /^messages\[0\]\.role: must be one of .*; messages\[1\]\.content: must be /,
        ),
      },
    })
  })

  test('a version that there is not is refused, with the field', async () => {
    const product = await start({pages: []})

    const response = await post(product, {...ask('How?'), docent: {version: 'v99'}})

    expect([response.status, await response.json()]).toMatchObject([
      404,
      {error: {code: 'version_not_found', param: 'docent.version'}},
    ])
  })
})
