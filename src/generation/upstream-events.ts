import {APIError} from '@anthropic-ai/sdk'
import {createParser} from 'eventsource-parser'
import {DocentError} from '../domain/index.ts'
import {NoStreamError} from './no-stream.ts'
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
/** Longest silence after the reason why the model stopped where `message_stop` may be missing. */
const lastEventsMs = 500
/** Bytes of a response without an event that are kept, to say what it was. */
const maxHeadBytes = 4_096

/**
 * The events of a response up to `message_stop`, in batches as its bytes arrive. What follows `message_stop` is not looked at.
 * When the iteration ends, however it does, the response was read to its end or is closed.
 *
 * @param takesBareFrames whether frames without an `event:` line count, and `message_stop` may be missing: then the reason
 * why the model stopped is the end, unless more comes within half a second.
 * @param onLateText called where text stood behind `message_stop` in the same read
 * @throws what `response.read` throws; the SDK's APIError for an `error` event; DocentError `upstream_invalid` for a
 * frame that is not JSON and for a line without an end; NoStreamError where there was no event at all. Events before it are
 * yielded first.
 */
export async function* upstreamEvents(
  response: UpstreamResponse,
  takesBareFrames = false,
  onLateText: () => void = () => {},
): AsyncGenerator<readonly UpstreamEvent[]> {
  const parser = new EventParser(response.headers, takesBareFrames)
  let head: Uint8Array[] | null = []
  /** After the reason: when nothing more is waited for. Pings do not count. */
  let endsAt: number | null = null
  try {
    for (let bytes = await nextBytes(); bytes !== null; bytes = await nextBytes()) {
      const events = parser.feed(bytes)
      if (events.length > 0 || parser.failure !== null) head = null
      else head = withBytes(head, bytes)
      if (events.length > 0) yield events
      if (parser.failure !== null) throw parser.failure
      if (parser.hasReason && events.length > 0) endsAt = performance.now() + lastEventsMs
      if (!parser.isOver) continue
      if (parser.hasLateText) onLateText()
      await drain(response, drainTimeoutMs)
      return
    }
    if (head !== null) throw noEventIn(response, Buffer.concat(head).toString('utf8'))
  } finally {
    response.close()
  }

  async function nextBytes(): Promise<Uint8Array | null> {
    if (endsAt === null) return response.read()
    const timer = setTimeout(() => response.close(), Math.max(0, endsAt - performance.now()))
    try {
      return await response.read()
    } catch (error) {
      // It said that it had stopped; how the connection ends does not matter.
      if (error instanceof DocentError) return null
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The first bytes of a response, as long as there was no event. */
function withBytes(head: Uint8Array[] | null, bytes: Uint8Array): Uint8Array[] | null {
  if (head === null) return null
  const left = maxHeadBytes - head.reduce((sum, {length}) => sum + length, 0)
  return left <= 0 ? head : [...head, bytes.slice(0, left)]
}

function noEventIn({status, headers}: UpstreamResponse, text: string): NoStreamError {
  return new NoStreamError(
    status,
    text.trim() === '' ? 'an empty body' : `${mediaTypeOf(headers)} without an event`,
    text,
  )
}

/** As `text/html`. */
export function mediaTypeOf(headers: Headers): string {
  return headers.get('content-type')?.split(';')[0]?.trim() || 'a body without a content type'
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
  /** Whether text stood behind `message_stop` in the same bytes. */
  hasLateText = false
  /** After the reason why the model stopped, with servers that may say no more than that. */
  hasReason = false

  /**
   * @param headers of the response, for its errors.
   * @param takesBareFrames whether frames without an `event:` line count, by the type in their data, and a reason may be the
   * last event.
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
    if (this.failure !== null) return
    if (this.isOver) {
      this.hasLateText ||= data.includes('"text_delta"')
      return
    }
    if (data === '' || (event === undefined && !this.#takesBareFrames)) return
    const value = parsed(data)
    const type = event ?? (value as UpstreamEvent | null | undefined)?.type
    const isBareError = type === undefined && hasError(value)
    // Without a type in either place it is none of ours, such as the `[DONE]` of another protocol.
    if ((type === undefined && !isBareError) || type === 'ping') return
    if (type === 'error' || isBareError) this.failure = errorOf(value ?? data, this.#headers)
    else if (value === undefined) {
      if (!this.hasReason) this.failure = invalid('a frame that is not JSON')
    } else if (typeof value === 'object' && value !== null) {
      this.#ready.push(value)
      this.isOver = type === 'message_stop'
      this.hasReason ||= this.#takesBareFrames && hasReason(value)
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
