import {toNodeHandler} from '@modelcontextprotocol/node'
import {createMcpHandler} from '@modelcontextprotocol/server'
import type {Request, Response} from 'express'
import {createDocsServer, type DocsServerOptions} from '../../mcp/index.ts'
import {shortRefusal} from './short-refusal.ts'

export interface ExchangeOptions extends DocsServerOptions {
  readonly heartbeatMs: number
  readonly maxBodyBytes: number
  /** Called with what the SDK refused or could not do; the client has been answered. */
  readonly onError: (error: Error) => void
}

/**
 * Answers one request of either era. A client that goes away, or closes the stream of its request, cancels it.
 *
 * A handler of the SDK for each request, which takes some hundredths of a millisecond: so the server that it makes knows
 * whose request it is. It holds nothing afterwards. Of an old client's batch each message is a call of its own.
 */
export async function exchange(
  request: Request,
  response: Response,
  {heartbeatMs, maxBodyBytes, onError, ...options}: ExchangeOptions,
): Promise<void> {
  const handler = createMcpHandler(() => createDocsServer(options), {
    legacy: 'stateless',
    keepAliveMs: heartbeatMs,
    maxRequestBodySize: maxBodyBytes,
    // Nothing that could be subscribed to ever changes while a client waits.
    maxSubscriptions: 0,
    onerror: onError,
  })
  const short: typeof handler.fetch = async (...given) => shortRefusal(await handler.fetch(...given))
  const answer = toNodeHandler({fetch: short}, {maxRequestBodySize: maxBodyBytes, onerror: onError})
  await answer(request, response, request.body)
}
