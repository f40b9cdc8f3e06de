import {describe, expect, test} from 'vitest'
import {protocolVersions, serverCardAt, serverNameAt} from '../../../src/http/mcp/server-card.ts'
import {closedAfterEach} from '../../support/closed-after-each.ts'
import {connectOverHttp} from '../../support/mcp-clients.ts'
import {mcpPages} from '../../support/mcp-docs.ts'
import {startDocent} from '../../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const connect = closedAfterEach(connectOverHttp)

interface Card {
  readonly name: string
  readonly title: string
  readonly version: string
  readonly description: string
  readonly remotes: readonly {readonly type: string; readonly url: string}[]
}

describe('the server card', () => {
  test.each(['/mcp/server-card', '/.well-known/mcp', '/.well-known/mcp/server-card.json'])(
    '%s says what the server is and where, to any page',
    async (path) => {
      const product = await start({
        settings: {assistantName: 'Boiler', publicUrl: 'https://docs.example.com'},
      })

      const response = await fetch(`${product.url}${path}`, {headers: {origin: 'https://elsewhere.example'}})
      const again = await fetch(`${product.url}${path}`, {
        // Else fetch adds `no-cache` to a condition.
        headers: {'if-none-match': response.headers.get('etag') ?? '', 'cache-control': 'max-age=0'},
      })

      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/mcp-server-card+json')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('cache-control')).toBe('public, max-age=3600')
      expect(again.status).toBe(304)
      expect(await response.json()).toEqual({
        $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
        name: 'com.example.docs/docent',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        title: 'Boiler docs',
        description: 'Search and read the documentation “Boiler”.',
        websiteUrl: 'https://docs.example.com/docs',
        remotes: [
          {
            type: 'streamable-http',
            url: 'https://docs.example.com/mcp',
            supportedProtocolVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'],
          },
        ],
      })
    },
  )

  test('a page may ask first whether it may ask under a condition', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/mcp/server-card`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'if-none-match',
      },
    })

    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toContain('if-none-match')
  })

  test('is found by a program that knows only the host, and leads to the server it describes', async () => {
    const product = await start({pages: mcpPages, settings: {assistantName: 'Boiler'}})

    const catalog = await (await fetch(`${product.url}/.well-known/ai-catalog.json`)).json()
    const card: Card = await (await fetch(catalog.entries[0].url)).json()
    const client = await connect('modern', card.remotes[0]!.url.replace(/\/mcp$/, ''))

    expect(catalog).toMatchObject({
      specVersion: '1.0',
      entries: [{identifier: 'urn:air:127.0.0.1:mcp:docent', type: 'application/mcp-server-card+json'}],
    })
    expect(client.serverInfo).toMatchObject({name: card.name, title: card.title, version: card.version})
    expect(protocolVersions).toContain(client.version)
  })

  test('has the title of the start page where nobody named the docs, as the server itself says', async () => {
    const product = await start({pages: mcpPages})

    const card: Card = await (await fetch(`${product.url}/mcp/server-card`)).json()
    const client = await connect('modern', product.url)

    expect(card.title).toBe('Boiler handbook docs')
    expect(client.serverInfo.title).toBe(card.title)
  })

  test.each([
    ['https://docs.example.com', 'com.example.docs/docent'],
    ['http://localhost:3000', 'localhost/docent'],
    ['http://127.0.0.1:3000', '127.0.0.1/docent'],
    ['http://[::1]:3000', '--1/docent'],
    ['http://a b', 'localhost/docent'],
  ])('names the server at %s %s', (base, name) => {
    expect(serverNameAt(base)).toBe(name)
    expect(name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/)
  })

  test('keeps to the length that its schema allows', () => {
    const {title, description} = serverCardAt('https://x.example', {name: 'long '.repeat(100)}) as Card

    expect([title.length <= 100, description.length <= 100]).toEqual([true, true])
  })
})
