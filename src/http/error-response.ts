import type {NextFunction, Request, Response} from 'express'
import {DocentError, type ErrorCode, isRetryable, readerMessageOf, toDocentError} from '../domain/index.ts'
import {type Log, loggedPath} from './log.ts'

/** The only mapping of error codes to HTTP. A new code does not compile until it is mapped. */
export const statusOf = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  host_not_allowed: 421,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  version_not_found: 404,
  not_ready: 503,
  upstream_auth: 502,
  upstream_rate_limited: 503,
  upstream_overloaded: 503,
  upstream_unreachable: 502,
  upstream_cut: 502,
  upstream_invalid: 502,
  upstream_rejected: 502,
  upstream_error: 502,
  first_token_timeout: 504,
  stall_timeout: 504,
  answer_timeout: 504,
  shutting_down: 503,
  server_restarted: 503,
  embedding_model: 503,
  index_damaged: 503,
  locked: 409,
  gate_failed: 409,
  source_unreachable: 502,
  storage: 503,
  not_audited: 503,
  config: 500,
  not_installed: 500,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

export interface ErrorDetails {
  readonly code: ErrorCode
  /** For people, in English. */
  readonly message: string
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  readonly retryAfterMs?: number
  /** Of `invalid_request`: the first fields or parameters that are wrong. */
  readonly problems?: readonly {readonly field: string; readonly problem: string}[]
  /** How many there are beyond these. */
  readonly moreProblems?: number
  /** Of `rate_limited`: which limit it was. */
  readonly limit?: string
  /** Of `conflict`: the revision that is stored. */
  readonly revision?: number
  /** Of `locked`: the reindex that is running. */
  readonly jobId?: string
  readonly [detail: string]: unknown
}

/** The JSON body of an error. */
export interface ErrorBody {
  readonly error: ErrorDetails
}

/**
 * The JSON form of an error. A 4xx error says what was wrong with the request; any other error has only the message for
 * readers: the message for operators and the cause stay in the log.
 */
export function errorBodyOf(error: DocentError): ErrorBody {
  const isRefusal = statusOf[error.code] < 500
  return {
    error: {
      ...(isRefusal ? error.details : {}),
      code: error.code,
      message: isRefusal ? error.message : readerMessageOf(error.code),
      retryable: isRetryable(error.code),
      ...(error.retryAfterMs === null ? {} : {retryAfterMs: error.retryAfterMs}),
    },
  }
}

/**
 * Sends an error, with `Retry-After` if the time is known. Headers must not have been sent yet.
 * @param body to send as JSON, or a text of Markdown. Default: the JSON form of Docent's own routes.
 */
export function sendError(
  response: Response,
  error: DocentError,
  body: object | string = errorBodyOf(error),
): void {
  if (error.retryAfterMs !== null) {
    response.setHeader('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
  } else if (error.code === 'not_ready' || error.code === 'shutting_down') {
    response.setHeader('retry-after', 5)
  }
  if (error.code === 'unauthorized') response.setHeader('www-authenticate', 'Bearer')
  response.status(statusOf[error.code]).setHeader('cache-control', 'no-store')
  if (typeof body === 'string') response.type('text/markdown; charset=utf-8').send(body)
  else response.json(body)
}

/**
 * The error handler of Express: sends every thrown value as a uniform error, never a stack trace.
 * @param bodyOf the JSON, or the text of Markdown, that the clients of a path expect. Default: that of Docent's own routes.
 */
export function errorHandler(
  log: Log,
  onError: (code: ErrorCode) => void = () => {},
  bodyOf: (error: DocentError, request: Request) => object | string = errorBodyOf,
) {
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = docentErrorOf(thrown)
    onError(error.code)
    if (statusOf[error.code] >= 500 && error.code !== 'not_ready' && error.code !== 'shutting_down') {
      // The original error says more than the DocentError that wraps it.
      const err = error.code === 'internal' ? (error.cause ?? error) : error
      log.error({err, method: request.method, path: loggedPath(request), code: error.code}, 'request failed')
    }
    if (response.headersSent) {
      // A status can no longer be sent. Closing the connection tells the client that the response is incomplete.
      response.destroy()
      return
    }
    sendError(response, error, bodyOf(error, request))
  }
}

/** Whether a body was refused because it is no JSON at all. */
export function isNoJson({cause}: DocentError): boolean {
  return cause instanceof SyntaxError && !isJson((cause as {body?: unknown}).body)
}

/** Whether a body that the parser refused is JSON all the same, such as `null` or a number. */
function isJson(body: unknown): boolean {
  try {
    JSON.parse(String(body))
    return true
  } catch {
    return false
  }
}

/** Errors of Express and its body parser have a `type` and a `status`; a DocentError is returned as it is. */
function docentErrorOf(thrown: unknown): DocentError {
  if (thrown instanceof DocentError || !(thrown instanceof Error)) return toDocentError(thrown)
  const {type, status, limit} = thrown as {type?: unknown; status?: unknown; limit?: unknown}
  switch (type) {
    case 'entity.too.large':
      return new DocentError('too_large', `The request body is larger than ${Number(limit) / 1024} KB.`, {
        cause: thrown,
      })
    case 'entity.parse.failed':
      return new DocentError(
        'invalid_request',
        isJson((thrown as {body?: unknown}).body)
          ? 'The request body must be an object.'
          : 'The request body is not valid JSON.',
        {cause: thrown},
      )
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new DocentError('unsupported_media_type', 'The request body must be JSON in UTF-8.', {
        cause: thrown,
      })
  }
  if (status === 404) return new DocentError('not_found', readerMessageOf('not_found'), {cause: thrown})
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new DocentError('invalid_request', readerMessageOf('invalid_request'), {cause: thrown})
  }
  return toDocentError(thrown)
}
