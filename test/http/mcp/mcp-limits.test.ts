import {expect, test, vi} from 'vitest'
import {DocentError} from '../../../src/domain/index.ts'
import type {DocsSearch, Retriever, SearchHit, SearchResult} from '../../../src/retrieval/index.ts'
import {closedAfterEach} from '../../support/closed-after-each.ts'
import {connectOverHttp, eras} from '../../support/mcp-clients.ts'
import {mcpPages} from '../../support/mcp-docs.ts'
import {type DocentOptions, startDocent, type TestDocent, writeIndex} from '../../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const connect = closedAfterEach(connectOverHttp)

const openDocent = (given: DocentOptions = {}) => start({pages: mcpPages, retriever: null, ...given})

/** A search that the test ends, and what became of the signals that it was given. */
function heldSearch() {
  const held: {readonly signal: AbortSignal; end(more?: Partial<SearchResult>): void}[] = []
  const found: SearchResult = {
    ...{build: 'none', query: '', lang: null, hits: [], abstention: null},
    ...{answerability: 1, unknownWords: [], features: {}, timings: {}},
  }
  const search: DocsSearch['search'] = (_query, {signal = new AbortController().signal} = {}) =>
    new Promise((resolve, reject) => {
      held.push({signal, end: (more = {}) => resolve({...found, ...more})})
      signal.addEventListener('abort', () => reject(signal.reason), {once: true})
    })
  // No answer is asked for here.
  return {held, retriever: {search} as unknown as Retriever & DocsSearch}
}

const metricsOf = async ({url}: TestDocent) => (await fetch(`${url}/metrics`)).text()

test.each(eras)(
  'a call above the limit of searches is an error that the model can wait for, %s client',
  async (era) => {
    const product = await openDocent({settings: {searchLimitPerMinute: 3}})
    const client = await connect(era, product.url)
    await client.tools()

    for (let n = 0; n < 3; n++) {
      expect((await client.call('get_doc', {page: 'guides/port.md'})).isError).toBeFalsy()
    }
    const result = await client.call('search_docs', {query: 'port'})

    expect(result.isError).toBe(true)
    expect(result.content[0]!.text).toMatch(
      /^No more than 3 searches in a minute; try again in \d+ seconds?\.$/,
    )
    await expect(client.read('docs:///guides/port.md')).rejects.toMatchObject({
      code: -32000,
      message: expect.stringContaining('No more than 3 searches in a minute'),
    })
  },
)

test('searches over MCP and over the search route share one limit', async () => {
  const product = await openDocent({settings: {searchLimitPerMinute: 2}})
  const client = await connect('modern', product.url)

  await client.call('search_docs', {query: 'port'})
  await fetch(`${product.url}/api/search?q=port`)

  expect((await fetch(`${product.url}/api/search?q=port`)).status).toBe(429)
  expect((await client.call('search_docs', {query: 'port'})).isError).toBe(true)
})

test('requests above the limit of requests are refused with 429, before any work', async () => {
  const product = await openDocent({settings: {requestLimitPerMinute: 5}})
  const body = JSON.stringify({jsonrpc: '2.0', id: 1, method: 'ping'})
  const post = () =>
    fetch(`${product.url}/mcp`, {
      method: 'POST',
      headers: {'content-type': 'application/json', accept: 'application/json, text/event-stream'},
      body,
    })

  for (let n = 0; n < 5; n++) expect((await post()).status).toBe(200)
  const refused = await post()

  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toMatchObject({
    jsonrpc: '2.0',
    error: {code: -32000, data: {code: 'rate_limited', limit: 'requests', retryable: true}},
    id: null,
  })
})

test.each(eras)('a client that cancels ends its search, %s client', async (era) => {
  const {held, retriever} = heldSearch()
  const product = await openDocent({retriever})
  const client = await connect(era, product.url)
  const leaving = new AbortController()

  const call = client.call('search_docs', {query: 'port'}, leaving.signal)
  await vi.waitFor(() => expect(held).toHaveLength(1))
  if (era === 'modern') leaving.abort()
  else await client.close()

  await expect(call).rejects.toThrow()
  await vi.waitFor(() => expect(held[0]!.signal.aborted).toBe(true))
  await vi.waitFor(async () =>
    expect(await metricsOf(product)).toContain('docent_mcp_calls_total{tool="search_docs",outcome="left"} 1'),
  )
})

