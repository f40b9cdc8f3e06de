import {type IncomingMessage, request} from 'node:http'
import {setTimeout as delay} from 'node:timers/promises'
import {brotliDecompressSync, gunzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import {samplePage} from '../support/sample-pages.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

vi.setConfig({testTimeout: 240_000})

/** A remark parser needs most of a minute for it. */
const endless = 'a@b.c_'.repeat(150_000)

let product: TestDocent

/** A page as its Markdown, with the anchors of two headings. */
function pageOf(path: string, title: string, markdown: string, more: Partial<Page> = {}): Page {
  return {
    ...samplePage(path, title, [
      ['Set up', 'Words.'],
      ['Go on', 'More words.'],
    ]),
    markdown,
    ...more,
  }
}

beforeAll(async () => {
  product = await startDocent({
    pages: [
      pageOf('index.md', 'Start', '# Start\n\nWelcome.', {url: '/'}),
      pageOf(
        'guides/auth.md',
        'Sign <in>',
        '## Set up\n\nSee [tokens](../reference/tokens.md#rotate) and [start](/).\n\n## Go on\n\n<script>alert(1)</script> <img src=x onerror=alert(1)> [bad](javascript:alert(1)) ![beacon](https://evil.example/?q=1)',
      ),
      pageOf('reference/tokens.md', 'Tokens', '# Tokens\n\n## Rotate\n\nTurn them.', {
        sections: samplePage('', '', [
          ['Tokens', ''],
          ['Rotate', 'Turn them.'],
        ]).sections,
      }),
      pageOf('elsewhere.md', 'Elsewhere', '# Elsewhere', {url: 'https://docs.example.com/elsewhere'}),
      // A second of work for a parser, and more.
      pageOf('hard.md', 'Hard', '[a'.repeat(60_000)),
      // More than any parser gets.
      pageOf('endless/1.md', 'Endless', endless),
      pageOf('endless/2.md', 'Endless', endless),
      ...Array.from({length: 40}, (_, n) => pageOf(`waits/${n}.md`, 'Waits', 'Some **words**.')),
    ],
  })
})

afterAll(() => product.close())

const get = async (path: string) => {
  const response = await fetch(product.url + path)
  return {status: response.status, type: response.headers.get('content-type'), text: await response.text()}
}

/** Over node:http, which leaves a body as it came. */
function getRaw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{head: IncomingMessage; body: Buffer}> {
  return new Promise((resolve, reject) => {
    request(product.url + path, {method, headers}, async (head) => {
      resolve({head, body: Buffer.concat(await head.toArray())})
    })
      .on('error', reject)
      .end()
  })
}

describe('the ingested pages', () => {
  test('are rendered with the anchors that sources link to', async () => {
    const {status, type, text} = await get('/docs/guides/auth')

    expect(status).toBe(200)
    expect(type).toMatch(/^text\/html/)
    expect(text).toMatch(/<h2 id="set-up">Set up/)
    expect(text).toContain('href="#go-on"')
    expect(text).toContain('<h1>Sign &lt;in&gt;</h1>')
    expect(text).toContain('<a class="ask" href="/">Ask the assistant</a>')
    expect(text).toContain('href="/docs/guides/auth.md"')
  })

  test('contain nothing that runs or loads from elsewhere', async () => {
    const {text} = await get('/docs/guides/auth')

    expect(text).not.toMatch(/<script(?! src="\/assets\/docs[-\w]*\.js)|onerror|javascript:|evil\.example/)
  })

  test('link to each other on this server', async () => {
    const {text} = await get('/docs/guides/auth')

    expect(text).toContain('href="/docs/reference/tokens#rotate"')
    expect(text).toContain('href="/docs/"')
  })

  test('have one title, their own if they have one', async () => {
    const {text} = await get('/docs/reference/tokens/')

    expect(text.match(/<h1/g)).toHaveLength(1)
  })

  test('are found by their file if their own URL is elsewhere', async () => {
    expect((await get('/docs/elsewhere')).status).toBe(200)
  })

  test('are served as Markdown as well', async () => {
    const twin = await get('/docs/reference/tokens.md')

    expect(twin.type).toMatch(/^text\/markdown/)
    expect(twin.text).toBe('# Tokens\n\n## Rotate\n\nTurn them.')
    expect((await get('/docs/index.md')).text).toContain('Welcome.')
  })

  test('are listed at /docs/', async () => {
    const {text} = await get('/docs')

    expect(text).toContain('Welcome.')
    for (const route of ['/docs/guides/auth', '/docs/reference/tokens', '/docs/elsewhere']) {
      expect(text).toContain(`href="${route}"`)
    }
  })

  test('link to the pages before and after them', async () => {
    const {text} = await get('/docs/guides/auth')
    const links = [...text.matchAll(/<a rel="(prev|next)" href="([^"]+)"><span>[^<]+<\/span>([^<]+)/g)].map(
      (match) => match.slice(1),
    )

    expect(links).toEqual([
      ['prev', '/docs/endless/2', 'Endless'],
      ['next', '/docs/hard', 'Hard'],
    ])
    expect((await get('/docs/elsewhere')).text).not.toContain('rel="prev"')
  })

  test.each([
    '/docs/none',
    '/docs/..%2f..%2fetc%2fpasswd',
    '/docs/%00',
    '/docs/guides/auth.php',
    '/docs/<b>',
  ])('%s is a page that says there is none', async (path) => {
    const {status, text} = await get(path)

    expect(status).toBe(404)
    expect(text).not.toContain('root:')
    expect(text).not.toContain('<b>')
  })

  test('have a policy that blocks their scripts', async () => {
    const response = await fetch(`${product.url}/docs/guides/auth`)

    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none';script-src 'self'/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each(['/docs/guides/auth', '/docs/reference/tokens.md', '/docs/'])(
    '%s is sent as the client takes it, and not to one that has it',
    async (path) => {
      const plain = await getRaw(path, {})
      const gzip = await getRaw(path, {'accept-encoding': 'gzip, deflate'})
      const br = await getRaw(path, {'accept-encoding': 'gzip, deflate, br'})
      const tag = String(plain.head.headers.etag)
      const again = await getRaw(path, {'accept-encoding': 'br', 'if-none-match': tag})
      const head = await getRaw(path, {'accept-encoding': 'gzip'}, 'HEAD')

      expect(plain.head.headers['content-encoding']).toBeUndefined()
      expect(gzip.head.headers['content-encoding']).toBe('gzip')
      expect(gunzipSync(gzip.body)).toEqual(plain.body)
      expect(br.head.headers['content-encoding']).toBe('br')
      expect(brotliDecompressSync(br.body)).toEqual(plain.body)
      for (const {head} of [plain, gzip, br]) {
        const vary = path.endsWith('.md') ? 'Accept-Encoding' : 'Accept, Accept-Encoding'
        expect(head.headers).toMatchObject({etag: tag, vary, 'cache-control': 'no-cache'})
      }
      expect(again.head).toMatchObject({statusCode: 304, headers: {etag: tag}})
      expect(again.body).toHaveLength(0)
      expect(head.head.headers).toMatchObject({...gzip.head.headers, date: expect.any(String)})
      expect(head.body).toHaveLength(0)
    },
  )

  test('are rendered outside the main thread', async () => {
    const startedAt = performance.now()
    let [last, longest] = [startedAt, 0]
    const look = (): void => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
    const looking = setInterval(look, 5)

    const {status} = await get('/docs/hard')
    look()
    clearInterval(looking)

    expect(status).toBe(200)
    // On that thread it would be nearly all of it.
    expect(longest).toBeLessThan((last - startedAt) / 2)
  })

  test('are shown as their source, and not cached, while heavy ones are rendered', async () => {
    const leaving = new AbortController()
    const heavy = [1, 2].map((n) =>
      fetch(`${product.url}/docs/endless/${n}`, {signal: leaving.signal}).catch(() => null),
    )
    let route = ''
    let response = new Response()
    // Some may come before the heavy ones are at it.
    for (let n = 0; n < 40 && response.headers.get('cache-control') !== 'no-store'; n++) {
      if (n > 0) await delay(50)
      route = `/docs/waits/${n}`
      response = await fetch(product.url + route)
    }
    const text = await response.text()
    leaving.abort()
    await Promise.all(heavy)

    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(text).toContain('>Some **words**.</pre>')
    await vi.waitFor(
      async () => {
        const later = await fetch(product.url + route)
        expect(later.headers.get('cache-control')).toBe('no-cache')
        expect(await later.text()).toContain('Some <strong>words</strong>.')
      },
      {timeout: 200_000, interval: 200},
    )
  })

  test('use a style sheet that is there', async () => {
    expect(await get('/assets/plain.css')).toMatchObject({
      status: 200,
      type: expect.stringMatching(/^text\/css/),
    })
  })
})
