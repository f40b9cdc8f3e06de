import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf, eventsOf} from '../support/event-reader.ts'
import {adminToken, startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const post = (product: TestDocent, body: string, headers: Record<string, string> = {}) =>
  fetch(`${product.url}/api/answers`, {
    method: 'POST',
    body,
    headers: {'content-type': 'application/json', ...headers},
  })

test('the policy of our pages lets images in by the same list', async () => {
  const product = await start({settings: {imageHosts: ['img.example.com', 'cdn.example.com:8443']}})
  const open = await start({settings: {imageHosts: ['*']}})
  const policyOf = async ({url}: TestDocent) =>
    (await fetch(`${url}/healthz`)).headers.get('content-security-policy')

  expect(await policyOf(product)).toContain("img-src 'self' data: img.example.com cdn.example.com:8443;")
  expect(await policyOf(open)).toContain("img-src 'self' data: *;")
})

describe('[bad request] what can be refused is refused as JSON before a stream opens', () => {
  test.each([
    ['no question', '{}', {}, 400, 'invalid_request'],
    ['an empty question', '{"question":"  "}', {}, 400, 'invalid_request'],
    ['a question that is too long', JSON.stringify({question: 'x'.repeat(4001)}), {}, 400, 'invalid_request'],
    ['a question that is no text', '{"question":{"$ne":1}}', {}, 400, 'invalid_request'],
    ['broken JSON', '{"question":', {}, 400, 'invalid_request'],
    ['JSON that is no object', '["How?"]', {}, 400, 'invalid_request'],
    ['a deep body', `{"question":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, {}, 400, 'invalid_request'],
    ['a bad conversation id', '{"question":"a","conversationId":"../x"}', {}, 400, 'invalid_request'],
    ['bufferMs out of range', '{"question":"a","bufferMs":-1}', {}, 400, 'invalid_request'],
    ['a bad key', '{"question":"a"}', {'idempotency-key': 'a b'}, 400, 'invalid_request'],
    ['an Accept of neither form', '{"question":"a"}', {accept: 'image/png'}, 400, 'invalid_request'],
    ['a body that is too large', JSON.stringify({question: 'x'.repeat(70_000)}), {}, 413, 'too_large'],
    [
      'a form',
      'question=How',
      {'content-type': 'application/x-www-form-urlencoded'},
      415,
      'unsupported_media_type',
    ],
    ['plain text', '{"question":"a"}', {'content-type': 'text/plain'}, 415, 'unsupported_media_type'],
    ['a version that is not there', '{"question":"a","version":"9.9"}', {}, 404, 'version_not_found'],
    ['an unlisted origin', '{"question":"a"}', {origin: 'https://evil.example'}, 403, 'origin_not_allowed'],
    ['the origin null', '{"question":"a"}', {origin: 'null'}, 403, 'origin_not_allowed'],
    ['an unknown answer to continue', '{"question":"a","continueAnswerId":"none"}', {}, 404, 'not_found'],
  ])('%s', async (_name, body, headers, status, code) => {
    const product = await start()

    const response = await post(product, body, headers as Record<string, string>)
    const text = await response.text()

    expect({status: response.status, ...JSON.parse(text)}).toMatchObject({status, error: {code}})
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(text).not.toMatch(/node_modules|at .*\.ts:/)
    expect(product.generator.calls).toEqual([])
  })

  test('a body that is too large is told how large it may be, which differs for staff', async () => {
    const product = await start({settings: {adminToken}})
    const body = JSON.stringify({question: 'x'.repeat(300_000)})
    const headers = {'content-type': 'application/json', authorization: `Bearer ${adminToken}`}

    const visitor = await post(product, body)
    const staff = await fetch(`${product.url}/api/admin/people`, {method: 'POST', headers, body})

    expect(await visitor.json()).toMatchObject({error: {message: expect.stringContaining('64 KB')}})
    expect(staff.status).toBe(413)
    expect(await staff.json()).toMatchObject({error: {message: expect.stringContaining('256 KB')}})
  })

  test('[no index] without an index it is not ready, and says when to retry', async () => {
    const product = await start({pages: null})

    const response = await product.ask({question: 'How?'})

    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({error: {code: 'not_ready', retryable: true}})
    expect(response.headers.get('retry-after')).not.toBeNull()
    expect((await fetch(`${product.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${product.url}/healthz`)).status).toBe(200)
  })

  test('unknown addresses and wrong methods are errors of the same shape', async () => {
    const product = await start()

    const missing = await fetch(`${product.url}/api/nothing`)
    const wrong = await fetch(`${product.url}/api/answers`)

    expect([missing.status, wrong.status]).toEqual([404, 405])
    expect(await missing.json()).toMatchObject({error: {code: 'not_found'}})
    expect(await wrong.json()).toMatchObject({error: {code: 'method_not_allowed'}})
    expect(wrong.headers.get('allow')).toBe('POST')
  })

  test('a key of another question is a conflict', async () => {
    const product = await start()
    await allEventsOf(await post(product, '{"question":"xyzzy 1"}', {'idempotency-key': 'k'}))

    const response = await post(product, '{"question":"xyzzy 2"}', {'idempotency-key': 'k'})

    expect(response.status).toBe(409)
  })

  test('[prototype keys] __proto__ in a body changes nothing', async () => {
    const product = await start()

    const events = await allEventsOf(
      await post(
        product,
        '{"question":"xyzzy","__proto__":{"resumable":true},"constructor":{"prototype":{}}}',
      ),
    )

    expect(events.at(-1)?.type).toBe('done')
    expect(({} as Record<string, unknown>)['resumable']).toBeUndefined()
  })
})

describe('limits', () => {
  test('[too many questions] more questions in a minute than allowed are refused with the time to wait', async () => {
    const product = await start({settings: {rateLimitPerMinute: 2}})

    const statuses: number[] = []
    for (let i = 0; i < 2; i++) {
      const response = await product.ask({question: 'xyzzy'})
      statuses.push(response.status)
      await response.text()
    }
    const refused = await product.ask({question: 'xyzzy'})

    expect(statuses).toEqual([200, 200])
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({
      error: {code: 'rate_limited', retryAfterMs: expect.any(Number)},
    })
  })

  test('a visitor is identified by the address behind a proxy only if the proxy is trusted', async () => {
    const trusting = await start({settings: {rateLimitPerMinute: 1, trustProxy: '1'}})
    const wary = await start({settings: {rateLimitPerMinute: 1}})
    const askFrom = async (product: TestDocent, address: string) => {
      const response = await product.ask({question: 'xyzzy'}, {headers: {'x-forwarded-for': address}})
      await response.text()
      return response.status
    }

    expect([await askFrom(trusting, '192.0.2.1'), await askFrom(trusting, '192.0.2.2')]).toEqual([200, 200])
    expect([await askFrom(wary, '192.0.2.1'), await askFrom(wary, '192.0.2.2')]).toEqual([200, 429])
  })

  test('concurrent answers of one visitor are limited, and one that ends makes room for another', async () => {
    const product = await start({settings: {maxConcurrentAnswersPerVisitor: 1}})
    const first = eventsOf(await product.ask({question: 'How?'}))
    await first.next()

    const refused = await product.ask({question: 'How?'})
    const call = await product.generator.call(0)
    call.say('Done.')
    call.finish()
    for await (const _ of first);
    const allowed = await product.ask({question: 'xyzzy'})

    expect([refused.status, allowed.status]).toEqual([429, 200])
    await allowed.text()
  })

  test('a reader that leaves makes room for another', async () => {
    const product = await start({settings: {maxConcurrentAnswersPerVisitor: 1}})
    const hangUp = new AbortController()
    await product.ask({question: 'How?'}, {signal: hangUp.signal})
    const call = await product.generator.call(0)
    hangUp.abort()
    await call.aborted

    await expect.poll(async () => (await product.ask({question: 'xyzzy'})).status).toBe(200)
  })

  test('the answers of a day can be limited', async () => {
    const product = await start({settings: {answersPerDay: 1}})
    const answer = product.ask({question: 'How?'})
    ;(await product.generator.call(0)).finish('refusal')
    await (await answer).text()

    const refused = await product.ask({question: 'How?'})

    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(24 * 60 * 60)
  })
})

describe('other origins', () => {
  const from = (origin: string) => ({headers: {origin}})

  test('a listed one may read, and gets no credentials', async () => {
    const product = await start()

    const response = await product.ask({question: 'xyzzy'}, from('https://docs.example.com'))
    await response.text()

    expect(response.headers.get('access-control-allow-origin')).toBe('https://docs.example.com')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    expect(response.headers.get('vary')).toMatch(/origin/i)
  })

  test('a preflight is answered', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/api/answers`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://docs.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type, idempotency-key, last-event-id',
      },
    })

    expect(response.status).toBe(204)
    for (const name of ['content-type', 'idempotency-key', 'last-event-id']) {
      expect(response.headers.get('access-control-allow-headers')).toContain(name)
    }
  })

  test('[foreign origin] an unlisted one may not even read a refusal', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/api/search?q=port`, from('https://evil.example'))

    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('* lets everybody read, again without credentials', async () => {
    const product = await start({settings: {allowedOrigins: ['*']}})

    const response = await fetch(`${product.url}/api/search?q=port`, from('https://any.example'))

    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('its own pages are always allowed, by their host or by what the browser says', async () => {
    const product = await start({settings: {allowedOrigins: []}})

    const byHost = await fetch(`${product.url}/api/search?q=port`, from(product.url))
    const behindProxy = await fetch(`${product.url}/api/search?q=port`, {
      headers: {origin: 'https://public.example', 'sec-fetch-site': 'same-origin'},
    })

    expect([byHost.status, behindProxy.status]).toEqual([200, 200])
  })
})

describe('search', () => {
  test('returns sections with their scores', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/api/search?q=how+to+install&k=1`)

    expect(await response.json()).toMatchObject({
      query: 'how to install',
      build: product.build,
      tookMs: expect.any(Number),
      results: [
        {url: '/docs/install', title: 'Install', headings: ['On Linux'], anchor: 'on-linux', score: 0.9},
      ],
    })
  })

  test.each(['', 'q=', 'q=a&k=0', 'q=a&k=1000', 'q=a&k=x', 'q[]=a', `q=${'x'.repeat(4001)}`])(
    'refuses ?%s',
    async (query) => {
      const product = await start()

      const response = await fetch(`${product.url}/api/search?${query}`)

      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({error: {code: 'invalid_request'}})
    },
  )
})
