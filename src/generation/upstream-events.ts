import {APIError} from '@anthropic-ai/sdk'
import {createParser} from 'eventsource-parser'
import {DocentError} from '../domain/index.ts'
import type {UpstreamResponse} from './upstream-http.ts'

/** One event of the Messages API as received: the SDK has types for it, but a gateway may send anything. */
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
/** Longest wait for the end of a response after its message, so that its connection can be reused. */
const drainTimeoutMs = 100

/**
 * The events of a response up to `message_stop`, in batches as its bytes arrive. When the iteration ends, however it does,
 * the response was read to its end or is closed.
 *
 * @throws what `response.read` throws; the SDK's APIError for an `error` event; DocentError `upstream_invalid` for a
 * frame that is not JSON and for a line without an end. Events before it are yielded first.
 */
export async function* upstreamEvents(
  response: UpstreamResponse,
  takesBareFrames = false,
): AsyncGenerator<readonly UpstreamEvent[]> {
  const parser = new EventParser(response.headers, takesBareFrames)
  try {
    for (let bytes = await response.read(); bytes !== null; bytes = await response.read()) {
      const events = parser.feed(bytes)
      if (events.length > 0) yield events
      if (parser.failure !== null) throw parser.failure
      if (!parser.isOver) continue
      await drain(response, drainTimeoutMs)
      return
    }
  } finally {
    response.close()
  }
}

/** Reads a response to its end: one that is not read completely loses its connection. */
async function drain(response: UpstreamResponse, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => response.close(), timeoutMs)
  try {
    while ((await response.read()) !== null);
  } catch {
    // The message was complete; how its connection ends does not matter.
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Parses bytes to events. Accepts the same frames as the SDK's own reader: pings and frames without an `event:` line are
 * skipped. That reader passes each token through four async generators, which takes three times as much CPU time.
 */
export class EventParser {
  readonly #decoder = new TextDecoder()
  readonly #parser = createParser({onEvent: (frame) => this.#onFrame(frame)})
  readonly #headers: Headers
  readonly #takesBareFrames: boolean
  #ready: UpstreamEvent[] = []
  #lineBytes = 0
  /** The error that ends the stream; nothing is read after it. */
  failure: Error | null = null
  /** After `message_stop`; nothing is read after it. */
  isOver = false

  /**
   * @param headers of the response, for its errors.
   * @param takesBareFrames whether frames without an `event:` line count, by the type in their data.
   */
  constructor(headers: Headers, takesBareFrames = false) {
    this.#headers = headers
    this.#takesBareFrames = takesBareFrames
  }

  /** Returns the events that these bytes complete. */
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

  #onFrame({event, data}: {readonly event?: string | undefined; readonly data: string}): void {
    if (this.failure !== null || this.isOver) return
    if (data === '' || (event === undefined && !this.#takesBareFrames)) return
    const value = parsed(data)
    const type = event ?? (value as UpstreamEvent | null | undefined)?.type
    const isBareError = type === undefined && hasError(value)
    // Without a type in either place it is none of ours, such as the `[DONE]` of another protocol.
    if ((type === undefined && !isBareError) || type === 'ping') return
    if (type === 'error' || isBareError) this.failure = errorOf(value ?? data, this.#headers)
    else if (value === undefined) this.failure = invalid('a frame that is not JSON')
    else if (typeof value === 'object' && value !== null) {
      this.#ready.push(value)
      this.isOver = type === 'message_stop' || (this.#takesBareFrames && hasReason(value))
    }
  }
}

function hasError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'error' in value
}

/** Whether an event says why the model stopped, after which some servers send nothing. */
function hasReason({type, delta}: UpstreamEvent): boolean {
  const reason: unknown = (delta as {stop_reason?: unknown} | undefined)?.stop_reason
  return type === 'message_delta' && typeof reason === 'string'
}

/** Undefined for what is not JSON. */
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

/** As the SDK throws it, so that it is handled the same. */
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
