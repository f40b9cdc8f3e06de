import {execFile} from 'node:child_process'
import {getEventListeners} from 'node:events'
import {createServer, type RequestListener, type Server} from 'node:http'
import {createServer as createSecureServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {promisify} from 'node:util'
import {gzipSync} from 'node:zlib'
import {afterEach, expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {anthropicClient} from '../../src/generation/anthropic-client.ts'
import {type UpstreamResponse, upstreamHttp} from '../../src/generation/upstream-http.ts'

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

const http = upstreamHttp({stallTimeoutMs: 5_000})

async function post(url: string, signal = new AbortController().signal): Promise<UpstreamResponse> {
  return http.post({url, headers: new Headers(), body: '{"a":"ä"}'}, {signal})
}

async function textOf(response: UpstreamResponse): Promise<string> {
  const pieces: Uint8Array[] = []
  for (let piece = await response.read(); piece !== null; piece = await response.read()) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

const echo: RequestListener = (request, response) => {
  response.writeHead(200, {'content-type': 'text/event-stream', 'request-id': 'r1'})
  request.pipe(response)
}

/** Sends a question as the generator does. */
async function ask(baseUrl: string, stallTimeoutMs = 5_000): Promise<unknown> {
  return anthropicClient({apiKey: 'key', baseUrl, stallTimeoutMs}).stream(
    {model: 'm', max_tokens: 1, stream: true, messages: [{role: 'user', content: 'Hello'}]},
    {signal: new AbortController().signal},
  )
}

test('sends text and returns the head and the bytes, over HTTP', async () => {
  const response = await post(await listen(echo))

  expect(response.headers.get('request-id')).toBe('r1')
  expect(await textOf(response)).toBe('{"a":"ä"}')
})

test('the same over TLS, where the certificate is checked', async () => {
  const url = await listen(echo, true)
  await expect(post(url)).rejects.toMatchObject({
    code: 'upstream_unreachable',
    details: {cause: 'DEPTH_ZERO_SELF_SIGNED_CERT'},
  })

  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  try {
    expect(await textOf(await post(url))).toBe('{"a":"ä"}')
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
  }
})

test('a name and a password in the address become basic authentication', async () => {
  let sent: string | undefined
  const url = await listen((request, response) => {
    sent = request.headers.authorization
    response.end()
  })

  await textOf(await post(url.replace('http://', 'http://me%40home:s%C3%A4cret@')))

  expect(sent).toBe(`Basic ${Buffer.from('me@home:säcret').toString('base64')}`)
})

test('an informational response is not the head', async () => {
  const url = await listen((_request, response) => {
    response.writeEarlyHints({link: '</style.css>; rel=preload'})
    response.writeHead(200, {'content-type': 'text/event-stream'})
    response.end('late')
  })

  const response = await post(url)

  expect(response.status).toBe(200)
  expect(await textOf(response)).toBe('late')
})

test('a redirect is not followed and says what to do', async () => {
  const url = await listen((_request, response) => response.writeHead(308, {location: '/v2/'}).end())

  await expect(ask(url)).rejects.toMatchObject({
    code: 'upstream_invalid',
    message: expect.stringContaining('ANTHROPIC_BASE_URL'),
  })
})

test('a compressed body, which was not requested, is rejected', async () => {
  let asked: string | undefined
  const url = await listen((request, response) => {
    asked = request.headers['accept-encoding']
    response.writeHead(200, {'content-type': 'text/event-stream', 'content-encoding': 'gzip'})
    response.end(gzipSync('event: ping\n\n'))
  })

  await expect(ask(url)).rejects.toMatchObject({status: 200, what: 'a body in gzip'})
  expect(asked).toBe('identity')
})

test.each([
  ['that never ends', true],
  ['that is not JSON', false],
])('of an error %s, what came in time is told', async (_name, isOpen) => {
  const url = await listen((_request, response) => {
    response.writeHead(500, {'content-type': 'text/plain'})
    response.write('out of order')
    if (!isOpen) response.end()
  })

  await expect(ask(url, 200)).rejects.toMatchObject({status: 500, message: '500 out of order'})
})

test('of an error without bounds, only a part is read', async () => {
  let written = 0
  const url = await listen((_request, response) => {
    response.writeHead(502)
    const more = (): void => {
      do written += 65_536
      while (response.write('x'.repeat(65_536)))
      response.once('drain', more)
    }
    more()
  })

  const error = await ask(url).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({status: 502})
  expect((error as Error).message.length).toBeLessThan(1_000_000)
  const writtenThen = written
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(written).toBe(writtenThen)
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
  const read = (await post(url, second.signal)).read()
  second.abort(new Error('left'))
  await expect(read).rejects.toThrow('left')
  await closed[1]
})

test('a request aborted while it is being connected is never sent', async () => {
  let requests = 0
  const url = await listen((_request, response) => {
    requests += 1
    response.end()
  })
  const leaving = new AbortController()

  const head = post(url, leaving.signal)
  leaving.abort(new Error('left'))
  await expect(head).rejects.toThrow('left')
  await textOf(await post(url))

  expect(requests).toBe(1)
})

test('nothing stays behind on the signal, however a response ends', async () => {
  const endings: RequestListener[] = [
    echo,
    (_request, response) => response.destroy(),
    (_request, response) => {
      response.writeHead(200).write('cut')
      setTimeout(() => response.destroy(), 5)
    },
  ]
  let turn = 0
  const url = await listen((request, response) => endings[turn % endings.length]!(request, response))
  const {signal} = new AbortController()

  for (turn = 0; turn < endings.length; turn++) {
    await post(url, signal)
      .then(textOf)
      .catch(() => {})
  }
  turn = 0
  const closed = await post(url, signal)
  closed.close()

  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(await closed.read()).toBeNull()
})

test('a body whose reader is slow is not a stall, one whose sender is slow is', async () => {
  const piece = 'x'.repeat(65_536)
  const url = await listen((_request, response) => {
    response.writeHead(200)
    for (let i = 0; i < 64; i++) response.write(piece)
  })
  const response = await upstreamHttp({stallTimeoutMs: 300}).post(
    {url, headers: new Headers(), body: ''},
    {signal: new AbortController().signal},
  )
  await new Promise((resolve) => setTimeout(resolve, 900))

  let length = 0
  const reading = (async () => {
    for (let bytes = await response.read(); bytes !== null; bytes = await response.read()) {
      length += bytes.length
    }
  })()

  await expect(reading).rejects.toMatchObject({code: 'stall_timeout'})
  expect(length).toBe(64 * piece.length)
})

test('a connection keeps the process alive only while it is used', async () => {
  const url = await listen(echo)
  const program = await buildProgram('test/generation/connection-process.ts')

  const {stdout} = await promisify(execFile)(process.execPath, [program, url])

  expect(stdout).toBe('true false\n')
})
