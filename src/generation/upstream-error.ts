import {AnthropicError, APIError} from '@anthropic-ai/sdk'
import {DocentError, type ErrorCode} from '../domain/index.ts'
import {headOf, shortened} from '../lib/cut.ts'

export interface UpstreamErrorContext {
  /** Removed from every message, in case the upstream echoes them. */
  readonly secrets: readonly string[]
  readonly upstreamRequestId: string | null
}

/**
 * An upstream failure as a `DocentError` without any part of the request: no key, no prompt, no page. The original is not
 * kept as its cause, because it has headers and bodies.
 */
export function upstreamError(error: unknown, context: UpstreamErrorContext): DocentError {
  if (error instanceof DocentError) return error

  const details: Record<string, unknown> = {}
  if (context.upstreamRequestId) details.upstreamRequestId = context.upstreamRequestId

  if (error instanceof APIError) {
    const status: number | undefined = error.status
    const type = typeOf(error)
    const message = withoutSecrets(error.apiMessage ?? '', context.secrets)
    const requestId = error.requestID ?? context.upstreamRequestId
    return new DocentError(
      codeOf(status, type),
      `The model's API failed: ${[status, type, message].filter(Boolean).join(' ')}${hintOf(status)}`,
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
  const name = error instanceof Error ? error.name : typeof error
  const message = error instanceof Error ? withoutSecrets(error.message, context.secrets) : ''
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
  if (status === 401) return '; check ANTHROPIC_API_KEY'
  if (status === 404) return '; check ANTHROPIC_MODEL and ANTHROPIC_BASE_URL'
  return ''
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

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text.replace(/\s+/g, ' ').trim()
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '…')
  clean = clean.replace(/\b(?:sk-[\w-]{6,}|Bearer\s+\S+)/g, '…')
  return shortened(clean, 200)
}
