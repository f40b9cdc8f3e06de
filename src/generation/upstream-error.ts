import {AnthropicError, APIError} from '@anthropic-ai/sdk'
import {DocentError, type ErrorCode} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {NoStreamError} from './no-stream.ts'
import {excerptOf} from './upstream-excerpt.ts'

export interface UpstreamErrorContext {
  /** Removed from every message, in case the upstream echoes them. */
  readonly secrets: readonly string[]
  readonly upstreamRequestId: string | null
  /** The question and what came before it: not in any message either. */
  readonly visitorWords?: readonly string[]
}

/**
 * An upstream failure as a `DocentError`: its message has the status and an excerpt of what the server said, without any part
 * of the request: no key, no question. The original is not kept as its cause, because it has headers and bodies.
 */
export function upstreamError(error: unknown, context: UpstreamErrorContext): DocentError {
  if (error instanceof DocentError) return error

  const details: Record<string, unknown> = {}
  if (context.upstreamRequestId) details.upstreamRequestId = context.upstreamRequestId

  if (error instanceof APIError) {
    const status: number | undefined = error.status
    const type = typeOf(error)
    const name = type === null ? null : excerptOf(type, context)
    // The SDK puts a body that is not JSON behind the status.
    const said = excerptOf(
      error.error ?? error.message.replace(/^\d{3} (?:status code \(no body\)$)?/, ''),
      context,
    )
    const requestId = error.requestID ?? context.upstreamRequestId
    return new DocentError(
      codeOf(status, type),
      `The model's API failed: ${[status, name, said].filter(Boolean).join(' ')}${hintOf(status)}`,
      {
        retryAfterMs: retryAfterOf(error.headers),
        details: {
          ...details,
          status: status ?? null,
          type,
          ...(requestId ? {upstreamRequestId: requestId} : {}),
        },
      },
    )
  }
  if (error instanceof NoStreamError) {
    const {status, what, body} = error
    const said = excerptOf(body, context)
    const quoted = said === '' ? '' : `, which says “${said}”`
    return new DocentError(
      'upstream_invalid',
      `The model's API answered ${status} with ${excerptOf(what, context)} instead of an event stream${quoted}; check ANTHROPIC_BASE_URL`,
      {details: {...details, status}},
    )
  }
  const name = error instanceof Error ? error.name : typeof error
  const message = error instanceof Error ? excerptOf(error.message, context) : ''
  // What neither the SDK nor the network threw is our own bug, not a failure of the model.
  const code = error instanceof AnthropicError ? 'upstream_error' : 'internal'
  return new DocentError(code, `Talking to the model's API failed: ${name} ${message}`.trim(), {details})
}

/** Without the suffix that the wire has and some SDK versions keep. */
function typeOf(error: APIError): string | null {
  const body = error.error as {error?: {type?: unknown}} | undefined
  const type: unknown = error.type ?? body?.error?.type
  return typeof type === 'string' ? headOf(type, 60) : null
}

function codeOf(status: number | undefined, type: string | null): ErrorCode {
  // An error event in a stream has a type and no status; a gateway's page has a status and no type.
  switch (type?.replace(/_error$/, '')) {
    case 'overloaded':
      return 'upstream_overloaded'
    case 'rate_limit':
      return 'upstream_rate_limited'
    case 'authentication':
    case 'permission':
    case 'billing':
      return 'upstream_auth'
    case 'invalid_request':
    case 'not_found':
    case 'request_too_large':
      return 'upstream_rejected'
    default:
  }
  if (status === undefined) return 'upstream_error'
  if (status === 401 || status === 402 || status === 403 || status === 407) return 'upstream_auth'
  if (status === 429) return 'upstream_rate_limited'
  if (status === 529) return 'upstream_overloaded'
  if (status === 408 || status === 409 || status >= 500) return 'upstream_error'
  return 'upstream_rejected'
}

function hintOf(status: number | undefined): string {
  switch (status) {
    case 400:
      return '; check ANTHROPIC_MODEL, and what the server takes'
    case 401:
    case 403:
      return '; check ANTHROPIC_API_KEY'
    case 404:
    case 405:
      return '; check ANTHROPIC_MODEL and ANTHROPIC_BASE_URL'
    default:
      return ''
  }
}

/** Whether a server has refused for good: it will not take such a request later either. */
export function isRefusedForGood({details}: DocentError): boolean {
  return [400, 401, 403, 404, 405].includes(Number(details['status']))
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
function retryAfterOf(headers: Headers | undefined): number | null {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (ms >= 0) return Math.round(ms)
  const after = headers?.get('retry-after')
  if (!after) return null
  const seconds = Number(after)
  if (seconds >= 0) return Math.round(seconds * 1000)
  const date = Date.parse(after)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}
