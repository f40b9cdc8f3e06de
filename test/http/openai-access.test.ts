import {AuthenticationError, RateLimitError} from 'openai'
import {describe, expect, test} from 'vitest'
import type {Log} from '../../src/http/log.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {openAiClient} from '../support/openai-client.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const question = {model: 'docent', messages: [{role: 'user' as const, content: 'xyzzy?'}]}

const post = (product: TestDocent, path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headers},
    body,
  })

const ask = (product: TestDocent, headers: Record<string, string> = {}) =>
  post(product, '/v1/chat/completions', JSON.stringify(question), headers)

describe('the models', () => {
  test('are one, which says what it is made of', async () => {
    const product = await start()

    const {data} = await openAiClient(product).models.list()

    expect(data).toMatchObject([
      {id: 'docent', object: 'model', owned_by: 'docent', docent: {generator: 'scripted', model: 'by-hand'}},
    ])
    expect(await openAiClient(product).models.retrieve('docent')).toEqual(data[0])
  })

  test('have no others', async () => {
    const product = await start()

    await expect(openAiClient(product).models.retrieve('gpt-4o')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      type: 'invalid_request_error',
    })
  })
})

describe('a key', () => {
  const apiToken = 'api-token-for-tests-1'

  test('is of no matter while none is set', async () => {
    const product = await start()

    expect((await ask(product)).status).toBe(200)
    expect((await ask(product, {authorization: 'Bearer whatever'})).status).toBe(200)
  })

  test('is needed on every route once it is set, and on no other', async () => {
    const product = await start({settings: {apiToken}})

    for (const [method, path] of [
      ['GET', '/v1/models'],
      ['GET', '/v1/models/docent'],
      ['POST', '/v1/chat/completions'],
      ['POST', '/v1/responses'],
    ] as const) {
      const response = await fetch(`${product.url}${path}`, {method})
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(await response.json()).toMatchObject({
        error: {code: 'invalid_api_key', type: 'invalid_request_error', param: null},
      })
    }
    await openAiClient(product, {apiKey: apiToken}).chat.completions.create(question)
    expect((await product.ask({question: 'xyzzy'})).status).toBe(200)
  })

  test('that is wrong is refused as OpenAI refuses it', async () => {
    const product = await start({settings: {apiToken}})

    const asking = openAiClient(product, {apiKey: `${apiToken}x`}).chat.completions.create(question)

    await expect(asking).rejects.toBeInstanceOf(AuthenticationError)
    await expect(asking).rejects.toMatchObject({status: 401, code: 'invalid_api_key'})
  })

  test('cannot be guessed for long; the right one passes all the same', async () => {
    const product = await start({settings: {apiToken}})
    const wrong = () => ask(product, {authorization: 'Bearer a-guess'})
    for (let guess = 0; guess < 10; guess++) expect((await wrong()).status).toBe(401)

    const refused = await wrong()

    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800)
    expect(await refused.json()).toMatchObject({
      error: {type: 'rate_limit_error', code: 'rate_limit_exceeded'},
    })
    expect((await ask(product, {authorization: `Bearer ${apiToken}`})).status).toBe(200)
  })

  test('is in no line of the log', async () => {
    const lines: string[] = []
    const write = (facts: object, message: string) => lines.push(JSON.stringify(facts) + message)
    const log: Log = {debug: write, info: write, warn: write, error: write}
    const product = await start({settings: {apiToken}, log})

    await ask(product, {authorization: `Bearer ${apiToken}`})
    await ask(product, {authorization: `Bearer ${apiToken}-wrong`})
    await post(product, '/v1/responses', '{', {authorization: `Bearer ${apiToken}`})

    expect(lines.length).toBeGreaterThan(2)
    expect(lines.join('\n')).not.toContain(apiToken)
  })
})

