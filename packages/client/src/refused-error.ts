import type {ErrorCode} from '../../../src/domain/index.ts'

/** The server refused the question: its error code, and its message for the reader. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly code: ErrorCode
  readonly status: number
  readonly retryAfterMs: number | null
  /** Which limit a `rate_limited` question exceeded; null when the server does not say. */
  readonly limit: string | null

  constructor(
    code: ErrorCode,
    message: string,
    status: number,
    retryAfterMs: number | null,
    limit: string | null = null,
  ) {
    super(message)
    this.code = code
    this.status = status
    this.retryAfterMs = retryAfterMs
    this.limit = limit
  }
}

/** A response that is not a stream, as an error with the server's code and message where it sent them. */
export async function refusalOf(response: Response): Promise<RefusedError> {
  const {code, message, limit, retryAfterMs} = await errorIn(response)
  return new RefusedError(
    isString(code) ? (code as ErrorCode) : (codeOf.get(response.status) ?? 'internal'),
    isString(message) ? message : '',
    response.status,
    retryAfterOf(response.headers) ?? boundedWait(Number(retryAfterMs)),
    isString(limit) ? limit : null,
  )
}

const isString = (value: unknown): value is string => typeof value === 'string'

/** Codes for the statuses of proxies, whose bodies have none. */
const codeOf: ReadonlyMap<number, ErrorCode> = new Map([
  [413, 'too_large'],
  [429, 'rate_limited'],
  [503, 'not_ready'],
])

/** The `error` object of the body; empty for a page from a proxy. */
async function errorIn(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body = (await response.json()) as {error?: unknown} | null
    return Object(body?.error) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** Longer waits are cut to this: within six days, the name of the day says when the wait is over. */
const maxWaitMs = 6 * 24 * 60 * 60 * 1_000

/** `Retry-After`, given in seconds or as a date, in milliseconds; null when absent or in the past. */
function retryAfterOf(headers: Headers): number | null {
  const after = headers.get('retry-after')
  if (after === null) return null
  const ms = /^\s*\d/.test(after)
    ? Number(after) * 1_000
    : // Relative to the server's clock where it sends its date.
      Date.parse(after) - Date.parse(headers.get('date') ?? new Date().toUTCString())
  return boundedWait(ms)
}

function boundedWait(ms: number): number | null {
  return ms > 0 ? Math.min(ms, maxWaitMs) : null
}
