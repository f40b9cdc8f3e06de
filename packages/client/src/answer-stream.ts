import type {AnswerEvent, Turn} from '../../../src/domain/index.ts'
import {browserNetwork, type Network, pause} from './network.ts'
import {RefusedError, refusalOf} from './refused-error.ts'
import {framesOf} from './sse.ts'
import {jsonHeaders, jsonOf, pathOf, send, type Transport} from './transport.ts'

/** Where the visitor is; the answer prefers this page, and staff see it. */
export interface PageContext {
  readonly url?: string | null
  readonly title?: string | null
  /** The id or the text of the heading in view. */
  readonly section?: string | null
}

export interface Question {
  /** At most 4,000 characters. */
  readonly question: string
  /** The key of the conversation to join, from an earlier answer; left out, a new one begins. */
  readonly conversationId?: string | null
  /** Earlier turns, when the server cannot know them. */
  readonly history?: readonly Turn[]
  /** Only this version of the docs. */
  readonly version?: string | null
  /** The language of the pages to answer from, BCP 47; null for that of the question. */
  readonly lang?: string | null | undefined
  readonly page?: PageContext | null
}

export interface AskRequest extends Question {
  /** Id of an incomplete answer that the new one continues. */
  readonly continueAnswerId?: string | null
  /** How long the server gathers deltas before it sends them, in milliseconds. */
  readonly bufferMs?: number
  /** Within a day a request with the same key joins the same answer, so a lost request can be repeated. */
  readonly idempotencyKey: string
}

/** An event of the answer, or a change of the connection's state. */
export type StreamUpdate =
  | {readonly type: 'event'; readonly seq: number; readonly event: AnswerEvent}
  | {readonly type: 'connection'; readonly status: 'open' | 'reconnecting' | 'offline'}
  /** Terminal: the answer could not be read to its end. `gone`: the server does not have it any more. */
  | {readonly type: 'broke-off'; readonly cause: 'unreachable' | 'gone'}

export interface StreamOptions extends Transport {
  readonly signal: AbortSignal
  /** Default: what the browser reports. */
  readonly network?: Network
  /** Delays between attempts without new events; as many attempts as entries. */
  readonly backoffMs?: readonly number[]
  /** Default 45 s: three heartbeats of the server. */
  readonly silenceMs?: number
}

export const defaultBackoffMs = [250, 500, 1_000, 2_000, 4_000, 8_000] as const
export const defaultSilenceMs = 45_000

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
  const {signal, network = browserNetwork, silenceMs = defaultSilenceMs} = options
  const backoffMs = options.backoffMs ?? defaultBackoffMs
  let failedAttempts = 0

  for (;;) {
    const attempt = new AbortController()
    const onAbort = (): void => attempt.abort(signal.reason)
    signal.addEventListener('abort', onAbort)
    let timer: ReturnType<typeof setTimeout> | undefined
    const waits = (isWaiting: boolean): void => {
      clearTimeout(timer)
      if (isWaiting) timer = setTimeout(() => attempt.abort(new DOMException('', 'TimeoutError')), silenceMs)
    }
    try {
      signal.throwIfAborted()
      waits(true)
      const response = await openResponse(cursor, options, attempt.signal)
      waits(false)
      if (response.status === 204) {
        // Past the terminal event, which this tab never received: another reader must have.
        yield {type: 'broke-off', cause: 'gone'}
        return
      }
      yield {type: 'connection', status: 'open'}
      for await (const frame of framesOf(response.body!, {signal: attempt.signal, waits})) {
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
    } finally {
      waits(false)
      signal.removeEventListener('abort', onAbort)
      // Closes the connection, whatever is left of it.
      attempt.abort()
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

async function openResponse(
  {request, answerId, after}: Cursor,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<Response> {
  const accept = 'text/event-stream'
  const response =
    answerId === null
      ? await send(options, '/api/answers', {
          method: 'POST',
          signal,
          headers: {...jsonHeaders, accept, 'idempotency-key': request!.idempotencyKey},
          // The key is in the header.
          body: jsonOf({...request, resumable: true, idempotencyKey: null}),
        })
      : await send(options, pathOf(answerId, `/events?after=${after}`), {
          signal,
          headers: {accept, 'last-event-id': `${answerId}:${after}`},
        })
  if (response.status === 204) return response
  const isStream = response.headers.get('content-type')?.includes(accept) ?? false
  if (!response.ok || !isStream || response.body === null) throw await refusalOf(response)
  return response
}

function parseFrame(
  id: string | undefined,
  type: string | undefined,
  data: string,
): {answerId: string; seq: number; event: AnswerEvent} | null {
  const [, answerId, seq] = /^(.+):(\d{1,15})$/.exec(id ?? '') ?? []
  if (answerId === undefined || type === undefined) return null
  try {
    return {answerId, seq: Number(seq), event: {...JSON.parse(data), type} as AnswerEvent}
  } catch {
    return null
  }
}
