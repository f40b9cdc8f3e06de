import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../../support/closed-after-each.ts'
import {type CallResult, connectOverHttp, type Era, eras} from '../../support/mcp-clients.ts'
import {mcpPages, versionedPages} from '../../support/mcp-docs.ts'
import {type DocentOptions, startDocent} from '../../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const connect = closedAfterEach(connectOverHttp)

/** A client that has listed the tools, so that it checks what they return against their output schemas. */
async function asking(era: Era, given: DocentOptions = {}) {
  const product = await start({
    pages: mcpPages,
    retriever: null,
    ...given,
    settings: {assistantName: 'Boiler', siteUrl: 'https://docs.example.com', ...given.settings},
  })
  const client = await connect(era, product.url)
  const tools = await client.tools()
  return {product, client, tools}
}

const textOf = ({content}: {readonly content: readonly {readonly text: string}[]}) =>
  content.map(({text}) => text).join('\n')

/** A list in what a tool returned. */
const listIn = <T>({structuredContent}: Pick<CallResult, 'structuredContent'>, name: string) =>
  (structuredContent?.[name] ?? []) as readonly T[]

describe.each(eras)('MCP tools, %s client', (era) => {
  test('are listed in a stable order, read-only, with schemas, and say what the docs are', async () => {
    const {client, tools} = await asking(era)

    expect(client.version).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25')
    expect(client.serverInfo).toMatchObject({name: '127.0.0.1/docent', title: 'Boiler docs'})
    expect(client.capabilities).toEqual({tools: {}, resources: {}})
    expect(client.instructions).toMatch(/“Boiler”.*search_docs.*get_doc.*en, de/s)
    expect(tools.map(({name}) => name)).toEqual(['search_docs', 'get_doc', 'list_docs', 'search', 'fetch'])
    for (const {title, description, annotations, inputSchema, outputSchema} of tools) {
      expect(description).toContain('“Boiler”')
      expect(annotations).toEqual({
        title,
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      })
      expect([inputSchema['type'], outputSchema?.['type']]).toEqual(['object', 'object'])
    }
    expect(tools[0]!.description).toContain('Languages: en, de.')
  })

  test('search_docs returns sections with text to read and addresses to cite', async () => {
    const {client} = await asking(era)

    const result = await client.call('search_docs', {query: 'When do tokens expire?', limit: 2})

    expect(result.isError).toBeFalsy()
    expect(result.structuredContent).toMatchObject({
      query: 'When do tokens expire?',
      answered: true,
      note: null,
      results: [
        {
          id: 'guides/port.md#tokens',
          url: 'https://docs.example.com/guides/port#tokens',
          title: 'Change the port',
          headings: ['Tokens'],
          text: 'Tokens expire after one hour.',
          truncated: false,
          version: null,
        },
        {},
      ],
    })
    expect(textOf(result)).toContain(
      '## 1. Change the port › Tokens\n\nhttps://docs.example.com/guides/port#tokens\nid: guides/port.md#tokens\n\nTokens expire after one hour.',
    )
  })

  test('search_docs cuts a long section, with what matched in it, and says so', async () => {
    const {client} = await asking(era)

    const {structuredContent} = await client.call('search_docs', {query: 'oil for the flywheel', limit: 1})

    const [first] = listIn<{text: string; truncated: boolean}>(
      {structuredContent: structuredContent ?? {}},
      'results',
    )
    expect(first!.truncated).toBe(true)
    expect(first!.text.length).toBeLessThan(3000)
    expect(first!.text).toContain('The flywheel needs oil')
  })

  test('search_docs says when the docs likely have no answer', async () => {
    const {client} = await asking(era)

    const result = await client.call('search_docs', {query: 'Is quantum chromodynamics asymptotically free?'})

    expect(result.isError).toBeFalsy()
    expect(result.structuredContent).toMatchObject({answered: false})
    expect(textOf(result)).toMatch(/^(?:The docs likely do not answer this|Nothing was found)/)
  })

  test('search_docs answers in the language of the reader', async () => {
    const {client} = await asking(era)

    const {structuredContent} = await client.call('search_docs', {query: 'PORT', lang: 'de', limit: 1})

    expect(structuredContent).toMatchObject({results: [{id: 'de/port.md'}]})
  })

  test.each([
    'guides/port.md',
    '/guides/port',
    'guides/port',
    'https://docs.example.com/guides/port',
    'https://docs.example.com/guides/port.md',
    'https://docs.example.com/guides/port.html?theme=dark',
    '/docs/guides/port.md',
    'docs:///guides/port.md',
  ])('get_doc finds the page %s', async (page) => {
    const {client} = await asking(era)

    const {structuredContent} = await client.call('get_doc', {page})

    expect(structuredContent).toMatchObject({
      id: 'guides/port.md',
      url: 'https://docs.example.com/guides/port',
      title: 'Change the port',
      headings: [],
      lang: 'en',
      offset: 0,
      next_offset: null,
      text: 'Set PORT to change the port. The default is 3000.\n\n## Tokens\n\nTokens expire after one hour.',
      sections: [{anchor: 'tokens', headings: ['Tokens']}],
    })
  })

  test.each([
    {page: 'guides/port.md#tokens'},
    {page: 'https://docs.example.com/guides/port#tokens'},
    {page: 'guides/port.md', section: 'tokens'},
    {page: 'guides/port.md', section: '#tokens'},
    {page: 'guides/port.md#elsewhere', section: 'Tokens'},
  ])('get_doc returns one section of %o', async (args) => {
    const {client} = await asking(era)

    expect((await client.call('get_doc', args)).structuredContent).toMatchObject({
      id: 'guides/port.md#tokens',
      headings: ['Tokens'],
      text: '## Tokens\n\nTokens expire after one hour.',
    })
  })

  test('get_doc returns a long page in parts that join to the whole', async () => {
    const {client} = await asking(era)

    const parts: string[] = []
    let offset: number | null = 0
    while (offset !== null && parts.length < 20) {
      const {structuredContent, content} = await client.call('get_doc', {page: 'guides/valves.md', offset})
      const read = structuredContent as {text: string; next_offset: number | null; total_characters: number}
      expect(read.text.length).toBeLessThanOrEqual(20_000)
      parts.push(read.text)
      offset = read.next_offset
      if (offset !== null) expect(textOf({content})).toContain(`offset ${offset}`)
    }

    const markdown = mcpPages.find(({path}) => path === 'guides/valves.md')!.markdown
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.join('')).toBe(markdown)
    const behind = await client.call('get_doc', {page: 'guides/valves.md', offset: markdown.length})
    expect(behind).toMatchObject({isError: true})
    expect(textOf(behind)).toContain(`offset: the text has ${markdown.length} characters`)
  })

  test('get_doc names the nearest pages instead of an unknown one, and the sections instead of an unknown one', async () => {
    const {client} = await asking(era)

    const page = await client.call('get_doc', {page: 'guide/change-port'})
    const section = await client.call('get_doc', {page: 'guides/port.md', section: 'nowhere'})

    expect(page.isError).toBe(true)
    expect(textOf(page)).toMatch(
      /no page "guide\/change-port"\. The nearest are:\n(?:.*\n)*- guides\/port\.md/,
    )
    expect(section.isError).toBe(true)
    expect(textOf(section)).toContain('- #tokens Tokens')
  })

  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    '..\\..\\secret',
    'docs:///../../x',
    'a\0b',
  ])('get_doc has no page at %j', async (page) => {
    const {client} = await asking(era)

    const result = await client.call('get_doc', {page})

    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain('The docs have no page')
  })

  test('list_docs lists the pages a part at a time', async () => {
    const {client} = await asking(era)

    const first = await client.call('list_docs', {limit: 3})
    const cursor = first.structuredContent?.['next_cursor']
    const second = await client.call('list_docs', {limit: 3, cursor})

    const idsOf = ({structuredContent}: typeof first) =>
      listIn<{id: string}>({structuredContent: structuredContent ?? {}}, 'pages').map(({id}) => id)
    expect([...idsOf(first), ...idsOf(second)].sort()).toEqual(mcpPages.map(({path}) => path).sort())
    expect(first.structuredContent).toMatchObject({total: 4})
    expect(second.structuredContent).toMatchObject({next_cursor: null})
    expect(textOf(first)).toContain(`cursor ${cursor}`)
  })

  test('list_docs lists what is below a folder, and in a language', async () => {
    const {client} = await asking(era)
    const pagesOf = async (args: Record<string, unknown>) =>
      listIn<{id: string}>(await client.call('list_docs', args), 'pages').map(({id}) => id)

    expect(await pagesOf({under: 'guides/'})).toEqual(['guides/port.md', 'guides/valves.md'])
    expect(await pagesOf({under: 'https://docs.example.com/guides'})).toHaveLength(2)
    expect(await pagesOf({lang: 'de'})).toEqual(['de/port.md'])
    expect(textOf(await client.call('list_docs', {under: 'guide'}))).toContain('There are de, guides.')
    expect(textOf(await client.call('list_docs', {lang: 'fr'}))).toContain(
      'no pages in "fr"; there are en, de',
    )
    expect(textOf(await client.call('list_docs', {cursor: 'nonsense'}))).toMatch(/^cursor: .*begin anew/)
  })

  test('search and fetch have the shape of deep research, as text and as data', async () => {
    const {client} = await asking(era)

    const found = await client.call('search', {query: 'When do tokens expire?'})
    const [first] = listIn<{id: string}>(found, 'results')
    const fetched = await client.call('fetch', {id: first!.id})

    expect(JSON.parse(textOf(found))).toEqual(found.structuredContent)
    expect(first).toEqual({
      id: 'guides/port.md#tokens',
      title: 'Change the port › Tokens',
      url: 'https://docs.example.com/guides/port#tokens',
      text: 'Tokens expire after one hour.',
    })
    expect(JSON.parse(textOf(fetched))).toEqual(fetched.structuredContent)
    expect(fetched.structuredContent).toEqual({
      ...first,
      text: '## Tokens\n\nTokens expire after one hour.',
      metadata: {page: 'guides/port.md', lang: 'en'},
    })
    expect((await client.call('fetch', {id: 'guides/port.md'})).structuredContent).toMatchObject({
      id: 'guides/port.md',
      text: expect.stringContaining('The default is 3000.'),
    })
  })

  test('search says it in each result when the docs likely have no answer', async () => {
    const {client} = await asking(era)

    const result = await client.call('search', {query: 'Is quantum chromodynamics asymptotically free?'})

    expect(Object.keys(result.structuredContent ?? {})).toEqual(['results'])
    for (const {text} of listIn<{text: string}>(result, 'results')) {
      expect(text).toMatch(/^The docs likely do not answer this/)
    }
  })

  test('an unknown version is answered with those there are', async () => {
    const {client, tools} = await asking(era, {pages: versionedPages})

    const result = await client.call('search_docs', {query: 'port', version: '9'})

    expect(tools[0]!.description).toContain('Versions: 1.0, 2.0.')
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain('no version "9"; there are 1.0, 2.0.')
    expect(await client.call('list_docs', {})).toMatchObject({
      structuredContent: {pages: [{id: 'v2/port.md'}]},
    })
    expect(await client.call('list_docs', {version: '1.0'})).toMatchObject({
      structuredContent: {pages: [{id: 'v1/port.md', version: '1.0'}]},
    })
    expect(await client.call('search_docs', {query: 'change the port', version: '1.0'})).toMatchObject({
      structuredContent: {results: [{id: 'v1/port.md', version: '1.0'}]},
    })
  })

  test.each([
    ['search_docs', {}, 'query: '],
    ['search_docs', {query: '   '}, 'query: must not be empty'],
    ['search_docs', {query: 'x'.repeat(4001)}, 'query: '],
    ['search_docs', {query: 'port', limit: 0}, 'limit: '],
    ['search_docs', {query: 'port', lang: 'no language'}, 'lang: must be a language tag'],
    ['search_docs', {query: 'port', verison: '2'}, 'verison: did you mean version?'],
    ['get_doc', {page: 7}, 'page: '],
    ['get_doc', {page: 'guides/port.md', offset: -1}, 'offset: '],
    ['fetch', {}, 'id: '],
  ])('%s with %j is a mistake that the model can mend', async (name, args, problem) => {
    const {client} = await asking(era)

    const result = await client.call(name, args)

    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain(problem)
  })

  test('arguments that a program adds of its own change nothing', async () => {
    const {client} = await asking(era)

    const result = await client.call('get_doc', {
      page: 'guides/port.md',
      section: null,
      sessionId: 'x',
      toolCallId: 1,
    })

    expect(result.isError).toBeFalsy()
  })

  test('an unknown tool is an error of the protocol', async () => {
    const {client} = await asking(era)

    await expect(client.call('delete_docs')).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('there are search_docs, get_doc, list_docs, search, fetch'),
    })
  })

  test('pages are resources', async () => {
    const {client} = await asking(era)

    const {resources} = await client.resources()
    const [contents] = await client.read('docs:///guides/port.md')

    expect(resources.map(({uri}) => uri)).toContain('docs:///guides/valves.md')
    expect(await client.templates()).toMatchObject([{uriTemplate: 'docs:///{+path}'}])
    expect(contents).toMatchObject({
      uri: 'docs:///guides/port.md',
      mimeType: 'text/markdown',
      text: expect.stringContaining('Tokens expire'),
    })
    for (const uri of ['docs:///none.md', 'file:///etc/passwd', 'docs:///../x', 'nonsense']) {
      await expect(client.read(uri)).rejects.toMatchObject({code: -32602})
    }
  })

  test('many pages are listed by cursor, and a cursor that is none is refused', async () => {
    const pages = Array.from({length: 230}, (_, n) => ({
      ...mcpPages[1]!,
      path: `p/${String(n).padStart(3, '0')}.md`,
      url: `/p/${n}`,
    }))
    const {client} = await asking(era, {pages})

    const uris: string[] = []
    let cursor: string | undefined
    do {
      const part = await client.resources(cursor)
      expect(part.resources.length).toBeLessThanOrEqual(100)
      uris.push(...part.resources.map(({uri}) => uri))
      cursor = part.nextCursor
    } while (cursor !== undefined && uris.length < 1000)

    expect(new Set(uris).size).toBe(230)
    await expect(client.resources('nonsense')).rejects.toMatchObject({code: -32602})
  })

  test('without an index the tools say that there is none yet', async () => {
    const {client, tools} = await asking(era, {pages: null})

    const result = await client.call('search_docs', {query: 'port'})

    expect(tools).toHaveLength(5)
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain('still being indexed')
    await expect(client.resources()).rejects.toMatchObject({
      code: -32000,
      message: expect.stringContaining('still being indexed'),
      data: {code: 'not_ready'},
    })
  })
})
