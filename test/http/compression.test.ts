import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {get, type IncomingMessage} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {type HttpProduct, startHttpProduct} from '../support/http-product.ts'

const script = `console.log(${JSON.stringify('the widget '.repeat(1_000))})`
let webDir: string
let product: HttpProduct

beforeEach(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'docent-web-'))
  await writeFile(join(webDir, 'index.html'), '<docs-assistant mode="page"></docs-assistant>')
  await writeFile(join(webDir, 'widget.js'), script)
  product = await startHttpProduct({webDir})
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

test('scripts are compressed for who takes that, and have one tag for their state', async () => {
  const small = await fetchRaw('/widget.js', {'accept-encoding': 'gzip'})
  const plain = await fetchRaw('/widget.js', {})
  const again = await fetchRaw('/widget.js', {
    'accept-encoding': 'gzip',
    'if-none-match': String(small.head.headers.etag),
  })

  expect(small.head.headers['content-encoding']).toBe('gzip')
  expect(small.head.headers.vary).toContain('Accept-Encoding')
  expect(gunzipSync(small.body).toString()).toBe(script)
  expect(plain.head.headers['content-encoding']).toBeUndefined()
  expect(plain.body.toString()).toBe(script)
  expect(again.head.statusCode).toBe(304)
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
