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
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Sends a request of the staff API. Null for a response without a body. @throws ApiError */
export async function send<T>(path: string, {method = 'GET', body, signal}: ApiRequest = {}): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/api/admin${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {body: JSON.stringify(body), headers: {'content-type': 'application/json'}}),
      ...(signal === undefined ? {} : {signal}),
    })
  } catch {
    signal?.throwIfAborted()
    throw new ApiError(0, 'unreachable', 'The server cannot be reached.', null)
  }
  const text = await response.text()
  const value = jsonOf(text)
  if (response.ok) return value as T
  const {error} = (value ?? {}) as {error?: {code?: string; message?: string; retryAfterMs?: number}}
  throw new ApiError(
    response.status,
    error?.code ?? 'unknown',
    error?.message ?? `The server answered with ${response.status}.`,
    error?.retryAfterMs ?? null,
  )
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
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
