import {APIError} from '@anthropic-ai/sdk'
import {createParser} from 'eventsource-parser'
import {DocentError} from '../domain/index.ts'
import {causeCodeOf, type UpstreamBody} from './upstream-fetch.ts'

/** One event of the Messages API as it came: typed by the SDK, but a gateway may send anything. */
export interface UpstreamEvent {
  readonly type?: unknown
  readonly index?: number
  readonly message?: unknown
  readonly content_block?: unknown
  readonly delta?: unknown
  readonly usage?: unknown
}

export interface UpstreamEvents {
  /** The events of the bytes that come next, none or several; null at the end of the response. */
  next(): Promise<readonly UpstreamEvent[] | null>
  /**
   * Reads what follows the end of a message, for a moment only: a response that is left half-read costs its
   * connection. What comes belongs to nobody.
   */
  linger(): Promise<void>
  /** Closes the upstream unless it was read to its end. Idempotent. */
  close(): void
}

export interface UpstreamEventsOptions {
  /** Of the response, for the errors that it brings. */
  readonly headers: Headers
  /** Longest silence between two pieces of the body while somebody waits for one. */
  readonly stallTimeoutMs: number
  /** Longest line in bytes; default 4 MiB. */
  readonly maxLineBytes?: number
}

/** Longest wait for the end of a response whose message is over, so that its connection can be used again. */
const lingerMs = 100

/**
 * The events of a response that the SDK has asked for, read from its bytes.
 *
 * Takes the same frames as the SDK's own reader: pings and frames without an `event:` line are left out, an `error`
 * event is thrown as its `APIError`. That reader passes each token through four async generators; this one is a
 * third of the processor's work for each. It watches bytes, not events, so that pings count as life, and only while
 * it is waiting: a slow reader is no stall. Throws DocentError `stall_timeout`, `upstream_cut` (the socket broke)
 * or `upstream_invalid` (bad JSON, or a line without an end); an abort as it was thrown.
 */
export function upstreamEvents(
  body: UpstreamBody,
  {headers, stallTimeoutMs, maxLineBytes = 4 * 2 ** 20}: UpstreamEventsOptions,
): UpstreamEvents {
  const decoder = new TextDecoder()
  let ready: UpstreamEvent[] = []
  let failure: unknown = null
  let isEnded = false
  let isWaiting = false
  let isStalled = false
  let lineBytes = 0
  // One timer for the whole body, wound up again for each piece: cheaper than a new one for each token.
  let timer: NodeJS.Timeout | null = null

  const parser = createParser({
    onEvent({event, data}) {
      if (failure !== null || event === undefined || event === 'ping' || data === '') return
      try {
        const value: unknown = JSON.parse(data)
        if (event === 'error') failure = errorOf(value, headers)
        else if (typeof value === 'object' && value !== null) ready.push(value)
      } catch {
        failure =
          event === 'error'
            ? errorOf(data, headers)
            : new DocentError('upstream_invalid', "The model's API sent a frame that is no JSON")
      }
    },
  })

  function close(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (isEnded) return
    isEnded = true
    body.close()
  }

  function watch(): void {
    isWaiting = true
    if (timer !== null) {
      timer.refresh()
      return
    }
    timer = setTimeout(() => {
      if (!isWaiting) return
      isStalled = true
      // Settles the read that is waiting.
      close()
    }, stallTimeoutMs)
  }

  async function read(): Promise<Uint8Array | null> {
    if (isEnded) return null
    watch()
    try {
      const bytes = await body.read()
      isWaiting = false
      if (isStalled) throw stallOf(stallTimeoutMs)
      if (bytes !== null) return bytes
      isEnded = true
      close()
      return null
    } catch (error) {
      isWaiting = false
      close()
      if (isStalled) throw stallOf(stallTimeoutMs)
      if (error instanceof Error && error.name === 'AbortError') throw error
      throw new DocentError('upstream_cut', "The connection to the model's API broke", {
        details: {cause: causeCodeOf(error)},
      })
    }
  }

  return {
    async next() {
      // What came before a bad frame goes first.
      if (failure !== null) throw failure
      const bytes = await read()
      if (bytes === null) return null
      const newline = bytes.lastIndexOf(10)
      lineBytes = newline < 0 ? lineBytes + bytes.length : bytes.length - newline - 1
      if (lineBytes > maxLineBytes) {
        throw new DocentError(
          'upstream_invalid',
          `The model's API sent a line of more than ${maxLineBytes} bytes`,
        )
      }
      parser.feed(decoder.decode(bytes, {stream: true}))
      const events = ready
      ready = []
      return events
    },
    async linger() {
      const limit = setTimeout(close, lingerMs)
      try {
        while ((await read()) !== null);
      } catch {
        // The message was whole; how its connection ends changes nothing.
      } finally {
        clearTimeout(limit)
      }
    },
    close,
  }
}

function stallOf(stallTimeoutMs: number): DocentError {
  return new DocentError('stall_timeout', `The model's API sent nothing for ${stallTimeoutMs} ms`)
}

/** As the SDK throws it, so that it is read the same. */
function errorOf(body: unknown, headers: Headers): Error {
  const type = (body as {error?: {type?: unknown}} | null)?.error?.type
  return new APIError(
    undefined,
    body as object,
    undefined,
    headers,
    (typeof type === 'string' ? type : null) as ConstructorParameters<typeof APIError>[4],
  )
}
