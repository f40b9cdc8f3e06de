import Anthropic from '@anthropic-ai/sdk'
import type {MessageCreateParamsStreaming} from '@anthropic-ai/sdk/resources/messages'
import {allWellFormed} from '../lib/well-formed.ts'
import {type UpstreamEvents, upstreamEvents} from './upstream-events.ts'
import {upstreamFetch} from './upstream-fetch.ts'

export interface AnthropicClientOptions {
  readonly apiKey: string
  /** Null for Anthropic's own; with or without `/v1`. */
  readonly baseUrl: string | null
  /** Longest silence between bytes, pings included, and before the first. */
  readonly stallTimeoutMs: number
}

export interface AnthropicClient {
  /**
   * Sends one request, once, without halves of characters, which the API refuses, and resolves with its head. @throws the SDK's errors, DocentError of `upstreamFetch`.
   * The signal closes the connection for as long as its events are read.
   */
  stream(
    body: MessageCreateParamsStreaming,
    options: {readonly signal: AbortSignal},
  ): Promise<{readonly requestId: string | null; readonly events: UpstreamEvents}>
}

/** The official SDK makes the request; its bytes we read ourselves. */
export function anthropicClient({apiKey, baseUrl, stallTimeoutMs}: AnthropicClientOptions): AnthropicClient {
  const http = upstreamFetch({stallTimeoutMs})
  const client = new Anthropic({
    apiKey,
    // Given always, or the SDK would look into the environment and at profiles on disk.
    baseURL: (baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '').replace(/\/v1$/, ''),
    maxRetries: 0,
    // Our own `fetch` keeps the time; the SDK's timer ends at the response's head.
    timeout: stallTimeoutMs + 60_000,
    fetch: withoutForeignHeaders(http.fetch),
    // The SDK's logger prints request bodies at one level and raw chunks at another.
    logLevel: 'off',
    logger: silentLogger,
    openTelemetry: false,
  })
  return {
    async stream(body, {signal}) {
      const response = await client.messages.create(allWellFormed(body), {signal}).asResponse()
      const {headers} = response
      return {
        requestId: headers.get('request-id'),
        events: upstreamEvents(http.bodyOf(response), {headers, stallTimeoutMs}),
      }
    },
  }
}

const silent = (): void => {}
const silentLogger = {error: silent, warn: silent, info: silent, debug: silent}

/** The SDK adds headers that it finds in the environment; only those of its own making pass. */
function withoutForeignHeaders(call: typeof fetch): typeof fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers)
    for (const name of [...headers.keys()]) {
      if (
        !/^(?:accept|content-type|content-length|user-agent|authorization|x-api-key|anthropic-.*|x-stainless-.*|idempotency-key)$/.test(
          name,
        )
      ) {
        headers.delete(name)
      }
    }
    return call(input, {...init, headers})
  }
}
