import {DocentError} from '../domain/index.ts'

export interface WatchOptions {
  /** Longest silence from the upstream, before its head as well as between two pieces of its body. */
  readonly stallTimeoutMs: number
  /** Longest line of the event stream in bytes; default 4 MiB. */
  readonly maxLineBytes?: number
  /** What to call; default the global `fetch`. */
  readonly fetch?: typeof fetch
}

/**
 * A `fetch` for event streams that fails where the SDK would wait or end in silence.
 *
 * Watches bytes, not events, so that the upstream's pings count as life: the SDK drops them before anyone could
 * see them. Time in which nobody reads does not count; a slow reader is no stall. Rejects, or errors the body, with
 * DocentError `stall_timeout`, `upstream_cut` (the socket broke) or `upstream_invalid` (a page of HTML or JSON
 * under status 200, or a line without an end).
 */
export function watchedFetch(options: WatchOptions): typeof fetch {
  const {stallTimeoutMs, maxLineBytes = 4 * 2 ** 20} = options
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
    return new Response(watched(response.body, stallTimeoutMs, maxLineBytes), {
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
  const stall = new DocentError(
    'stall_timeout',
    `The model's API sent no response within ${stallTimeoutMs} ms`,
  )
  const timer = setTimeout(() => silence.abort(stall), stallTimeoutMs)
  // The outer signal must go on to govern the body, so it stays the request's own; the timer races beside it.
  const signal = outer ? AbortSignal.any([outer, silence.signal]) : silence.signal
  try {
    return await call(input, {...init, signal})
  } catch (error) {
    if (silence.signal.aborted && !outer?.aborted) throw stall
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function watched(
  body: ReadableStream<Uint8Array>,
  stallTimeoutMs: number,
  maxLineBytes: number,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let waiting = false
  let lineBytes = 0
  let timer: NodeJS.Timeout | undefined

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const fail = (error: DocentError): void => {
          clearTimeout(timer)
          waiting = false
          controller.error(error)
          reader.cancel(error).catch(() => {
            // The body is being thrown away; how that fails matters to nobody.
          })
        }
        // One timer for the whole body, wound up again for each piece: cheaper than a new one per token.
        if (timer) timer.refresh()
        else {
          timer = setTimeout(() => {
            if (!waiting) return
            fail(new DocentError('stall_timeout', `The model's API sent nothing for ${stallTimeoutMs} ms`))
          }, stallTimeoutMs)
        }
        waiting = true
        let piece: ReadableStreamReadResult<Uint8Array>
        try {
          piece = await reader.read()
        } catch (error) {
          if (!waiting) return
          waiting = false
          clearTimeout(timer)
          const aborted = error instanceof Error && error.name === 'AbortError'
          controller.error(
            aborted
              ? error
              : new DocentError('upstream_cut', "The connection to the model's API broke", {
                  details: {cause: causeCodeOf(error)},
                }),
          )
          return
        }
        if (!waiting) return
        waiting = false
        if (piece.done) {
          clearTimeout(timer)
          controller.close()
          return
        }
        const newline = piece.value.lastIndexOf(10)
        lineBytes = newline < 0 ? lineBytes + piece.value.length : piece.value.length - newline - 1
        if (lineBytes > maxLineBytes) {
          fail(
            new DocentError(
              'upstream_invalid',
              `The model's API sent a line of more than ${maxLineBytes} bytes`,
            ),
          )
          return
        }
        controller.enqueue(piece.value)
      },
      async cancel(reason) {
        waiting = false
        clearTimeout(timer)
        await reader.cancel(reason)
      },
    },
    // Nothing is read ahead: a slow reader holds back the socket.
    {highWaterMark: 0},
  )
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
