import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {get, type IncomingMessage} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync} from 'node:zlib'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const script = `console.log(${JSON.stringify('the widget '.repeat(1_000))})`
const packed = 'compressed by the build'
const packedCopies = {br: brotliCompressSync(packed), gzip: gzipSync(packed)}
let webDir: string
let product: TestDocent

beforeEach(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'docent-web-'))
  await writeFile(join(webDir, 'index.html'), '<docs-assistant mode="page"></docs-assistant>')
  await writeFile(join(webDir, 'widget.js'), script)
  await writeFile(join(webDir, 'icon.svg'), '<svg/>')
  await writeFile(join(webDir, 'packed.js'), packed)
  await writeFile(join(webDir, 'packed.js.br'), packedCopies.br)
  await writeFile(join(webDir, 'packed.js.gz'), packedCopies.gzip)
  await writeFile(join(webDir, '.inputs'), 'stamp')
  await mkdir(join(webDir, 'locales'))
  await writeFile(join(webDir, 'locales/de.json'), '{}')
  product = await startDocent({webDir})
})
afterEach(async () => {
  await product.close()
  await rm(webDir, {recursive: true})
})

/** Over node:http, which leaves a body as it came. */
function fetchRaw(
  path: string,
  headers: Record<string, string>,
): Promise<{head: IncomingMessage; body: Buffer}> {
  return new Promise((resolve, reject) => {
    get(product.url + path, {headers}, async (head) => {
      resolve({head, body: Buffer.concat(await head.toArray())})
    }).on('error', reject)
  })
}

test('scripts are compressed for clients that accept it, with one tag for all encodings', async () => {
  const br = await fetchRaw('/widget.js', {'accept-encoding': 'gzip, deflate, br, zstd'})
  const small = await fetchRaw('/widget.js', {'accept-encoding': 'gzip'})
  const plain = await fetchRaw('/widget.js', {})
  const again = await fetchRaw('/widget.js', {
    'accept-encoding': 'gzip',
    'if-none-match': String(small.head.headers.etag),
  })

  expect(br.head.headers['content-encoding']).toBe('br')
  expect(brotliDecompressSync(br.body).toString()).toBe(script)
  expect(small.head.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(small.body).toString()).toBe(script)
  expect(plain.head.headers['content-encoding']).toBeUndefined()
  expect(plain.body.toString()).toBe(script)
  expect(again.head.statusCode).toBe(304)
  for (const {head} of [br, small, plain, again]) {
    expect(head.headers).toMatchObject({
      etag: small.head.headers.etag,
      vary: expect.stringContaining('Accept-Encoding'),
      'cache-control': 'public, max-age=0',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    })
  }
})

test('what the build has compressed is sent as it is, and has no address of its own', async () => {
  const br = await fetchRaw('/packed.js', {'accept-encoding': 'br'})
  const small = await fetchRaw('/packed.js', {'accept-encoding': 'gzip'})
  const plain = await fetchRaw('/packed.js', {})

  expect(br.body).toEqual(packedCopies.br)
  expect(small.body).toEqual(packedCopies.gzip)
  expect(plain.body.toString()).toBe(packed)
  expect(br.head.headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'text/javascript; charset=utf-8',
    etag: plain.head.headers.etag,
  })
  expect((await fetchRaw('/packed.js.br', {})).head.statusCode).toBe(404)
  expect((await fetchRaw('/packed.js.gz', {})).head.statusCode).toBe(404)
})

test('files have their content type, also in folders, and hidden ones are not served', async () => {
  const types = ['/widget.js', '/locales/de.json', '/icon.svg', '/assets/plain.css'].map(
    async (path) => (await fetchRaw(path, {})).head.headers['content-type'],
  )

  expect(await Promise.all(types)).toEqual([
    'text/javascript; charset=utf-8',
    'application/json; charset=utf-8',
    'image/svg+xml',
    'text/css; charset=utf-8',
  ])
  expect((await fetchRaw('/.inputs', {})).head.statusCode).toBe(404)
  expect((await fetchRaw('/locales/', {})).head.statusCode).toBe(404)
})

test('a range request gets the whole file, with status 200', async () => {
  const {head, body} = await fetchRaw('/widget.js', {range: 'bytes=0-9'})

  expect(head).toMatchObject({statusCode: 200, headers: {'accept-ranges': 'none'}})
  expect(body.toString()).toBe(script)
})

test('a file is read only once: changes take effect after a restart', async () => {
  await rm(join(webDir, 'widget.js'))

  expect((await fetchRaw('/widget.js', {})).body.toString()).toBe(script)
})

test('a stream is never compressed', async () => {
  const response = await fetch(`${product.url}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'text/event-stream', 'accept-encoding': 'gzip, br'},
    body: JSON.stringify({question: 'xyzzy'}),
  })
  const text = await response.text()

  expect(response.headers.get('content-encoding')).toBeNull()
  expect(text).toContain('event: done')
})
