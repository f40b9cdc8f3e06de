// Mapped to HTTP statuses in `http/`, to messages for readers below.
/** Every way Docent rejects a request or fails. */
export type ErrorCode =
  // rejected before any work
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden'
  | 'origin_not_allowed'
  | 'host_not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'version_not_found'
  | 'not_ready'
  // the model's API failed
  | 'upstream_auth'
  | 'upstream_rate_limited'
  | 'upstream_overloaded'
  | 'upstream_unreachable'
  | 'upstream_cut'
  | 'upstream_invalid'
  | 'upstream_rejected'
  | 'upstream_error'
  // a deadline passed
  | 'first_token_timeout'
  | 'stall_timeout'
  | 'answer_timeout'
  // Docent failed
  | 'shutting_down'
  | 'server_restarted'
  | 'embedding_model'
  | 'index_damaged'
  | 'locked'
  | 'gate_failed'
  | 'source_unreachable'
  | 'storage'
  | 'not_audited'
  | 'config'
  | 'not_installed'
  | 'internal'

export interface DocentErrorOptions {
  readonly cause?: unknown
  /** Milliseconds after which the same request may succeed; null or absent when unknown. */
  readonly retryAfterMs?: number | null
  /** Details for the log and for JSON error bodies; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * The one error class. `message` is for the operator: what was wrong and what to do.
 * Readers see `readerMessageOf(code)` instead, except where their own request was rejected.
 */
export class DocentError extends Error {
  override readonly name = 'DocentError'
  readonly code: ErrorCode
  readonly retryAfterMs: number | null
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: DocentErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.code = code
    const {retryAfterMs = null} = options
    this.retryAfterMs = retryAfterMs === null ? null : Math.ceil(retryAfterMs)
    this.details = options.details ?? {}
  }
}

/** Which limit a request was refused by, as `limit` of the error. */
export const limitNames = [
  'requests',
  'searches',
  'questions',
  'answers',
  'streams',
  'reading',
  'all_answers',
  'answers_per_day',
  'share_of_day',
  'pages',
  'all_pages',
  'transcripts',
  'guesses',
] as const

export type LimitName = (typeof limitNames)[number]

/** A `rate_limited` error, which always says which limit it was and when to try again, in milliseconds. */
export function rateLimited(
  limit: LimitName,
  message: string,
  {retryAfterMs, cause}: {readonly retryAfterMs: number; readonly cause?: unknown},
): DocentError {
  return new DocentError('rate_limited', message, {cause, retryAfterMs, details: {limit}})
}

/** What a server that stops answers to whatever it does not begin any more, or ends. */
export function shuttingDown(): DocentError {
  return new DocentError('shutting_down', 'The server is stopping.')
}

/** Whether repeating the same request can help. */
export function isRetryable(code: ErrorCode): boolean {
  return retryable.has(code)
}

const retryable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'rate_limited',
  'not_ready',
  'upstream_rate_limited',
  'upstream_overloaded',
  'upstream_unreachable',
  'upstream_cut',
  'upstream_invalid',
  'upstream_error',
  'first_token_timeout',
  'stall_timeout',
  'answer_timeout',
  'shutting_down',
  'server_restarted',
  'internal',
])

/** The message for a visitor: one calm sentence, no internals. */
export function readerMessageOf(code: ErrorCode): string {
  return readerMessages[code]
}

const readerMessages: Readonly<Record<ErrorCode, string>> = {
  invalid_request: 'The request could not be understood.',
  unauthorized: 'Please sign in.',
  forbidden: 'Your sign-in does not allow this.',
  origin_not_allowed: 'This site may not use this assistant.',
  host_not_allowed: 'This server does not answer for this host name.',
  not_found: 'There is nothing here.',
  method_not_allowed: 'This address does not take that method.',
  conflict: 'Something else is already under way.',
  too_large: 'The request is too large.',
  unsupported_media_type: 'The request must be JSON.',
  rate_limited: 'Too many questions in a short time. Please wait a moment.',
  version_not_found: 'There is no documentation for that version.',
  not_ready: 'The documentation is still being indexed. Please try again shortly.',
  upstream_auth: 'The assistant is not set up correctly. The sources above still apply.',
  upstream_rate_limited: 'The language model is busy. Please try again in a moment.',
  upstream_overloaded: 'The language model is overloaded. Please try again in a moment.',
  upstream_unreachable: 'The language model could not be reached. Please try again.',
  upstream_cut: 'The connection to the language model broke off. The answer is not complete.',
  upstream_invalid: 'The language model sent something unreadable. The answer is not complete.',
  upstream_rejected: 'The language model refused the request.',
  upstream_error: 'The language model failed. The answer is not complete.',
  first_token_timeout: 'The language model did not start to answer in time.',
  stall_timeout: 'The language model stopped sending. The answer is not complete.',
  answer_timeout: 'The answer took too long and was ended. It is not complete.',
  shutting_down: 'The server is restarting. The answer is not complete.',
  server_restarted: 'The server restarted while this answer was written. It is not complete.',
  embedding_model: 'The search is not available right now.',
  index_damaged: 'The search is not available right now.',
  locked: 'Something else is already under way.',
  gate_failed: 'The new index did not pass its checks.',
  source_unreachable: 'The documentation could not be fetched.',
  storage: 'Something went wrong on our side.',
  not_audited: 'The audit log cannot be written, so this was not done.',
  config: 'The assistant is not set up correctly.',
  not_installed: 'The assistant is not set up correctly.',
  internal: 'Something went wrong on our side.',
}

/** Any thrown value as a `DocentError`; what is not one already becomes `internal`, with the cause kept. */
export function toDocentError(error: unknown): DocentError {
  if (error instanceof DocentError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new DocentError('internal', message, {cause: error})
}
