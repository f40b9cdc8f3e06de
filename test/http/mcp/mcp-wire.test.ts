import {once} from 'node:events'
import http from 'node:http'
import {text} from 'node:stream/consumers'
import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../../support/closed-after-each.ts'
import {mcpPages} from '../../support/mcp-docs.ts'
import {type DocentOptions, startDocent} from '../../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': {name: 'by hand', version: '1'},
}
const accept = 'application/json, text/event-stream'

/** Sends bytes to `/mcp` by hand. A header of `undefined` is left out. */
async function posting(given: DocentOptions = {}) {
  const product = await start({pages: mcpPages, retriever: null, ...given})
  const post = (body: unknown, headers: Record<string, string | undefined> = {}) => {
    const all = {'content-type': 'application/json', accept, ...headers}
    return fetch(`${product.url}/mcp`, {
      method: 'POST',
      headers: Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }
  /** A request of the era without sessions, with the headers that it must have. */
  const modern = (
    method: string,
    params: Record<string, unknown> = {},
    headers: Record<string, string | undefined> = {},
  ) =>
    post(
      {jsonrpc: '2.0', id: 1, method, params: {_meta: meta, ...params}},
      {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...(typeof params['name'] === 'string' ? {'mcp-name': params['name']} : {}),
        ...headers,
      },
    )
  return {product, post, modern}
}

const legacyCall = (id: number) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: {name: 'get_doc', arguments: {page: 'guides/port.md'}},
})

/** Posts with an `Accept` header or none, as `fetch` cannot: it adds one. */
async function rawPost(port: number, body: unknown, accept: string | undefined) {
  const request = http.request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/mcp',
    headers: {'content-type': 'application/json', ...(accept === undefined ? {} : {accept})},
  })
  request.end(JSON.stringify(body))
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return {status: response.statusCode, body: await text(response)}
}

/** The messages in a stream of the earlier protocol. */
const framesIn = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as Record<string, unknown>)

describe('POST /mcp, 2026-07-28', () => {
  test('discovers versions, capabilities and instructions, without a session', async () => {
    const {modern} = await posting()

    const response = await modern('server/discover')

    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(response.headers.get('mcp-session-id')).toBeNull()
    expect(await response.json()).toMatchObject({
      id: 1,
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: {tools: {}, resources: {}},
        instructions: expect.stringContaining('search_docs'),
        ttlMs: 60_000,
        cacheScope: 'private',
        _meta: {'io.modelcontextprotocol/serverInfo': {name: '127.0.0.1/docent'}},
      },
    })
  })

  test.each([
    ['a name in the header that is another', {'mcp-name': 'list_docs'}, 400, -32020],
    ['no name in the header', {'mcp-name': undefined}, 400, -32020],
    ['a method in the header that is another', {'mcp-method': 'tools/list'}, 400, -32020],
    ['a version in the header that is another', {'mcp-protocol-version': '2025-11-25'}, 400, -32020],
  ])('refuses %s', async (_, headers, status, code) => {
    const {modern} = await posting()

    const response = await modern('tools/call', {name: 'get_doc', arguments: {page: 'x'}}, headers)

    expect([response.status, (await response.json()).error.code]).toEqual([status, code])
  })

  test('refuses a version of the protocol that does not exist, with those that do', async () => {
    const {modern} = await posting()

    const version = '2031-01-01'
    const response = await modern(
      'tools/list',
      {_meta: {...meta, 'io.modelcontextprotocol/protocolVersion': version}},
      {'mcp-protocol-version': version},
    )

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: {code: -32022, data: {supported: ['2026-07-28'], requested: version}},
    })
  })

  test('answers an unknown method with 404, and opens no subscription', async () => {
    const {modern} = await posting()

    const unknown = await modern('tools/delete')
    const listen = await modern('subscriptions/listen', {notifications: {toolsListChanged: true}})

    expect([unknown.status, (await unknown.json()).error.code]).toEqual([404, -32601])
    expect((await listen.json()).error.message).toContain('Subscription limit reached')
  })
})

