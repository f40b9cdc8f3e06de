import express, {type Express} from 'express'
import {DocentError, type SiteUrl} from '../../domain/index.ts'
import type {DocsSearch} from '../../retrieval/index.ts'
import type {CurrentBuild} from '../../search-index/index.ts'
import {checkJsonDepth} from '../guards/json-depth.ts'
import {corsRules} from '../guards/origins.ts'
import {type Limits, visitorOf} from '../limits/limits.ts'
import type {VisitorQueue} from '../limits/visitor-queue.ts'
import type {Log} from '../log.ts'
import type {Metrics} from '../metrics.ts'
import {publicBase} from '../public-base.ts'
import {addServerCard, serverNameAt} from './server-card.ts'

export interface McpRouteDeps {
  readonly search: DocsSearch
  readonly current: CurrentBuild
  /** Where the docs live. */
  readonly siteUrl: SiteUrl
  /** Where this server is reached, as it is set. */
  readonly publicUrl: string | null
  /** What the docs are called. Null: as the title of their start page. */
  readonly name: string | null
  readonly allowedOrigins: readonly string[]
  readonly limits: Limits
  /** The turns of a visitor's searches, of every kind. */
  readonly inTurn: VisitorQueue
  readonly heartbeatMs: number
  readonly metrics: Metrics
  readonly log: Log
}

/** As that of every visitor's request. */
const maxBodyBytes = 64 * 1024

/**
 * Adds `POST /mcp`, the Model Context Protocol over streamable HTTP: of 2026-07-28, which knows no sessions, and of
 * 2025-03-26 to 2025-11-25, served without sessions; and the documents that say where it is. There is no stream to open with
 * `GET` and no session to end with `DELETE`.
 *
 * The SDK is loaded with the first request: it takes a quarter of a second and 15 MB.
 */
export function addMcpRoute(app: Express, deps: McpRouteDeps): void {
  const {allowedOrigins, limits, inTurn, publicUrl, metrics, log} = deps
  addServerCard(app, deps)
  app.use('/mcp', corsRules(allowedOrigins), express.json({limit: maxBodyBytes, verify: verifyMessage}))
  app.post('/mcp', async (request, response) => {
    // Without a body there is nothing for the parser to verify.
    if (request.is('*/*') === null) throw emptyBody()
    const {exchange} = await import('./exchange.ts')
    const visitor = visitorOf(request)
    const base = publicBase(request, publicUrl)
    response.setHeader('cache-control', 'no-store')
    // The SDK asks that both be named; whoever takes anything, as most HTTP libraries say or mean, takes both.
    if (['application/json', 'text/event-stream'].every((type) => request.accepts(type) !== false)) {
      request.headers.accept = 'application/json, text/event-stream'
    }
    await exchange(request, response, {
      docs: {...deps, base},
      serverName: serverNameAt(base),
      heartbeatMs: deps.heartbeatMs,
      maxBodyBytes,
      onError: (err) => log.debug({err}, 'mcp'),
      policy: {
        async run(work, signal) {
          await limits.countSearch(visitor, response)
          return inTurn(visitor, () => {
            // The client may have left while its call was waiting.
            signal.throwIfAborted()
            return work()
          })
        },
        onCall({tool, outcome, ms}) {
          metrics.mcpCalled(tool, outcome)
          log.info({tool, outcome, ms}, 'mcp call')
        },
        onProblem: (err) => log.error({err, code: err.code}, 'an mcp call failed'),
      },
    })
  })
}

/** For the `verify` option of `express.json`, which takes an empty body for an object. @throws DocentError `invalid_request`. */
function verifyMessage(_request: unknown, _response: unknown, body: Buffer): void {
  if (body.length === 0) throw emptyBody()
  checkJsonDepth(body)
}

function emptyBody(): DocentError {
  return new DocentError('invalid_request', 'The request body is empty; send one message as JSON.', {
    cause: new SyntaxError('empty body'),
  })
}
