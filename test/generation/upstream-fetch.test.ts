import {createServer, type RequestListener, type Server} from 'node:http'
import {createServer as createSecureServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {gzipSync} from 'node:zlib'
import {afterEach, expect, test} from 'vitest'
import {upstreamFetch} from '../../src/generation/upstream-fetch.ts'

/** Of localhost, made for these tests alone. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUKayIfXXPxGKMt9rcSJR/8DS0DM4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE3NDA0MVoYDzIxMjYxMDI5
MTc0MDQxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARHzqrOrrVo1FAc+2Ods9TrzqOl1hevp+yCML95VnyGla4x0Jh4yWNR
JUfAoZFqwa/ia1Puo9VSIf02ca8oIXgxo28wbTAdBgNVHQ4EFgQUMigFxXewSQym
xdkaaorazcsL60QwHwYDVR0jBBgwFoAUMigFxXewSQymxdkaaorazcsL60QwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgQA+luOa1bIrLVxSZSbO1oLlxMZO5g0jYjOBL8UwJhfACIQCH
EB9mWcTeZa6aTy+KWdqtWJfnmbmrz1LjP7Bejf3RxQ==
-----END CERTIFICATE-----`
const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3K/Yn8NjkCiaqimf
lua7itBRpbXJaPbsm42llg/UKc6hRANCAARHzqrOrrVo1FAc+2Ods9TrzqOl1hev
p+yCML95VnyGla4x0Jh4yWNRJUfAoZFqwa/ia1Puo9VSIf02ca8oIXgx
-----END PRIVATE KEY-----`

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(handler: RequestListener, isSecure = false): Promise<string> {
  const server = isSecure
    ? createSecureServer({cert: certificate, key: privateKey}, handler)
    : createServer(handler)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `${isSecure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const http = upstreamFetch({stallTimeoutMs: 5_000})

async function post(url: string, signal?: AbortSignal): Promise<Response> {
  return http.fetch(url, {method: 'POST', body: '{"a":"ä"}', ...(signal ? {signal} : {})})
}

async function textOf(response: Response): Promise<string> {
  const body = http.bodyOf(response)
  const pieces: Uint8Array[] = []
  for (let piece = await body.read(); piece !== null; piece = await body.read()) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

const echo: RequestListener = (request, response) => {
  response.writeHead(200, {'content-type': 'text/event-stream', 'request-id': 'r1'})
  request.pipe(response)
}

test('sends text and gives the head and the bytes, over HTTP', async () => {
  const response = await post(await listen(echo))

  expect(response.headers.get('request-id')).toBe('r1')
  expect(await textOf(response)).toBe('{"a":"ä"}')
})

test('the same over TLS, where the certificate is checked', async () => {
  const url = await listen(echo, true)
  await expect(post(url)).rejects.toMatchObject({code: 'DEPTH_ZERO_SELF_SIGNED_CERT'})

  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  try {
    expect(await textOf(await post(url))).toBe('{"a":"ä"}')
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
  }
})

test('a redirect is not followed and says what to do', async () => {
  const url = await listen((_request, response) => response.writeHead(308, {location: '/v2/'}).end())

  await expect(post(url)).rejects.toMatchObject({
    code: 'upstream_invalid',
    message: expect.stringContaining('ANTHROPIC_BASE_URL'),
  })
})

test('a body that is compressed though nobody asked is refused', async () => {
  let asked: string | undefined
  const url = await listen((request, response) => {
    asked = request.headers['accept-encoding']
    response.writeHead(200, {'content-type': 'text/event-stream', 'content-encoding': 'gzip'})
    response.end(gzipSync('event: ping\n\n'))
  })

  await expect(post(url)).rejects.toMatchObject({code: 'upstream_invalid'})
  expect(asked).toBe('identity')
})

test('of an error that never ends, what came in time is given', async () => {
  const url = await listen((_request, response) => {
    response.writeHead(500, {'content-type': 'text/plain'})
    response.write('out of order')
  })
  const impatient = upstreamFetch({stallTimeoutMs: 200})

  const response = await impatient.fetch(url)

  expect(response.status).toBe(500)
  expect(await response.text()).toBe('out of order')
})

test('of an error without bounds, a part is given', async () => {
  const url = await listen((_request, response) => {
    response.writeHead(502)
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', more)
    }
    more()
  })

  const text = await (await post(url)).text()

  expect(text.length).toBeGreaterThan(60_000)
  expect(text.length).toBeLessThan(1_000_000)
})

test('an abort closes the connection, before the head and after', async () => {
  const closed: Promise<unknown>[] = []
  let answers = false
  const url = await listen((request, response) => {
    closed.push(new Promise((resolve) => request.socket.once('close', resolve)))
    if (answers) response.writeHead(200, {'content-type': 'text/event-stream'}).flushHeaders()
  })
  const first = new AbortController()
  const head = post(url, first.signal)
  await expect.poll(() => closed.length).toBe(1)
  first.abort(new Error('left'))
  await expect(head).rejects.toThrow('left')
  await closed[0]

  answers = true
  const second = new AbortController()
  const body = http.bodyOf(await post(url, second.signal))
  const read = body.read()
  second.abort(new Error('left'))
  await Promise.allSettled([read])
  await closed[1]
})