test('a client that leaves while its call waits in the queue does no work', async () => {
  const {held, retriever} = heldSearch()
  const product = await openDocent({retriever})
  const client = await connect('modern', product.url)
  const leaving = new AbortController()

  const first = client.call('search_docs', {query: 'first'})
  await vi.waitFor(() => expect(held).toHaveLength(1))
  const second = client.call('search_docs', {query: 'second'}, leaving.signal)
  // Its request must have arrived, which no signal of the client tells.
  await new Promise((resolve) => setTimeout(resolve, 200))
  leaving.abort()
  await expect(second).rejects.toThrow()
  await new Promise((resolve) => setTimeout(resolve, 200))
  held[0]!.end()
  await first
  const third = client.call('search_docs', {query: 'third'})
  // The queue rests after slow work.
  await vi.waitFor(() => expect(held).toHaveLength(2), 5000)
  held[1]!.end()
  await third

  expect(held).toHaveLength(2)
})

test.each(eras)('many calls at once are all answered, %s client', async (era) => {
  const product = await openDocent()
  const client = await connect(era, product.url)
  await client.tools()

  const results = await Promise.all(
    Array.from({length: 60}, (_, n) =>
      n % 2 === 0
        ? client.call('get_doc', {page: 'guides/port.md'})
        : client.call('search_docs', {query: 'When do tokens expire?', limit: 1}),
    ),
  )

  expect(results.filter(({isError}) => isError)).toEqual([])
  expect(results.map(({structuredContent}) => structuredContent?.['title'] ?? 'found')).toEqual(
    Array.from({length: 60}, (_, n) => (n % 2 === 0 ? 'Change the port' : 'found')),
  )
})

test('a search that fails says so without internals, and is logged', async () => {
  const error = vi.fn()
  const retriever = {
    search: async () => {
      throw new DocentError('embedding_model', 'the secret path /srv/model is broken')
    },
  } as unknown as Retriever & DocsSearch
  const product = await openDocent({retriever, log: {debug() {}, info() {}, warn() {}, error}})
  const client = await connect('modern', product.url)

  const result = await client.call('search_docs', {query: 'port'})

  expect(result).toMatchObject({
    isError: true,
    content: [{type: 'text', text: 'The search is not available right now.'}],
  })
  expect(error).toHaveBeenCalledWith(expect.objectContaining({code: 'embedding_model'}), 'an mcp call failed')
})

test('calls are counted and logged by tool and outcome, never with what was asked', async () => {
  const lines: string[] = []
  const note = (facts: object, message: string) => void lines.push(JSON.stringify({...facts, message}))
  const product = await openDocent({log: {debug: note, info: note, warn: note, error: note}})
  const client = await connect('modern', product.url)

  await client.call('search_docs', {query: 'When do tokens expire?'})
  await client.call('search_docs', {query: 'Is quantum chromodynamics asymptotically free?'})
  await client.call('get_doc', {page: 'mellon.md'})
  await client.read('docs:///guides/port.md')

  const metrics = await metricsOf(product)
  for (const [tool, outcome] of [
    ['search_docs', 'ok'],
    ['search_docs', 'unanswered'],
    ['get_doc', 'not_found'],
    ['resources/read', 'ok'],
  ]) {
    expect(metrics).toContain(`docent_mcp_calls_total{tool="${tool}",outcome="${outcome}"} 1`)
    expect(lines.filter((line) => line.includes(`"tool":"${tool}","outcome":"${outcome}"`))).toHaveLength(1)
  }
  expect(lines.filter((line) => /expire|mellon/.test(line))).toEqual([])
})

test('a call reads the build that it searched to its end, whatever is published meanwhile', async () => {
  const {held, retriever} = heldSearch()
  const product = await openDocent({retriever})
  const client = await connect('modern', product.url)

  const call = client.call('search_docs', {query: 'port'})
  await vi.waitFor(() => expect(held).toHaveLength(1))
  const {id} = await writeIndex(product.dataDir, [mcpPages[0]!])
  await vi.waitFor(
    async () => expect(await (await fetch(`${product.url}/readyz`)).json()).toMatchObject({build: id}),
    5000,
  )
  held[0]!.end({build: product.build ?? '', hits: [tokensHit]})

  expect(await call).toMatchObject({
    structuredContent: {results: [{id: 'guides/port.md#tokens', text: 'Tokens expire after one hour.'}]},
  })
})

/** What a search finds for the section about tokens; its own text is never the whole of it. */
const tokensHit: SearchHit = {
  url: '/docs/guides/port',
  ...{title: 'Change the port', headings: ['Tokens'], anchor: 'tokens', text: 'Tokens'},
  ...{highlights: {title: [], headings: [], text: []}, score: 1, scores: {}},
  ...{pageUrl: '/guides/port', path: 'guides/port.md', version: null},
}
