import {request as httpRequest} from 'node:http'
import {networkInterfaces} from 'node:os'
import {describe, expect, test} from 'vitest'
import {WebSocket} from 'ws'
import {hostOf, isLoopbackName} from '../../src/http/guards/this-machine.ts'
import {openSqlite} from '../../src/native/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {type DocentOptions, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const startWith = closedAfterEach(startDocent)
const start = (settings: DocentOptions['settings'] = {}) => startWith({settings})

interface Answer {
  readonly status: number
  readonly body: string
}

/** With any headers, `host` included, which `fetch` keeps to itself. */
function get(
  product: TestDocent,
  path: string,
  headers: Record<string, string> = {},
  address = '127.0.0.1',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    httpRequest({host: address, port: product.port, path, headers}, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (piece) => {
        body += piece
      })
      response.on('end', () => resolve({status: response.statusCode!, body}))
    })
      .on('error', reject)
      .end()
  })
}

const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address

describe('the metrics', () => {
  test('can be read only from this machine while no token is set', async () => {
    const product = await start()
    const forwarded = [
      {'x-forwarded-for': '127.0.0.1'},
      {'x-forwarded-proto': 'https'},
      {'x-real-ip': '127.0.0.1'},
      {forwarded: 'for=127.0.0.1'},
      {via: '1.1 proxy'},
      {'cf-connecting-ip': '127.0.0.1'},
      // As the usual rule for WebSockets adds it to every request.
      {connection: 'upgrade'},
    ]

    expect((await get(product, '/metrics')).status).toBe(200)
    for (const headers of forwarded) {
      const {status, body} = await get(product, '/metrics', headers)
      expect(status).toBe(403)
      expect(body).toContain('METRICS_TOKEN')
      expect(body).not.toContain('docent_')
    }
  })

  test.skipIf(outside === undefined)('not for who comes by another address', async () => {
    const product = await start({host: '0.0.0.0'})

    expect((await get(product, '/metrics', {}, outside)).status).toBe(403)
    expect((await get(product, '/metrics', {host: 'localhost'}, outside)).status).toBe(403)
    expect((await get(product, '/metrics')).status).toBe(200)
    // A page whose name was pointed at this machine.
    expect((await get(product, '/metrics', {host: `evil.example:${product.port}`})).status).toBe(403)
  })

  test('behind a trusted proxy the client counts', async () => {
    const product = await start({trustProxy: '1'})

    expect((await get(product, '/metrics', {'x-forwarded-for': '203.0.113.7'})).status).toBe(403)
    expect((await get(product, '/metrics', {'x-forwarded-for': '127.0.0.1, 203.0.113.7'})).status).toBe(403)
    expect((await get(product, '/metrics', {'x-real-ip': '203.0.113.7'})).status).toBe(403)
    expect((await get(product, '/metrics', {'x-forwarded-for': '127.0.0.1'})).status).toBe(200)
  })

  test('need the token if one is set, also from this machine', async () => {
    const product = await start({metricsToken: 'metrics-token-for-tests'})
    const bearer = (token: string) => ({authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.7'})

    expect((await get(product, '/metrics')).status).toBe(401)
    expect((await get(product, '/metrics', bearer('metrics-token-for-testt'))).status).toBe(401)
    expect((await get(product, '/metrics', bearer(supportToken))).status).toBe(401)
    const {status, body} = await get(product, '/metrics', bearer('metrics-token-for-tests'))
    expect(status).toBe(200)
    expect(body).toContain('docent_')
  })
})

describe('/readyz', () => {
  test('says to everybody that the log is not written, and why only to operators', async () => {
    const product = await start({metricsToken: 'metrics-token-for-tests'})
    const other = openSqlite(product.file)
    other.exec('BEGIN IMMEDIATE')
    await (await product.ask({question: 'xyzzy'})).text()
    await expect.poll(() => product.transcripts.health().degraded).toBe(true)
    const {reason} = product.transcripts.health()
    expect(reason).toContain('locked')
    const stranger = {'x-forwarded-for': '203.0.113.7'}
    const journalFor = async (headers: Record<string, string>) =>
      (JSON.parse((await get(product, '/readyz', headers)).body) as {journal: object}).journal

    expect(await journalFor(stranger)).toEqual({status: 'degraded'})
    expect(await journalFor({host: `evil.example:${product.port}`})).toEqual({status: 'degraded'})
    // A monitor with an old token still gets the status of the server.
    for (let n = 0; n < 12; n++) {
      expect(await journalFor({...stranger, authorization: 'Bearer wrong'})).toEqual({status: 'degraded'})
    }
    expect(await journalFor({})).toEqual({status: 'degraded', reason})
    for (const token of ['metrics-token-for-tests', supportToken]) {
      expect(await journalFor({...stranger, authorization: `Bearer ${token}`})).toEqual({
        status: 'degraded',
        reason,
      })
    }
    other.close()
  })
})

describe('the host a request is for', () => {
  const paths = ['/', '/api/search?q=port', '/console', '/metrics', '/api/admin/session', '/docs/']
  const statuses = async (product: TestDocent, host: string, headers: Record<string, string> = {}) =>
    new Set(
      (await Promise.all(paths.map((path) => get(product, path, {host, ...headers})))).map(
        ({status}) => status === 421,
      ),
    )
  const refused = new Set([true])
  const passed = new Set([false])

  test('must be a name of this machine, for local browsers while the server listens only here', async () => {
    const product = await start()
    const {port} = product

    const names = ['localhost', 'docs.localhost', '127.0.0.1', '127.8.8.8', '[::1]', 'LOCALHOST']
    // Nobody can register these and point them here.
    names.push('10.0.0.1', '[fe80::1]', 'workstation', 'docent.')
    for (const host of names) {
      expect(await statuses(product, `${host}:${port}`)).toEqual(passed)
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      expect(await statuses(product, `${host}:${port}`, {origin: `http://${host}:${port}`})).toEqual(refused)
      // What a proxy adds, a script of the page can add too.
      expect(
        await statuses(product, `${host}:${port}`, {
          'x-forwarded-for': '1.2.3.4',
          'x-forwarded-host': 'localhost',
        }),
      ).toEqual(refused)
    }
    expect((await get(product, '/healthz', {host: 'evil.example'})).status).toBe(200)
  })

  test('may be any behind a proxy, as before', async () => {
    const product = await start()
    const trusting = await start({trustProxy: '1'})

    for (const each of [product, trusting]) {
      expect(await statuses(each, 'docs.example.com', {'x-forwarded-for': '203.0.113.7'})).toEqual(passed)
      expect(await statuses(each, 'docs.example.com:8443', {'x-forwarded-proto': 'https'})).toEqual(passed)
    }
  })

  test('may be any where the server listens on all addresses, and no list is set', async () => {
    const product = await start({host: '0.0.0.0'})

    expect(await statuses(product, 'intranet.example')).toEqual(passed)
  })

  test('must be in the list if there is one, the site’s own, or this machine’s', async () => {
    const product = await start({
      host: '0.0.0.0',
      allowedHosts: ['docs.example.com', 'other.example:8443'],
      siteUrl: 'https://site.example/docs',
    })

    for (const host of [
      'docs.example.com',
      'DOCS.example.com:81',
      'other.example:8443',
      'site.example',
      'localhost:1',
    ]) {
      expect(await statuses(product, host)).toEqual(passed)
    }
    for (const host of [
      'evil.example',
      'other.example',
      'a.docs.example.com',
      'docs.example.com@evil.example',
    ]) {
      expect(await statuses(product, host, {'x-forwarded-for': '203.0.113.7'})).toEqual(refused)
    }
    const {status, body} = await get(product, '/', {host: 'evil.example'})
    expect(status).toBe(421)
    expect(JSON.parse(body)).toMatchObject({
      error: {code: 'host_not_allowed', message: expect.stringContaining('ALLOWED_HOSTS')},
    })
  })

  test('may be any with *', async () => {
    const product = await start({allowedHosts: ['*']})

    expect(await statuses(product, `evil.example:${product.port}`)).toEqual(passed)
  })

  test('counts for WebSockets as well', async () => {
    const product = await start({allowedOrigins: []})
    const connects = (host: string) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${product.port}/api/ws`, {
          headers: {host, origin: `http://${host}`},
        })
        socket.once('open', () => {
          socket.close()
          resolve(true)
        })
        socket.once('error', () => resolve(false))
      })

    expect(await connects(`evil.example:${product.port}`)).toBe(false)
    expect(await connects(`localhost:${product.port}`)).toBe(true)
  })
})

test.each([
  ['localhost', true],
  ['a.b.localhost.', true],
  ['[::ffff:127.0.0.1]', true],
  ['127.1.2.3', true],
  ['127.0.0.1.nip.io', false],
  ['notlocalhost', false],
  ['[::2]', false],
  ['', false],
])('%s leads to this machine: %s', (name, leads) => {
  expect(isLoopbackName(name)).toBe(leads)
})

test.each([
  '',
  'a b',
  'a/b',
  'a@localhost',
  'localhost:',
  'localhost:1:2',
  'localhost:123456',
  '[::1',
  'a#localhost',
  'a\\localhost',
])('Host %j is none', (host) => {
  expect(hostOf({headers: {host}})).toBeNull()
})
