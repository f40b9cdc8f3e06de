import {DocentError} from '../domain/index.ts'

export interface WatchOptions {
  /** Longest silence from the upstream, before its head as well as between two pieces of its body. */
  readonly stallTimeoutMs: number
  /** What to call; default the global `fetch`. */
  readonly fetch?: typeof fetch
}

/**
 * A `fetch` for event streams that fails where the SDK would wait or end in silence: with DocentError
 * `stall_timeout` when no head comes, `upstream_invalid` for a page of HTML or JSON under status 200. The body of an
 * error, which the SDK reads by itself, ends after the same time; an event stream is watched by who reads it.
 */
export function watchedFetch(options: WatchOptions): typeof fetch {
  const {stallTimeoutMs} = options
  const call = options.fetch ?? fetch

  return async (input, init) => {
    const response = await withinTime(call, input, init, stallTimeoutMs)
    if (!response.body) return response

    const type = response.headers.get('content-type') ?? ''
    if (response.ok && /html|json|xml/i.test(type)) {
      await response.body.cancel()
      throw new DocentError(
        'upstream_invalid',
        `The model's API answered ${response.status} with ${type.split(';')[0]} instead of an event stream; check ANTHROPIC_BASE_URL`,
      )
    }
    if (response.ok) return response
    return new Response(limited(response.body, stallTimeoutMs), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    })
  }
}

async function withinTime(
  call: typeof fetch,
  input: Parameters<typeof fetch>[0],
  init: Parameters<typeof fetch>[1],
  stallTimeoutMs: number,
): Promise<Response> {
  const silence = new AbortController()
  const outer = init?.signal
  const timer = setTimeout(() => silence.abort(), stallTimeoutMs)
  // The outer signal must go on to govern the body, so it stays the request's own; the timer races beside it.
  const signal = outer ? AbortSignal.any([outer, silence.signal]) : silence.signal
  try {
    return await call(input, {...init, signal})
  } catch (error) {
    if (!silence.signal.aborted || outer?.aborted) throw error
    throw new DocentError('stall_timeout', `The model's API sent no response within ${stallTimeoutMs} ms`)
  } finally {
    clearTimeout(timer)
  }
}

/** The body of an error, which is short: it ends when its time is up, and what has come by then is all. */
function limited(body: ReadableStream<Uint8Array>, timeoutMs: number): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const timer = setTimeout(() => {
    reader.cancel().catch(() => {
      // It is given up; how matters to nobody.
    })
  }, timeoutMs)
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const {done, value} = await reader.read()
        if (!done) return controller.enqueue(value)
        clearTimeout(timer)
        controller.close()
      } catch (error) {
        clearTimeout(timer)
        controller.error(error)
      }
    },
    async cancel(reason) {
      clearTimeout(timer)
      await reader.cancel(reason)
    },
  })
}

/** The system's name of a network failure, as `ECONNRESET`; never a message, which may hold an address with a key. */
export function causeCodeOf(error: unknown): string | null {
  let current = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const {code} = current as {code?: unknown}
    if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code
    current = current.cause
  }
  return null
}
