import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {mcpPages} from '../../support/mcp-docs.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'

let product: TestDocent

beforeAll(async () => {
  product = await startDocent({pages: mcpPages, retriever: null})
})

afterAll(() => product.close())

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': {name: 'by hand', version: '1'},
}

interface Answer {
  /** In characters. */
  readonly length: number
  readonly error: {readonly code: number; readonly message: string; readonly data?: Record<string, unknown>}
}

/** Sends a request in an era of the protocol. */
async function sent(era: string, method: string, params: Record<string, unknown>, url = product.url) {
  const isModern = era === 'modern'
  const name = typeof params['name'] === 'string' ? params['name'] : params['uri']
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: '*/*',
      ...(isModern
        ? {
            'mcp-protocol-version': '2026-07-28',
            'mcp-method': method,
            ...(typeof name === 'string' ? {'mcp-name': name} : {}),
          }
        : {}),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: isModern ? {_meta: meta, ...params} : params,
    }),
  })
  const text = await response.text()
  const {error} = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as Pick<Answer, 'error'>
  return {length: text.length, error} satisfies Answer
}

describe.each(['modern', 'legacy'])('a mistake of a client, %s', (era) => {
  test.each([
    ['resources/list', {cursor: 5}, 'cursor: must be text'],
    ['resources/read', {uri: 5}, 'uri: must be text'],
    ['resources/read', {}, 'uri: is required'],
    ['tools/call', {name: 'get_doc', arguments: null}, 'arguments: must be an object'],
    ['tools/call', {}, 'name: is required'],
  ])('in %s %j is said in one sentence', async (method, params, problem) => {
    const {error} = await sent(era, method, params)

    expect(error).toMatchObject({code: -32602, message: expect.stringContaining(problem)})
    expect(error.message).not.toMatch(/[\n{[]/)
  })

  test('is not echoed at length', async () => {
    const {error, length} = await sent(era, 'resources/read', {uri: `docs:///${'x'.repeat(7_000)}`})

    expect(error.code).toBe(-32602)
    expect(length).toBeLessThan(1_000)
  })
})

test('a name that is another than in the header is not echoed at length either', async () => {
  const response = await fetch(`${product.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: '*/*',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'get_doc',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {_meta: meta, name: 'x'.repeat(50_000)},
    }),
  })

  const text = await response.text()
  expect([response.status, JSON.parse(text)]).toMatchObject([400, {id: 1, error: {code: -32020}}])
  expect(text.length).toBeLessThan(2_000)
})

test.each([
  ['no JSON', '{"jsonrpc":', -32700],
  ['an empty body', '', -32700],
  ['no body', undefined, -32700],
  ['JSON that is no message', 'null', -32600],
])('%s is refused by the code of JSON-RPC', async (_, body, code) => {
  const response = await fetch(`${product.url}/mcp`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: '*/*'},
    ...(body === undefined ? {} : {body}),
  })

  expect([response.status, await response.json()]).toMatchObject([
    400,
    {jsonrpc: '2.0', id: null, error: {code, data: {code: 'invalid_request'}}},
  ])
})

test('an initialize without its parameters is a mistake of the client', async () => {
  const {error} = await sent('legacy', 'initialize', {})

  expect(error).toMatchObject({
    code: -32602,
    message: expect.stringContaining('protocolVersion: is required'),
  })
})

test('a resource beyond the limit on searches is refused as such, with when to try again', async () => {
  const limited = await startDocent({
    pages: mcpPages,
    retriever: null,
    settings: {searchLimitPerMinute: 1},
  })
  try {
    const read = () => sent('legacy', 'resources/read', {uri: 'docs:///index.md'}, limited.url)
    await read()

    const {error} = await read()

    expect(error).toMatchObject({
      code: -32000,
      data: {code: 'rate_limited', retryAfterMs: expect.any(Number)},
    })
    expect(Number.isInteger(error.data?.['retryAfterMs'])).toBe(true)
  } finally {
    await limited.close()
  }
})
