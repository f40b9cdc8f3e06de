import Anthropic, {APIError} from '@anthropic-ai/sdk'
import type {MessageCreateParamsStreaming} from '@anthropic-ai/sdk/resources/messages'
import {DocentError} from '../domain/index.ts'
import {allWellFormed} from '../lib/well-formed.ts'
import {NoStreamError} from './no-stream.ts'
import {mediaTypeOf, type UpstreamEvent, upstreamEvents} from './upstream-events.ts'
import {isClaude} from './upstream-features.ts'
import {type UpstreamRequest, type UpstreamResponse, upstreamHttp} from './upstream-http.ts'

export interface AnthropicClientOptions {
  /** Null for a server that checks none. */
  readonly apiKey: string | null
  /** Null for Anthropic's own API; with or without `/v1`. */
  readonly baseUrl: string | null
  /** Longest silence between bytes, pings included, and before the first. */
  readonly stallTimeoutMs: number
}

export interface AnthropicClient {
  /**
   * Sends one request, once, without lone surrogates, which the API rejects, and resolves when its events begin. The
   * signal closes the connection while they are read.
   * @throws the SDK's APIError for an error status; NoStreamError for a response that is not an event stream; DocentError of
   * `UpstreamHttp.post`, and `upstream_invalid` for a redirect; after an abort, the signal's reason.
   */
  stream(
    body: MessageCreateParamsStreaming,
    options: {
      readonly signal: AbortSignal
      /** Called where text stands behind the end of the message, which is not among the events. */
      readonly onLateText?: () => void
    },
  ): Promise<{
    readonly requestId: string | null
    readonly events: AsyncGenerator<readonly UpstreamEvent[]>
  }>
}

/** What is sent as the key where none is needed. */
const noKey = 'none'

/** Limit on an error's body: a gateway's page may be long, and only its beginning is shown. */
const maxErrorBytes = 64 * 1024
/** Longest wait for the rest of a body that is no event stream. */
const maxBodyMs = 2_000

/** The official SDK makes the request and the errors; the bytes between are read by `upstreamHttp`. */
export function anthropicClient({apiKey, baseUrl, stallTimeoutMs}: AnthropicClientOptions): AnthropicClient {
  const http = upstreamHttp({stallTimeoutMs})
  const sdk = new Anthropic({
    // Ollama and LM Studio want a key, whatever it is.
    apiKey: apiKey ?? noKey,
    // Always set, or the SDK would read the environment and profiles on disk.
    baseURL: (baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '').replace(/\/v1$/, ''),
    maxRetries: 0,
    timeout: stallTimeoutMs,
    // The SDK's logger prints request bodies at one level and raw chunks at another.
    logLevel: 'off',
    logger: silentLogger,
    openTelemetry: false,
  })
  return {
    async stream(body, {signal, onLateText}) {
      const request = await requestOf(sdk, allWellFormed(body))
      const response = await http.post(request, {signal})
      await expectEvents(response, stallTimeoutMs)
      return {
        requestId: response.headers.get('request-id'),
        events: upstreamEvents(response, !isClaude(body.model), onLateText),
      }
    },
  }
}

const silent = (): void => {}
const silentLogger = {error: silent, warn: silent, info: silent, debug: silent}

async function requestOf(sdk: Anthropic, body: MessageCreateParamsStreaming): Promise<UpstreamRequest> {
  const {req, url} = await sdk.buildRequest({method: 'post', path: '/v1/messages', body, stream: true})
  if (typeof req.body !== 'string') throw new TypeError('The SDK built a body that is not text')
  return {url, headers: sdkHeadersOf(req.headers), body: req.body}
}

/** The SDK adds headers from the environment; only those it makes itself are kept. */
function sdkHeadersOf(built: HeadersInit | undefined): Headers {
  const headers = new Headers(built)
  for (const name of [...headers.keys()]) {
    if (
      !/^(?:accept|content-type|user-agent|authorization|x-api-key|anthropic-.*|x-stainless-.*|idempotency-key)$/.test(
        name,
      )
    ) {
      headers.delete(name)
    }
  }
  return headers
}

/** @throws what a response without events is instead, after closing it. */
async function expectEvents(response: UpstreamResponse, stallTimeoutMs: number): Promise<void> {
  const {status, headers} = response
  if (status >= 400) throw await statusErrorOf(response, stallTimeoutMs)
  const type = headers.get('content-type') ?? ''
  const encoding = headers.get('content-encoding') ?? 'identity'
  const isEmpty = status === 204 || headers.get('content-length') === '0'
  if (status < 300 && encoding === 'identity' && !isEmpty && !/html|json|xml/i.test(type)) return
  if (status >= 300) {
    response.close()
    throw new DocentError(
      'upstream_invalid',
      `The model's API redirects elsewhere (${status}); set ANTHROPIC_BASE_URL to where it leads`,
    )
  }
  if (encoding !== 'identity') {
    response.close()
    throw new NoStreamError(status, `a body in ${encoding}`, '')
  }
  const text = await textOf(response, Math.min(stallTimeoutMs, maxBodyMs))
  throw new NoStreamError(status, text.trim() === '' ? 'an empty body' : mediaTypeOf(headers), text)
}

/** The error that the SDK makes of such a response. */
async function statusErrorOf(response: UpstreamResponse, stallTimeoutMs: number): Promise<APIError> {
  const text = await textOf(response, stallTimeoutMs)
  const body = parsedObject(text)
  return APIError.generate(response.status, body, body === undefined ? text : undefined, response.headers)
}

/** Undefined for a gateway's page: then its text is the message. */
function parsedObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** What has arrived of a body within a time and `maxErrorBytes`. */
async function textOf(response: UpstreamResponse, timeoutMs: number): Promise<string> {
  const timer = setTimeout(() => response.close(), timeoutMs)
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for (let chunk = await response.read(); chunk !== null; chunk = await response.read()) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxErrorBytes) break
    }
  } catch {
    // The body broke off; the status says enough.
  } finally {
    clearTimeout(timer)
    response.close()
  }
  return Buffer.concat(chunks).toString('utf8')
}
