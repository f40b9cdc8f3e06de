import type {AnswerEvent, ErrorCode, Turn} from '../../../src/domain/index.ts'
import {framesOf} from './sse.ts'

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

export interface AskRequest {
  readonly question: string
  readonly conversationId?: string | null
  /** Earlier turns, when the server cannot know them. */
  readonly history?: readonly Turn[]
  readonly version?: string | null
  /** The language of the pages to answer from, BCP 47; null for that of the question. */
  readonly lang?: string | null | undefined
  /** Id of an incomplete answer that the new one continues. */
  readonly continueAnswerId?: string | null
  /** Within a day a request with the same key joins the same answer, so a lost request can be repeated. */
  readonly idempotencyKey: string
}

/** An event of the answer, or a change of the connection's state. */
export type StreamUpdate =
  | {readonly type: 'event'; readonly seq: number; readonly event: AnswerEvent}
  | {readonly type: 'connection'; readonly status: 'open' | 'reconnecting' | 'offline'}
  /** Terminal: the answer could not be read to its end. `gone`: the server does not have it any more. */
  | {readonly type: 'broke-off'; readonly cause: 'unreachable' | 'gone'}

/** The state of the network; in the browser `navigator.onLine` and the `online` event. */
export interface Network {
  isOnline(): boolean
  /** Resolves when the network is back; rejects with the signal's reason on abort. */
  back(signal: AbortSignal): Promise<void>
}

export interface StreamOptions {
  /** URL of the Docent server without a trailing slash; empty for the page's own origin. */
  readonly endpoint: string
  readonly signal: AbortSignal
  readonly fetch: Fetch
  readonly network: Network
  /** Delays between attempts without new events; as many attempts as entries. */
  readonly backoffMs?: readonly number[]
  /** Default 45 s: three heartbeats of the server. */
  readonly silenceMs?: number
}

export const defaultBackoffMs = [250, 500, 1_000, 2_000, 4_000, 8_000] as const
export const defaultSilenceMs = 45_000

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

/**
 * Asks, and reads the answer to its terminal event, across lost connections: each event once and in order.
 * A stream that ends without a terminal event is resumed, never considered finished.
 * Ends after a terminal event or `broke-off`.
 * @throws RefusedError before the first event; the signal's reason on abort.
 */
export function askAnswer(request: AskRequest, options: StreamOptions): AsyncGenerator<StreamUpdate> {
  return readAnswer({request, answerId: null, after: 0}, options)
}

/** Reads an answer that already exists, from the event after `after`. Otherwise as `askAnswer`. */
export function followAnswer(
  answerId: string,
  after: number,
  options: StreamOptions,
): AsyncGenerator<StreamUpdate> {
  return readAnswer({request: null, answerId, after}, options)
}

interface Cursor {
  readonly request: AskRequest | null
  answerId: string | null
  after: number
}

async function* readAnswer(cursor: Cursor, options: StreamOptions): AsyncGenerator<StreamUpdate> {
  const {signal, network} = options
  const backoffMs = options.backoffMs ?? defaultBackoffMs
  let failedAttempts = 0

  for (;;) {
    try {
      const response = await openResponse(cursor, options)
      if (response.status === 204) {
        // Past the terminal event, which this tab never received: another reader must have.
        yield {type: 'broke-off', cause: 'gone'}
        return
      }
      yield {type: 'connection', status: 'open'}
      for await (const frame of framesOf(response.body!, {
        signal,
        silenceMs: options.silenceMs ?? defaultSilenceMs,
      })) {
        const update = parseFrame(frame.id, frame.event, frame.data)
        if (update === null || update.seq <= cursor.after) continue
        cursor.answerId = update.answerId
        cursor.after = update.seq
        failedAttempts = 0
        yield {type: 'event', seq: update.seq, event: update.event}
        if (update.event.type === 'done' || update.event.type === 'error') return
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof RefusedError) {
        if (cursor.answerId === null) throw error
        if (error.status === 404 || error.status === 410) {
          yield {type: 'broke-off', cause: 'gone'}
          return
        }
      }
      // Anything else is an error of the network: try again below.
    }

    if (!network.isOnline()) {
      yield {type: 'connection', status: 'offline'}
      await network.back(signal)
      failedAttempts = 0
    }
    const waitMs = backoffMs[failedAttempts++]
    if (waitMs === undefined) {
      yield {type: 'broke-off', cause: 'unreachable'}
      return
    }
    yield {type: 'connection', status: 'reconnecting'}
    await pause(waitMs, signal)
  }
}

async function openResponse(cursor: Cursor, options: StreamOptions): Promise<Response> {
  const {endpoint, signal} = options
  const {request, answerId, after} = cursor
  const response =
    answerId === null
      ? await options.fetch(`${endpoint}/api/answers`, {
          method: 'POST',
          signal,
          headers: {
            'content-type': 'application/json',
            accept: 'text/event-stream',
            'idempotency-key': request!.idempotencyKey,
          },
          // What says nothing is left out, and the key is in the header.
          body: JSON.stringify({...request, resumable: true, idempotencyKey: null}, (_key, value) =>
            value && value.length !== 0 ? value : undefined,
          ),
        })
      : await options.fetch(`${endpoint}/api/answers/${encodeURIComponent(answerId)}/events?after=${after}`, {
          signal,
          headers: {accept: 'text/event-stream', 'last-event-id': `${answerId}:${after}`},
        })
  if (response.status === 204) return response
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') ?? false
  if (!response.ok || !isStream || response.body === null) throw await refusalOf(response)
  return response
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

function parseFrame(
  id: string | undefined,
  type: string | undefined,
  data: string,
): {answerId: string; seq: number; event: AnswerEvent} | null {
  const colon = id?.lastIndexOf(':') ?? -1
  if (id === undefined || type === undefined || colon < 1) return null
  const seq = Number(id.slice(colon + 1))
  if (!Number.isSafeInteger(seq)) return null
  try {
    return {answerId: id.slice(0, colon), seq, event: {...JSON.parse(data), type} as AnswerEvent}
  } catch {
    return null
  }
}

/** Resolves after `ms`; rejects with the signal's reason on abort. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, {once: true})
  })
}

/** The network state that the browser reports. */
export const browserNetwork: Network = {
  isOnline: () => navigator.onLine,
  back: (signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const settle = (): void => {
        removeEventListener('online', settle)
        signal.removeEventListener('abort', settle)
        if (signal.aborted) reject(signal.reason)
        else resolve()
      }
      addEventListener('online', settle)
      signal.addEventListener('abort', settle)
    }),
}
