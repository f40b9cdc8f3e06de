import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {encodedPath} from '../../../src/lib/url-path.ts'
import {connectOverHttp, type McpClient} from '../../support/mcp-clients.ts'
import {samplePage} from '../../support/sample-pages.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'

const paths = [
  'c#.md',
  'c.md',
  'why?.md',
  'x#y?z&"q%2e%41.md',
  '100%.md',
  'a%20b.md',
  'dir#1/how? #2.md',
  'ü/ß.md',
]
const longHeading = 'nullables are '.repeat(450).trim()

/** Files that have one address, but for their endings, and one whose address is the path of another's file. */
const alike = ['a/yaw.md', 'a/yaw.mdx', 'a/yaw.md.md']

const pages = [
  ...alike.map((path) => samplePage(path, `Page ${path}`, [['', `Begins ${path}.`]])),
  ...paths.map((path) => ({
    ...samplePage(path, `Page ${path}`, [
      ['', `Begins ${path}.`],
      ['Nullables', `A nullable of ${path}.`],
    ]),
    url: `/${encodedPath(path.replace(/\.md$/, ''))}`,
  })),
  samplePage('long.md', 'Long', [
    ['', 'Begins.'],
    [longHeading, 'The flywheel needs oil every day.'],
  ]),
]

let product: TestDocent
let client: McpClient

beforeAll(async () => {
  product = await startDocent({pages, retriever: null})
  client = await connectOverHttp('modern', product.url)
  await client.tools()
})

afterAll(async () => {
  await client.close()
  await product.close()
})

const read = async (page: string) => (await client.call('get_doc', {page})).structuredContent
const fetched = async (id: string) => (await client.call('fetch', {id})).structuredContent

describe.each(paths)('the page %s', (path) => {
  const uri = `docs:///${encodedPath(path)}`

  test.each([
    ['its id', path],
    ['its resource', uri],
    ['the template of resources, filled in as RFC 6570 does', `docs:///${encodeTemplate(path)}`],
    ['its address', () => `${product.url}/docs/${encodedPath(path.replace(/\.md$/, ''))}`],
  ])('is found by %s, whole and a section of it', async (_, given) => {
    const reference = typeof given === 'string' ? given : given()

    expect(await read(reference)).toMatchObject({id: path, headings: []})
    expect(await fetched(reference)).toMatchObject({id: path})
    expect(await read(`${reference}#nullables`)).toMatchObject({id: `${path}#nullables`})
    expect(await fetched(`${reference}#nullables`)).toMatchObject({id: `${path}#nullables`})
  })

  test('is read as a resource, also by the address of a section', async () => {
    for (const address of [uri, `${uri}#nullables`]) {
      expect(await client.read(address)).toMatchObject([
        {uri, text: expect.stringContaining(`Begins ${path}`)},
      ])
    }
  })
})

test('pages whose files differ by their endings alone are told apart by the addresses that are listed', async () => {
  const listed = await client.call('list_docs', {under: 'a'})
  const found = listed.structuredContent?.['pages'] as {id: string; url: string}[]

  expect(found.map(({id}) => id).sort()).toEqual([...alike].sort())
  expect(new Set(found.map(({url}) => url)).size).toBe(alike.length)
  for (const {id, url} of found) {
    for (const reference of [id, url]) {
      const text = expect.stringContaining(`Begins ${id}.`)
      expect(await read(reference)).toMatchObject({id, text})
      expect(await fetched(reference)).toMatchObject({id, text})
    }
  }
})

test('every id and address that the tools return is taken by them', async () => {
  const found = await client.call('search_docs', {query: 'nullables', limit: 20})
  const listed = await client.call('list_docs', {})

  const results = found.structuredContent?.['results'] as {id: string; url: string}[]
  const all = listed.structuredContent?.['pages'] as {id: string; url: string}[]
  expect(results.length).toBeGreaterThan(paths.length)
  expect(all).toHaveLength(pages.length)
  for (const {id, url} of [...results, ...all]) {
    expect(await read(id)).toMatchObject({id, url})
    expect(await read(url)).toMatchObject({id, url})
    expect(await fetched(id)).toMatchObject({id, url})
  }
})

test('folders are taken as they are listed', async () => {
  for (const under of ['dir#1', 'dir%231', 'docs:///dir%231', 'docs:///dir%231/']) {
    expect((await client.call('list_docs', {under})).structuredContent).toMatchObject({
      pages: [{id: 'dir#1/how? #2.md'}],
    })
  }
})

test('a section with a heading as long as a page is read by the id and the address that a search gives', async () => {
  const found = await client.call('search_docs', {query: 'oil for the flywheel', limit: 1})

  const [first] = (found.structuredContent?.['results'] ?? []) as {id: string; url: string}[]
  expect(first!.id).toMatch(/^long\.md#nullables-are-.{5000,}/)
  for (const reference of [first!.id, first!.url])
    expect(await read(reference)).toMatchObject({text: expect.stringContaining('The flywheel needs oil')})
})

/** `{+path}`: reserved characters, and what is percent-encoded already, stay. https://www.rfc-editor.org/rfc/rfc6570#section-3.2.3 */
function encodeTemplate(path: string): string {
  return path.replace(/%(?![\da-f]{2})|[^%\w\-.~:/?#[\]@!$&'()*+,;=]/giu, encodeURIComponent)
}