describe('POST /mcp, earlier versions', () => {
  test.each(['2025-03-26', '2025-06-18', '2025-11-25'])(
    'agrees on %s and answers without a session',
    async (version) => {
      const {post} = await posting()

      const response = await post({
        jsonrpc: '2.0',
        id: 'a',
        method: 'initialize',
        params: {protocolVersion: version, capabilities: {}, clientInfo: {name: 'by hand', version: '1'}},
      })
      const [initialized] = framesIn(await response.text())
      const notified = await post(
        {jsonrpc: '2.0', method: 'notifications/initialized'},
        {'mcp-protocol-version': version},
      )
      const called = await post(legacyCall(2), {
        'mcp-protocol-version': version,
        'mcp-session-id': 'of-another',
      })

      expect(response.headers.get('mcp-session-id')).toBeNull()
      expect(initialized).toMatchObject({id: 'a', result: {protocolVersion: version}})
      expect(notified.status).toBe(202)
      expect(framesIn(await called.text())).toMatchObject([
        {id: 2, result: {structuredContent: {title: 'Change the port'}}},
      ])
    },
  )

  test('answers each message of a batch', async () => {
    const {post} = await posting()

    const response = await post([legacyCall(1), legacyCall(2)])

    expect(
      framesIn(await response.text())
        .map(({id}) => id)
        .sort(),
    ).toEqual([1, 2])
  })

  test.each(['*/*', undefined, 'application/*, text/*;q=0.5', 'application/json, */*;q=0.1'])(
    'answers a client that takes %s',
    async (accept) => {
      const {product} = await posting()

      const {status, body} = await rawPost(product.port, legacyCall(1), accept)

      expect(status).toBe(200)
      expect(framesIn(body)).toMatchObject([{id: 1, result: {content: [{type: 'text'}]}}])
    },
  )

  test('refuses a client that takes no stream', async () => {
    const {post} = await posting()

    const response = await post(legacyCall(1), {accept: 'application/json'})

    expect(response.status).toBe(406)
    expect(await response.json()).toMatchObject({
      error: {message: expect.stringContaining('text/event-stream')},
    })
  })
})

describe('hostile requests to /mcp', () => {
  test.each([
    ['JSON that is none', '{"jsonrpc":', {}, 400],
    ['nothing', '', {}, 400],
    ['a number', '7', {}, 400],
    ['an object that is no message', '{}', {}, 400],
    ['JSON nested a thousand deep', `${'['.repeat(1000)}${']'.repeat(1000)}`, {}, 400],
    ['arguments nested a thousand deep', `{"a":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`, {}, 400],
    ['a body of 70 KB', JSON.stringify({query: 'x'.repeat(70_000)}), {}, 413],
    ['text', 'hello', {'content-type': 'text/plain'}, 415],
    ['a form', 'a=b', {'content-type': 'application/x-www-form-urlencoded'}, 415],
    ['70 KB of text', 'x'.repeat(70_000), {'content-type': 'text/plain'}, 413],
    [
      'a batch of two hundred',
      JSON.stringify(Array.from({length: 200}, (_, id) => ({jsonrpc: '2.0', id, method: 'ping'}))),
      {},
      400,
    ],
  ])('%s is refused in the form of JSON-RPC', async (_, body, headers, status) => {
    const {product, post} = await posting()

    const response = await post(body, headers)

    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({
      jsonrpc: '2.0',
      error: {code: expect.any(Number), message: expect.any(String)},
    })
    expect((await fetch(`${product.url}/healthz`)).status).toBe(200)
  })

  test.each(['GET', 'DELETE', 'PUT'])('%s is refused with 405', async (method) => {
    const {product} = await posting()

    const response = await fetch(`${product.url}/mcp`, {method, headers: {accept: 'text/event-stream'}})

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await response.json()).toMatchObject({jsonrpc: '2.0', error: {data: {code: 'method_not_allowed'}}})
  })

  test('a page of another site is refused, in both eras, and one that is listed is not', async () => {
    const {post, modern} = await posting()

    for (const origin of ['https://evil.example', 'null', 'not an origin']) {
      const [old, now] = [await post(legacyCall(1), {origin}), await modern('tools/list', {}, {origin})]
      expect([old.status, now.status]).toEqual([403, 403])
      expect(await now.json()).toMatchObject({jsonrpc: '2.0', error: {data: {code: 'origin_not_allowed'}}})
    }
    const listed = await modern('tools/list', {}, {origin: 'https://docs.example.com'})
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'https://docs.example.com',
    ])
  })

  test('a browser may ask first with all headers of the protocol', async () => {
    const {product} = await posting()
    const wanted = [
      'content-type',
      'mcp-protocol-version',
      'mcp-session-id',
      'mcp-method',
      'mcp-name',
      'last-event-id',
    ]

    const response = await fetch(`${product.url}/mcp`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://docs.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': wanted.join(','),
      },
    })

    expect(response.status).toBe(204)
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ')
    expect(wanted.filter((name) => !allowed?.includes(name))).toEqual([])
  })
})
