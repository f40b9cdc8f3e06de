import {APIError} from '@anthropic-ai/sdk'
import {createParser} from 'eventsource-parser'
import {DocentError} from '../domain/index.ts'
import type {UpstreamResponse} from './upstream-http.ts'

/** One event of the Messages API as it came: typed by the SDK, but a gateway may send anything. */
export interface UpstreamEvent {
  readonly type?: unknown
  readonly index?: number
  readonly message?: unknown
  readonly content_block?: unknown
  readonly delta?: unknown
  readonly usage?: unknown
}

/** Longest line in bytes. */
const maxLineBytes = 4 * 2 ** 20
/** Longest wait for the end of a response whose message is over, so that its connection can be used again. */
const lingerMs = 100

/**
 * The events of a response, as many at a time as its bytes bring, up to `message_stop`. An iteration that ends,
 * however it does, leaves the response read to its end or closed.
 *
 * @throws what `response.read` throws; the SDK's APIError for an `error` event; DocentError `upstream_invalid` for a
 * frame that is no JSON and for a line without an end. Events that came before it are returned first.
 */
export async function* upstreamEvents(response: UpstreamResponse): AsyncGenerator<readonly UpstreamEvent[]> {
  const parser = new EventParser(response.headers)
  try {
    for (let bytes = await response.read(); bytes !== null; bytes = await response.read()) {
      const events = parser.feed(bytes)
      if (events.length > 0) yield events
      if (parser.failure !== null) throw parser.failure
      if (!parser.isOver) continue
      await readOn(response, lingerMs)
      return
    }
  } finally {
    response.close()
  }
}

/** Reads what belongs to nobody: a response that is left half-read costs its connection. */
async function readOn(response: UpstreamResponse, forMs: number): Promise<void> {
  const limit = setTimeout(() => response.close(), forMs)
  try {
    while ((await response.read()) !== null);
  } catch {
    // The message was whole; how its connection ends changes nothing.
  } finally {
    clearTimeout(limit)
  }
}

/**
 * Events out of bytes. Takes the same frames as the SDK's own reader: pings and frames without an `event:` line are
 * left out. That reader passes each token through four async generators, which cost three times as much processor
 * time as this.
 */
export class EventParser {
  readonly #decoder = new TextDecoder()
  readonly #parser = createParser({onEvent: (frame) => this.#take(frame)})
  readonly #headers: Headers
  #ready: UpstreamEvent[] = []
  #lineBytes = 0
  /** What ends the stream; nothing is read after it. */
  failure: Error | null = null
  /** After `message_stop`; nothing is read after it. */
  isOver = false

  /** @param headers of the response, for the errors that it brings. */
  constructor(headers: Headers) {
    this.#headers = headers
  }

  /** The events that these bytes complete. */
  feed(bytes: Uint8Array): readonly UpstreamEvent[] {
    const newline = bytes.lastIndexOf(10)
    this.#lineBytes = newline < 0 ? this.#lineBytes + bytes.length : bytes.length - newline - 1
    if (this.#lineBytes > maxLineBytes) {
      this.failure ??= invalid(`a line of more than ${maxLineBytes} bytes`)
      return []
    }
    this.#parser.feed(this.#decoder.decode(bytes, {stream: true}))
    const events = this.#ready
    this.#ready = []
    return events
  }

  #take({event, data}: {readonly event?: string | undefined; readonly data: string}): void {
    if (this.failure !== null || this.isOver) return
    if (event === undefined || event === 'ping' || data === '') return
    const value = parsed(data)
    if (event === 'error') this.failure = errorOf(value ?? data, this.#headers)
    else if (value === undefined) this.failure = invalid('a frame that is no JSON')
    else if (typeof value === 'object' && value !== null) {
      this.#ready.push(value)
      this.isOver = (value as UpstreamEvent).type === 'message_stop'
    }
  }
}

/** Undefined for what is no JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function invalid(what: string): DocentError {
  return new DocentError('upstream_invalid', `The model's API sent ${what}`)
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
