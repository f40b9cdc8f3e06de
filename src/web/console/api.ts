/** A request that was refused or failed. `status` is 0 where the server could not be reached. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly code: string
  /** When the same request may succeed, in milliseconds from now; null where that is not known. */
  readonly retryAfterMs: number | null

  constructor(status: number, code: string, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Default 30 s. */
  readonly timeLimitMs?: number
}

const defaultTimeLimitMs = 30_000

/**
 * Sends a request of the staff API. Null for a response without a body. What is cut short or is no JSON, such as a page of a
 * proxy, counts as a server that cannot be reached.
 * @throws ApiError; the reason of the signal
 */
export async function send<T>(path: string, request: ApiRequest = {}): Promise<T> {
  const {method = 'GET', body, signal, timeLimitMs = defaultTimeLimitMs} = request
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), timeLimitMs)
  try {
    const response = await fetch(`/api/admin${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {body: JSON.stringify(body), headers: {'content-type': 'application/json'}}),
      signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
    })
    return bodyOf<T>(response, await response.text())
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof ApiError) throw error
    if (!limit.signal.aborted) throw unreachable('The server cannot be reached. Try again.')
    const seconds = Math.round(timeLimitMs / 1_000)
    throw unreachable(`The server has not answered for ${seconds} seconds. Try again.`)
  } finally {
    clearTimeout(timer)
  }
}

/** @throws ApiError */
function bodyOf<T>(response: Response, text: string): T {
  const value = jsonOf(text)
  if (response.ok) {
    if (value === undefined)
      throw unreachable('What came back is not from this server, or not all of it. Try again.')
    return value as T
  }
  const {error} = (value ?? {}) as {error?: {code?: string; message?: string; retryAfterMs?: number}}
  throw new ApiError(
    response.status,
    error?.code ?? 'unknown',
    error?.message ?? `The server answered with ${response.status}.`,
    error?.retryAfterMs ?? null,
  )
}

const unreachable = (message: string): ApiError => new ApiError(0, 'unreachable', message)

/** Null of nothing, undefined of what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sends requests of whoever is signed in. */
export interface Api {
  send<T>(path: string, request?: ApiRequest): Promise<T>
}

/**
 * Requests whose session has ended wait until somebody has signed in again, and are then sent once more: what is on the
 * screen stays.
 * @param signInAgain resolves when somebody is signed in
 */
export function createApi(signInAgain: () => Promise<void>): Api {
  return {
    async send<T>(path: string, request: ApiRequest = {}): Promise<T> {
      for (;;) {
        try {
          return await send<T>(path, request)
        } catch (error) {
          if (!(error instanceof ApiError && error.status === 401)) throw error
          await signInAgain()
          request.signal?.throwIfAborted()
        }
      }
    },
  }
}

/** What to show of a failure. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something went wrong in this page. Reload it.'
}
