import {once} from 'node:events'
import net from 'node:net'
import {text} from 'node:stream/consumers'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {mcpPages} from '../../support/mcp-docs.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'
import {pageOf} from './agent-docs.ts'

let product: TestDocent

// As behind a proxy that is trusted, where a client may choose the host.
beforeAll(async () => {
  const linked = pageOf('linked.md', 'Linked', '# Linked\n\n[Port](guides/port.md)')
  product = await startDocent({pages: [...mcpPages, linked], settings: {trustProxy: '1'}})
})

afterAll(() => product.close())

/** Sends a request as it is written, and returns the whole response. */
async function raw(head: readonly string[]): Promise<string> {
  const socket = net.connect(product.port, '127.0.0.1')
  await once(socket, 'connect')
  // The server closes a connection of HTTP/1.0.
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  return text(socket)
}

const addressed = [
  '/llms.txt',
  '/llms-full.txt',
  '/robots.txt',
  '/docs/linked.md',
  '/docs/nowhere.md',
  '/mcp/server-card',
  '/.well-known/mcp',
  '/.well-known/mcp/server-card.json',
  '/.well-known/ai-catalog.json',
]

describe.each(addressed)('%s', (path) => {
  test.each([
    ['no host', [`GET ${path} HTTP/1.0`]],
    ['a host that is none', [`GET ${path} HTTP/1.0`, 'X-Forwarded-Host: a"><b']],
    ['a host with more than a host', [`GET ${path} HTTP/1.0`, 'X-Forwarded-Host: me@evil.example/x?y']],
    ['a protocol that is none', [`GET ${path} HTTP/1.0`, 'Host: a', 'X-Forwarded-Proto: javascript']],
  ])('of a request that names %s has only addresses that can be followed', async (_, head) => {
    const response = await raw(head)

    expect(response).toMatch(/^HTTP\/1\.1 (?:200|404)/)
    expect(response).not.toMatch(/undefined|evil|javascript:|"><b/)
    const local = `http://localhost:${product.port}/`
    for (const [address] of response.matchAll(/https?:\/\/[^\s"<>)]+/g)) {
      expect(address.startsWith(local) || address.startsWith('https://static.modelcontextprotocol.io/')).toBe(
        true,
      )
    }
  })

  test('follows the host of its request, so no other client gets it from a cache', async () => {
    const response = await fetch(`${product.url}${path}`, {
      headers: {'x-forwarded-host': 'elsewhere.example', accept: '*/*'},
    })

    expect(await response.text()).toContain('elsewhere.example')
    expect(response.headers.get('cache-control')).toMatch(/^(?:private, no-cache|no-cache|no-store)$/)
  })
})

test('robots.txt is for everybody where PUBLIC_URL says where the server is', async () => {
  const set = await startDocent({settings: {trustProxy: '1', publicUrl: 'https://docs.example.com'}})
  try {
    const response = await fetch(`${set.url}/robots.txt`, {headers: {'x-forwarded-host': 'evil.example'}})

    expect(response.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(await response.text()).toContain('https://docs.example.com/llms.txt')
  } finally {
    await set.close()
  }
})
