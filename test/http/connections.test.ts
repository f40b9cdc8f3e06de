import {once} from 'node:events'
import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import type {Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {WebSocket} from 'ws'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {type RawClient, rawClient} from '../support/raw-client.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const clients: RawClient[] = []
const folders: string[] = []

afterEach(() => {
  for (const {socket} of clients.splice(0)) socket.destroy()
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true})
})

async function send(
  product: TestDocent,
  text: string,
  options?: {readonly reads: boolean},
): Promise<RawClient> {
  const client = await rawClient(product.port, text, options)
  clients.push(client)
  return client
}

/** Files too large for the socket buffer of a reader that does not read. */
function largeFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-web-'))
  folders.push(folder)
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'large.js'), 'x'.repeat(32 << 20))
  return folder
}

const get = (path: string, ...headers: string[]) =>
  `${[`GET ${path} HTTP/1.1`, 'host: x', ...headers].join('\r\n')}\r\n\r\n`

const ask = (question: string) => {
  const body = JSON.stringify({question})
  return `POST /api/answers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

/** Connections that the server has. */
const connectionsOf = ({http}: TestDocent) =>
  new Promise<number>((resolve, reject) =>
    http.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )

const patiently = {timeout: 20_000}

describe('requests sent ahead on one connection', () => {
  test('are answered one after the other, in their order', async () => {
    const product = await start()
    const client = await send(
      product,
      get('/healthz') +
        get('/nothing') +
        ask('xyzzy') +
        get('/api/search?q=port') +
        get('/readyz', 'connection: close'),
    )

    await expect.poll(() => client.isClosed, patiently).toBe(true)

    const statuses = [...client.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
    expect(statuses).toEqual(['200', '404', '200', '200', '200'])
    expect(client.text).toMatch(
      /"status":"ok"[\s\S]*"not_found"[\s\S]*event: done[\s\S]*"results"[\s\S]*"ready"/,
    )
  })

  test('wait with their work until the one before has been answered, and never begin when the client has left', async () => {
    const product = await start()
    const client = await send(product, [1, 2, 3, 4].map((n) => ask(`How ${n}?`)).join(''))
    const first = await product.generator.call(0)

    client.socket.destroy()
    await first.aborted

    await expect.poll(() => product.answering.active, patiently).toBe(0)
    expect(product.generator.calls).toHaveLength(1)
  })

  test('more than a few close the connection', async () => {
    const product = await start()

    const client = await send(product, ask('How?') + get('/healthz').repeat(8))

    await expect.poll(() => client.isClosed, patiently).toBe(true)
    await expect.poll(() => product.answering.active, patiently).toBe(0)
  })

  test.skipIf(!existsSync('/proc/self/fd'))('leave no file open, however many there are', async () => {
    const product = await start({webDir: largeFiles()})
    const files = () => readdirSync('/proc/self/fd').length
    await (await fetch(`${product.url}/healthz`)).text()
    const before = files()

    for (let i = 0; i < 10; i++) {
      const client = await send(product, get('/large.js').repeat(1500), {reads: false})
      await new Promise((resolve) => setTimeout(resolve, 50))
      client.socket.destroy()
    }

    await expect.poll(files, patiently).toBeLessThanOrEqual(before + 2)
  })

  test('an upgrade among them does not write into the answer of another', async () => {
    const product = await start()

    const client = await send(
      product,
      ask('How?') +
        get(
          '/api/ws',
          'connection: upgrade',
          'upgrade: websocket',
          'sec-websocket-version: 13',
          `sec-websocket-key: ${'x'.repeat(22)}==`,
        ),
    )

    await expect.poll(() => client.isClosed, patiently).toBe(true)
    expect(client.text).not.toContain('101 Switching')
    await expect.poll(() => product.answering.active, patiently).toBe(0)
  })
})

describe('connections that do nothing', () => {
  test('a body that does not arrive is answered with 408 eventually', async () => {
    const product = await start()
    Object.assign(product.http.server, {headersTimeout: 100, requestTimeout: 100})
    const client = await send(
      product,
      'POST /api/answers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que',
    )

    await expect.poll(() => client.isClosed, {timeout: 30_000}).toBe(true)

    expect(client.text).toMatch(/^HTTP\/1\.1 408 /)
    await expect.poll(() => connectionsOf(product), patiently).toBe(0)
  }, 60_000)

  test('a reader that does not read a file is disconnected', async () => {
    const product = await start({webDir: largeFiles(), settings: {slowReaderTimeoutMs: 50}})

    await send(product, get('/large.js'), {reads: false})
    await expect.poll(() => connectionsOf(product), patiently).toBe(1)

    await expect.poll(() => connectionsOf(product), patiently).toBe(0)
  })

  test('a reader that waits for a silent answer is not', async () => {
    const product = await start({settings: {slowReaderTimeoutMs: 50}})
    const answer = product.ask({question: 'How?'}, {headers: {accept: 'application/json'}})
    const call = await product.generator.call(0)
    await new Promise((resolve) => setTimeout(resolve, 1500))

    call.say('Done.')
    call.finish()

    expect((await answer).status).toBe(200)
  })

  test('a refused upgrade ends its connection, though the client leaves it open', async () => {
    const product = await start()
    const refused = await Promise.all(
      Array.from({length: 30}, () =>
        send(product, get('/nope', 'connection: upgrade', 'upgrade: websocket')),
      ),
    )

    await expect.poll(() => connectionsOf(product), patiently).toBe(0)

    // What the server has sent may still be on its way.
    await expect
      .poll(() => refused.map(({text}) => text.split('\r\n')[0]), patiently)
      .toEqual(Array(30).fill('HTTP/1.1 404 Not Found'))
  })
})

describe('connections of one address', () => {
  test('are limited, and one that closes makes room for another', async () => {
    const product = await start({settings: {maxConnectionsPerAddress: 2}})
    const [first] = [await send(product, get('/healthz')), await send(product, get('/healthz'))]
    await expect.poll(() => connectionsOf(product), patiently).toBe(2)

    const third = await send(product, get('/healthz'))
    await expect.poll(() => third.isClosed, patiently).toBe(true)
    first.socket.destroy()
    await expect.poll(() => connectionsOf(product), patiently).toBe(1)
    const fourth = await send(product, get('/healthz'))

    await expect.poll(() => fourth.text, patiently).toMatch(/^HTTP\/1\.1 200/)
    expect(third.text).toBe('')
  })

  test.each(['1', 'loopback'])(
    'are not counted where TRUST_PROXY is %s, the proxy in front',
    async (trustProxy) => {
      const product = await start({settings: {maxConnectionsPerAddress: 1, trustProxy}})

      const both = [await send(product, get('/healthz')), await send(product, get('/healthz'))]

      for (const client of both) await expect.poll(() => client.text, patiently).toMatch(/^HTTP\/1\.1 200/)
    },
  )
})

describe('offers of another protocol', () => {
  const h2c = ['connection: Upgrade, HTTP2-Settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__']

  test('are ignored: the request is answered, and so is the next one', async () => {
    const product = await start()
    const client = await send(product, get('/healthz', ...h2c))
    await expect.poll(() => client.text, patiently).toContain('"ok"')

    client.socket.write(get('/api/search?q=port', ...h2c))
    await expect.poll(() => client.text, patiently).toContain('"results"')
    client.socket.write(get('/readyz'))
    await expect.poll(() => client.text, patiently).toContain('"ready"')

    expect(client.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3)
  })

  test('with a body, whole or in pieces, lose nothing of it', async () => {
    const product = await start()
    const [head, body] = ask('xyzzy').split('\r\n\r\n') as [string, string]
    const offered = `${head}\r\n${h2c.join('\r\n')}\r\n\r\n`
    const sockets: Socket[] = []
    product.http.server.on('connection', (socket: Socket) => sockets.push(socket))
    const whole = await send(product, offered + body)
    const pieces = await send(product, offered + body.slice(0, 5))
    await expect.poll(() => sockets[1]?.bytesRead, patiently).toBe(offered.length + 5)

    pieces.socket.write(body.slice(5))

    for (const client of [whole, pieces]) {
      await expect.poll(() => client.text, patiently).toContain('event: done')
    }
    expect(await connectionsOf(product)).toBe(2)
  })

  test('a header folded over two lines injects no other', async () => {
    const product = await start()

    const client = await send(product, get('/healthz', ...h2c, 'x-folded: a\r\n transfer-encoding: chunked'))

    await expect.poll(() => client.isClosed || client.text !== '', patiently).toBe(true)
    expect(client.text).toMatch(/^HTTP\/1\.1 (200 OK|400 Bad Request)/)
  })

  test.each(['//', 'http://['])('an upgrade of %s is a bad request', async (path) => {
    const product = await start()

    const client = await send(product, get(path, 'connection: upgrade', 'upgrade: websocket'))

    await expect
      .poll(() => client.text, patiently)
      .toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*"invalid_request"/)
  })
})

test('a server that closes does not wait for a client that does not read', async () => {
  const product = await startDocent()
  const socket = new WebSocket(`ws://127.0.0.1:${product.port}/api/ws`)
  await once(socket, 'open')
  socket.pause()

  await product.close()

  socket.terminate()
})

