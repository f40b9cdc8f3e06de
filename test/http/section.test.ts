import request from 'supertest'
import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {samplePage} from '../support/sample-pages.ts'
import {startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const text =
  'Set `PORT`. The default is 3000.\n\n- one\n- two\n\n```sh\nPORT=1 npm start\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |'
const pages = [
  samplePage('port.md', 'The port', [
    ['', 'Where it listens.'],
    ['Change the port', text],
  ]),
  samplePage('long.md', 'Long', [['All of it', 'Some words of it. '.repeat(2_000)]]),
]

async function reading(settings = {}) {
  const product = await start({pages, settings})
  const get = (query: Record<string, string>, init?: RequestInit) =>
    fetch(`${product.url}/api/section?${new URLSearchParams(query)}`, init)
  return {product, get}
}

describe('GET /api/section', () => {
  test('gives a section as Markdown, by the address and the anchor of a source', async () => {
    const {product, get} = await reading()

    const response = await get({url: '/docs/port', anchor: 'change-the-port'})

    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      build: product.build,
      url: '/docs/port',
      anchor: 'change-the-port',
      title: 'The port',
      headings: ['Change the port'],
      text,
      version: null,
      lang: null,
    })
  })

  test('finds it by its address on the docs’ own site', async () => {
    const {get} = await reading({siteUrl: 'https://docs.example.com/guide'})

    const response = await get({url: 'https://docs.example.com/guide/port', anchor: 'change-the-port'})

    expect(await response.json()).toMatchObject({
      url: 'https://docs.example.com/guide/port',
      headings: ['Change the port'],
    })
  })

  test('without an anchor gives the text before the first heading', async () => {
    const {get} = await reading()

    expect(await (await get({url: '/docs/port'})).json()).toMatchObject({
      headings: [],
      text: 'Where it listens.',
    })
  })

  test('is not sent again while it is the same', async () => {
    const {product} = await reading()
    const address = '/api/section?url=/docs/port&anchor=change-the-port'
    const first = await request(product.http.app).get(address)

    const again = await request(product.http.app).get(address).set('if-none-match', first.get('etag')!)

    expect(again.status).toBe(304)
  })

  test('cuts a section that is too long to be read beside an answer, and says so', async () => {
    const {get} = await reading()

    const section = (await (await get({url: '/docs/long', anchor: 'all-of-it'})).json()) as {text: string}

    expect(section).toMatchObject({truncated: true})
    expect(section.text).toHaveLength(20_000)
  })

  test.each([
    ['a page that is gone', {url: '/docs/gone', anchor: 'x'}, 404],
    ['a section that is gone', {url: '/docs/port', anchor: 'gone'}, 404],
    ['an address of another site', {url: 'https://elsewhere.example/port', anchor: ''}, 404],
    ['no address', {anchor: 'x'}, 400],
    ['an address that is far too long', {url: `/${'x'.repeat(3_000)}`}, 400],
  ])('for %s says so', async (_what, query, status) => {
    const {get} = await reading({siteUrl: 'https://docs.example.com'})

    const response = await get(query as Record<string, string>)

    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({
      error: {code: status === 404 ? 'not_found' : 'invalid_request'},
    })
  })

  test('counts as a search', async () => {
    const {get} = await reading({searchLimitPerMinute: 1})
    await get({url: '/docs/port'})

    expect((await get({url: '/docs/port'})).status).toBe(429)
  })

  test('waits for an index', async () => {
    const product = await start({pages: null})

    expect((await fetch(`${product.url}/api/section?url=/docs/port`)).status).toBe(503)
  })
})
