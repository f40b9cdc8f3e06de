/**
 * Where to find the MCP server, for programs that know only the host: an AI Catalog that points to a Server Card
 * (SEP-2127, https://github.com/modelcontextprotocol/experimental-ext-server-card). Neither names tools: those are listed over
 * the protocol.
 */
import {isIP} from 'node:net'
import type {Express, NextFunction, Request, Response} from 'express'
import {shortened} from '../../lib/cut.ts'
import {type Docs, docsNamed, type Subject, subjectOf, titleOf} from '../../mcp/docs.ts'
import {packageVersion} from '../../package/index.ts'
import {cachingOf, publicBase} from '../public-base.ts'

export interface ServerCardOptions extends Pick<Docs, 'current' | 'name'> {
  readonly publicUrl: string | null
}

/** Newest first. */
export const protocolVersions = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26']

const schema = 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json'
const cardType = 'application/mcp-server-card+json'
/** Of a title or a description, by the schema. */
const maxLine = 100

/** Where the card is: at the place that the extension reserves, and where programs looked before there was one. */
const cardPaths = ['/mcp/server-card', '/.well-known/mcp', '/.well-known/mcp/server-card.json']

const catalogPath = '/.well-known/ai-catalog.json'

/** Adds the card and the catalog, which any page may read. */
export function addServerCard(app: Express, {publicUrl, ...docs}: ServerCardOptions): void {
  const send = (response: Response, type: string, body: object) =>
    response
      .set('cache-control', cachingOf(publicUrl))
      .type(type)
      .send(Buffer.from(JSON.stringify(body)))
  app.use([...cardPaths, catalogPath], forAnyPage)
  app.get(cardPaths, (request, response) => {
    send(response, cardType, serverCardAt(publicBase(request, publicUrl), subjectOf(docs)))
  })
  app.get(catalogPath, (request, response) => {
    send(response, 'application/ai-catalog+json', catalogAt(publicBase(request, publicUrl)))
  })
}

export function serverCardAt(base: string, {name}: Pick<Subject, 'name'>): object {
  return {
    $schema: schema,
    name: serverNameAt(base),
    version: packageVersion(),
    title: shortened(titleOf({name}), maxLine),
    description: shortened(`Search and read ${docsNamed({name})}.`, maxLine),
    websiteUrl: `${base}/docs`,
    remotes: [
      {type: 'streamable-http', url: `${base}/mcp`, supportedProtocolVersions: [...protocolVersions]},
    ],
  }
}

function catalogAt(base: string): object {
  return {
    specVersion: '1.0',
    entries: [
      {
        identifier: `urn:air:${hostOf(base)}:mcp:docent`,
        type: cardType,
        url: `${base}/mcp/server-card`,
      },
    ],
  }
}

/** The name of the server among all others: that of its host, reversed, and of Docent. */
export function serverNameAt(base: string): string {
  const host = hostOf(base)
  return `${isIP(host) === 0 ? host.split('.').reverse().join('.') : host}/docent`
}

/** As the name of a server may have it: without a port, and without the brackets and colons of IPv6. */
function hostOf(base: string): string {
  // A client may send any `Host`.
  const {hostname} = new URL(URL.canParse(base) ? base : 'http://localhost')
  const host = hostname.replace(/^\[|\]$/g, '').replaceAll(':', '-')
  return host.replace(/[^a-z\d.-]/gi, '-')
}

/** The CORS headers that the extension asks for. */
function forAnyPage({method}: Request, response: Response, next: NextFunction): void {
  response
    .set('access-control-allow-origin', '*')
    .set('access-control-allow-methods', 'GET')
    .set('access-control-allow-headers', 'accept, content-type, if-none-match')
    .set('access-control-expose-headers', 'ETag')
    .set('cross-origin-resource-policy', 'cross-origin')
  if (method === 'OPTIONS') response.status(204).end()
  else next()
}