describe('what one client sends ahead', () => {
  /** With as many headers as Node reads of a request. */
  const fat = get('/api/info', ...Array.from({length: 950}, (_, n) => `a${n}: b`))

  test('a request with more headers than are read is not served', async () => {
    const product = await start()
    const plain = await send(product, fat)
    // Its length is lost behind them: what follows would be taken for a request of its own.
    const upgrade = await send(
      product,
      [
        'POST /api/answers HTTP/1.1',
        'host: localhost',
        'connection: upgrade',
        'upgrade: h2c',
        ...Array.from({length: 1100}, () => 'a:b'),
        'content-length: 40',
        '',
        'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n',
      ].join('\r\n'),
    )

    await expect.poll(() => plain.text, patiently).toMatch(/^HTTP\/1.1 431 /)
    await expect.poll(() => plain.isClosed && upgrade.isClosed, patiently).toBe(true)
    expect(upgrade.text).not.toContain('200 OK')
    await expect.poll(() => connectionsOf(product), patiently).toBe(0)
  })

  test('is limited in memory, over any number of connections', async () => {
    const product = await start()
    const held = await product.ask({question: 'Held?'})
    // 16 KB of head each, seven of them behind one that is not answered yet.
    const large = get('/api/info', `a: ${'x'.repeat(14_000)}`)
    const sent = await Promise.all(
      Array.from({length: 400}, () => send(product, ask('Waiting?') + large.repeat(7), {reads: false})),
    )

    expect(sent).toHaveLength(400)
    await expect.poll(() => connectionsOf(product), patiently).toBeLessThan(200)
    // Others, and those within the bound, go on.
    expect((await fetch(`${product.url}/api/info`)).status).toBe(200)
    expect(held.status).toBe(200)
    await held.body?.cancel()
  })
})