describe('a refused request', () => {
  test.each([
    ['malformed JSON', '/v1/chat/completions', '{"model": ', {}, 400, 'invalid_request'],
    ['JSON that is no object', '/v1/responses', 'null', {}, 400, 'invalid_request'],
    [
      'a body of another type',
      '/v1/responses',
      '{}',
      {'content-type': 'text/plain'},
      415,
      'unsupported_media_type',
    ],
    ['too large a body', '/v1/responses', `"${'x'.repeat(600_000)}"`, {}, 413, 'too_large'],
    ['JSON that is nested too deeply', '/v1/responses', '['.repeat(100), {}, 400, 'invalid_request'],
    ['an unknown address', '/v1/embeddings', '{}', {}, 404, 'not_found'],
    ['an address that cannot be decoded', '/v1/models/%E0%A4%A', '{}', {}, 400, 'invalid_request'],
    ['a method that there is not', '/v1/models', '{}', {}, 405, 'method_not_allowed'],
    [
      'a page of another site',
      '/v1/responses',
      '{}',
      {origin: 'https://evil.example'},
      403,
      'origin_not_allowed',
    ],
  ])('%s has the error of OpenAI', async (_, path, body, headers, status, code) => {
    const product = await start()

    const response = await post(product, path, body, headers)

    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({
      error: {
        message: expect.stringMatching(/\w{4}/),
        type: expect.stringMatching(/^(?:invalid_request|permission)_error$/),
        param: null,
        code,
        docent: expect.objectContaining({code, retryable: false}),
      },
    })
  })

  test('says which methods there are', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/v1/chat/completions`)

    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(await response.json()).toMatchObject({error: {code: 'method_not_allowed'}})
  })

  test('has 512 KB, where a question of the other API has 64', async () => {
    const product = await start()
    const body = {messages: [{role: 'assistant', content: 'x'.repeat(400_000)}, ...question.messages]}

    const response = await post(product, '/v1/chat/completions', JSON.stringify(body))

    expect(response.status).toBe(200)
  })

  test.each([
    ['questions', {rateLimitPerMinute: 1}, 'questions'],
    ['requests', {requestLimitPerMinute: 1}, 'requests'],
  ])('by the limit of %s says when to ask again', async (_, settings, limit) => {
    const product = await start({settings})
    await ask(product)

    const response = await ask(product)

    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({
      error: {
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
        docent: {limit, retryAfterMs: expect.any(Number)},
      },
    })
  })

  test('by a limit is an error of its own in the library', async () => {
    const product = await start({settings: {rateLimitPerMinute: 1}})
    const {completions} = openAiClient(product).chat
    await completions.create(question)

    await expect(completions.create({...question, stream: true})).rejects.toBeInstanceOf(RateLimitError)
    await expect(openAiClient(product).responses.create({input: 'xyzzy?'})).rejects.toMatchObject({
      status: 429,
    })
  })

  test('is not sent again by the library where that cannot help', async () => {
    const product = await start({pages: null})

    const unready = await ask(product)
    const wrong = await post(product, '/v1/responses', '{}')

    expect(unready.status).toBe(503)
    expect(unready.headers.get('retry-after')).toBe('5')
    expect(unready.headers.get('x-should-retry')).toBeNull()
    expect(wrong.headers.get('x-should-retry')).toBe('false')
  })

  test('by the budget of the day is not waited for by the library, which would take hours', async () => {
    const product = await start({settings: {answersPerDay: 1}})
    const {completions} = openAiClient(product, {maxRetries: 2}).chat
    const written = {...question, messages: [{role: 'user' as const, content: 'How?'}]}
    const first = completions.create(written)
    const call = await product.generator.call(0)
    call.say('So.')
    call.finish()
    await first

    await expect(completions.create(written)).rejects.toMatchObject({
      status: 429,
      error: {docent: {limit: 'answers_per_day'}},
    })
  })
})

describe('a page of an allowed site', () => {
  const origin = 'https://docs.example.com'

  test('may send what the library adds in a browser, and nothing else of its own', async () => {
    const product = await start({settings: {apiToken: 'api-token-for-tests-1'}})

    const response = await fetch(`${product.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers':
          'authorization,content-type,x-stainless-arch,x-stainless-retry-count,openai-organization,x-evil',
      },
    })

    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    const allowed = response.headers.get('access-control-allow-headers')!.split(', ')
    expect(allowed).toEqual(
      expect.arrayContaining([
        'authorization',
        'content-type',
        'x-stainless-arch',
        'x-stainless-retry-count',
        'openai-organization',
      ]),
    )
    expect(allowed).not.toContain('x-evil')
    expect(response.headers.get('vary')).toContain('Access-Control-Request-Headers')
  })

  test('may read the answer and its headers', async () => {
    const product = await start()

    const response = await ask(product, {origin})

    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-expose-headers')).toContain('X-Request-Id')
  })

  test('may not send them to the other API', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/api/answers`, {
      method: 'OPTIONS',
      headers: {origin, 'access-control-request-headers': 'x-stainless-arch'},
    })

    expect(response.headers.get('access-control-allow-headers')).not.toContain('stainless')
  })
})

describe('links', () => {
  test('lead to where the server is reached', async () => {
    const product = await start({settings: {publicUrl: 'https://ask.example.com'}})

    const {choices} = await openAiClient(product).chat.completions.create(question)

    expect(choices[0]!.message.content).toContain('(<https://ask.example.com/docs/install>)')
  })
})
