import type {AnswerEvent, ErrorCode, Turn} from '../../domain/index.ts'
import {framesOf} from './sse.ts'

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

export interface AskRequest {
  readonly question: string
  readonly conversationId?: string | null
  /** What was said before, where the server cannot know it. */
  readonly history?: readonly Turn[]
  readonly version?: string | null
  /** Id of an answer that broke off: the new one goes on from its text. */
  readonly continueAnswerId?: string | null
  /** The same key within a day joins the answer it began, so a request that got lost can be sent again. */
  readonly idempotencyKey: string
}

/** What a reader learns: the answer's own events, and how the connection fares. */
export type StreamNews =
  | {readonly type: 'event'; readonly seq: number; readonly event: AnswerEvent}
  | {readonly type: 'connection'; readonly status: 'open' | 'reconnecting' | 'offline'}
  /** Terminal: the answer could not be read to its end. `gone`: the server no longer has it. */
  | {readonly type: 'broke-off'; readonly cause: 'unreachable' | 'gone'}

/** Someone who tells whether there is a network; the browser's `navigator.onLine` and its `online` event. */
export interface Network {
  isOnline(): boolean
  /** Resolves when the network is back; rejects with the signal's reason on abort. */
  back(signal: AbortSignal): Promise<void>
}

export interface StreamOptions {
  /** Address of the Docent server without a slash at the end; empty for the page's own. */
  readonly endpoint: string
  readonly signal: AbortSignal
  readonly fetch: Fetch
  readonly network: Network
  /** Waits between attempts that bring nothing new; as many attempts as entries. */
  readonly backoffMs?: readonly number[]
  /** Default 45 s: three heartbeats of the server. */
  readonly silenceMs?: number
}

export const defaultBackoffMs = [250, 500, 1_000, 2_000, 4_000, 8_000] as const
export const defaultSilenceMs = 45_000

/** The server refused before it began: its code, and its words for the reader. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly code: ErrorCode
  readonly status: number
  readonly retryAfterMs: number | null
  /** Which limit a `rate_limited` question met; null where the server does not say. */
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
 * Asks, and reads the answer to its terminal event, across cut connections: each event once and in order.
 * A stream that ends without a terminal event is resumed, never taken for finished.
 * Ends after a terminal event or `broke-off`.
 * @throws RefusedError before the first event; the signal's reason on abort.
 */
export function askAnswer(request: AskRequest, options: StreamOptions): AsyncGenerator<StreamNews> {
  return readAnswer({request, answerId: null, after: 0}, options)
}

/** Reads an answer that was begun before, from the event after `after`. Otherwise as `askAnswer`. */
export function followAnswer(
  answerId: string,
  after: number,
  options: StreamOptions,
): AsyncGenerator<StreamNews> {
  return readAnswer({request: null, answerId, after}, options)
}

interface Place {
  readonly request: AskRequest | null
  answerId: string | null
  after: number
}

async function* readAnswer(place: Place, options: StreamOptions): AsyncGenerator<StreamNews> {
  const {signal, network} = options
  const backoffMs = options.backoffMs ?? defaultBackoffMs
  let fruitless = 0

  for (;;) {
    try {
      const response = await open(place, options)
      if (response.status === 204) {
        // Past the terminal event, which this reader never saw: it must have been lost with another reader.
        yield {type: 'broke-off', cause: 'gone'}
        return
      }
      yield {type: 'connection', status: 'open'}
      for await (const frame of framesOf(response.body!, {
        signal,
        silenceMs: options.silenceMs ?? defaultSilenceMs,
      })) {
        const news = newsOf(frame.id, frame.event, frame.data)
        if (news === null || news.seq <= place.after) continue
        place.answerId = news.answerId
        place.after = news.seq
        fruitless = 0
        yield {type: 'event', seq: news.seq, event: news.event}
        if (news.event.type === 'done' || news.event.type === 'error') return
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof RefusedError) {
        if (place.answerId === null) throw error
        if (error.status === 404 || error.status === 410) {
          yield {type: 'broke-off', cause: 'gone'}
          return
        }
      }
      // Anything else is the network's doing: try again below.
    }

    if (!network.isOnline()) {
      yield {type: 'connection', status: 'offline'}
      await network.back(signal)
      fruitless = 0
    }
    const waitMs = backoffMs[fruitless++]
    if (waitMs === undefined) {
      yield {type: 'broke-off', cause: 'unreachable'}
      return
    }
    yield {type: 'connection', status: 'reconnecting'}
    await pause(waitMs, signal)
  }
}

async function open(place: Place, options: StreamOptions): Promise<Response> {
  const {endpoint, signal} = options
  const {request, answerId, after} = place
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
          body: JSON.stringify({
            question: request!.question,
            resumable: true,
            ...(request!.conversationId ? {conversationId: request!.conversationId} : {}),
            ...(request!.history?.length ? {history: request!.history} : {}),
            ...(request!.version ? {version: request!.version} : {}),
            ...(request!.continueAnswerId ? {continueAnswerId: request!.continueAnswerId} : {}),
          }),
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

/** A response that is no stream, as an error with the server's own code and words where it gave some. */
export async function refusalOf(response: Response): Promise<RefusedError> {
  const {code, message, limit, retryAfterMs} = await errorIn(response)
  return new RefusedError(
    isString(code) ? (code as ErrorCode) : (codeOf.get(response.status) ?? 'internal'),
    isString(message) ? message : '',
    response.status,
    retryAfterOf(response.headers) ?? waitOf(Number(retryAfterMs)),
    isString(limit) ? limit : null,
  )
}

const isString = (value: unknown): value is string => typeof value === 'string'

/** What a proxy's status means: its body says nothing of it. */
const codeOf: ReadonlyMap<number, ErrorCode> = new Map([
  [413, 'too_large'],
  [429, 'rate_limited'],
  [503, 'not_ready'],
])

/** The server's account of an error; empty for a proxy's page, whose status alone has to do. */
async function errorIn(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body = (await response.json()) as {error?: unknown} | null
    return Object(body?.error) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** No longer wait is believed: within six days, the name of the day says when it is over. */
const longestWaitMs = 6 * 24 * 60 * 60 * 1_000

/** `Retry-After` in milliseconds, given in seconds or as a date; null where there is none, or it has passed. */
function retryAfterOf(headers: Headers): number | null {
  const after = headers.get('retry-after')
  if (after === null) return null
  const ms = /^\s*\d/.test(after)
    ? Number(after) * 1_000
    : // By the server's own clock where it is told.
      Date.parse(after) - Date.parse(headers.get('date') ?? new Date().toUTCString())
  return waitOf(ms)
}

function waitOf(ms: number): number | null {
  return ms > 0 ? Math.min(ms, longestWaitMs) : null
}

function newsOf(
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
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const leave = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave)
      resolve()
    }, ms)
    signal.addEventListener('abort', leave, {once: true})
  })
}

/** The browser's own idea of its network. */
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
