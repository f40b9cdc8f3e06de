import type {Request, Response} from 'express'
import type {Answering, AskResult} from '../../answering/index.ts'
import {type AnswerSnapshot, refOf} from '../../answers/index.ts'
import {
  type AnswerEvent,
  type Channel,
  DocentError,
  type Question,
  type SequencedEvent,
} from '../../domain/index.ts'
import {clientLeft} from '../client-left.ts'
import {type Limits, visitorOf} from '../limits/limits.ts'
import type {VisitorKeys} from '../limits/visitor-keys.ts'
import type {Log} from '../log.ts'
import type {Metrics} from '../metrics.ts'
import {idempotencyKeyOf} from '../request-schemas.ts'
import {openEventStream} from './event-stream.ts'

/** What every way to ask over HTTP has in common: the same runs, the same limits, the same log. */
export interface AnswerStreamDeps {
  readonly answering: Answering
  readonly limits: Limits
  readonly visitorKeys: VisitorKeys
  readonly metrics: Metrics
  readonly log: Log
  readonly heartbeatMs: number
  readonly slowReaderTimeoutMs: number
  /** Default buffering of deltas, in milliseconds, if the request does not set it. */
  readonly bufferMs: number
}

export interface AskedQuestion {
  readonly question: Question
  readonly channel: Channel
  readonly continueAnswerId?: string | null
  /** As in `AskOptions`. */
  readonly chat?: string | null
  /**
   * As in `AskOptions`. Then the question costs nothing, so it leaves the budget of the day alone; and it joins no other
   * answer, which a model might write.
   */
  readonly extractsOnly?: boolean
}

/**
 * Begins the answer to a visitor's question, or joins the one of its `Idempotency-Key`, within all limits. The response
 * counts as an open stream until it closes.
 * @returns null if the visitor has left meanwhile; then nothing has begun.
 * @throws DocentError as `Answering.ask`, and `rate_limited`.
 */
export async function askAs(
  request: Request,
  response: Response,
  {question, channel, continueAnswerId = null, chat = null, extractsOnly = false}: AskedQuestion,
  {answering, limits, visitorKeys}: AnswerStreamDeps,
): Promise<AskResult | null> {
  const visitor = visitorOf(request)
  const idempotencyKey = extractsOnly
    ? null
    : visitorKeys.keyOf(visitor, idempotencyKeyOf(request.get('idempotency-key')))
  if (!(await limits.openStream(visitor, response))) return null
  return answering.ask(question, {
    channel,
    idempotencyKey,
    visitor: visitorKeys.hashOf(visitor),
    continueAnswerId,
    chat,
    extractsOnly,
    admit: () => limits.admitAnswer(visitor, response, {mayCallModel: !extractsOnly}),
  })
}

export interface StreamAnswerOptions {
  /** Only events with a greater `seq`; default 0, all. */
  readonly after?: number
  /** Default: that of the server. */
  readonly bufferMs?: number | null
  /** As in `ReadOptions`. */
  readonly isAsker?: boolean
  /** As in `EventStreamOptions`. */
  readonly retryMs?: number | null
  /** An event as one or more frames; empty for none. */
  readonly encode: (event: SequencedEvent) => string
  /** Called when the terminal event and all before it have left this process, to a reader that was still there. */
  readonly onDelivered?: () => void
}

/** Sends an answer's events until the terminal one, or until the reader leaves. */
export async function streamAnswer(
  response: Response,
  answerId: string,
  {after = 0, bufferMs, isAsker = false, retryMs, encode, onDelivered}: StreamAnswerOptions,
  deps: AnswerStreamDeps,
): Promise<void> {
  const {answering, metrics, log, heartbeatMs, slowReaderTimeoutMs} = deps
  const closeMetrics = metrics.streamOpened('sse')
  const stream = openEventStream(response, {
    heartbeatMs,
    slowReaderTimeoutMs,
    ...(retryMs === undefined ? {} : {retryMs}),
    onSlowReader: () => {
      metrics.readerDropped()
      log.warn({ref: refOf(answerId)}, 'a slow reader was dropped')
    },
  })
  if (onDelivered !== undefined) response.once('finish', onDelivered)
  try {
    const options = {after, signal: stream.signal, bufferMs: bufferMs ?? deps.bufferMs, isAsker}
    await answering.deliver(answerId, options, (sequenced) => {
      metrics.eventSent(sequenced.event.type)
      return stream.send(encode(sequenced))
    })
    stream.end()
  } catch (error) {
    if (stream.signal.aborted) return
    // Destroyed, not ended: the reader must not mistake this for the end of the answer. It can resume.
    log.warn({ref: refOf(answerId), err: error}, 'a stream broke off')
    response.destroy()
  } finally {
    closeMetrics()
  }
}

/** An answer that has ended, for clients that want it in one piece. */
export interface WholeAnswer {
  readonly snapshot: AnswerSnapshot
  /** The key of its conversation, for the asker. */
  readonly conversationId: string | null
}

/**
 * Waits for the end of an answer as a reader, so that the work ends if the client leaves.
 * @param onEvent for what the answer itself does not keep, as reasoning.
 * @returns null if the client has left.
 * @throws DocentError `not_found` for an answer that was deleted meanwhile.
 */
export async function wholeAnswer(
  response: Response,
  answerId: string,
  {answering}: Pick<AnswerStreamDeps, 'answering'>,
  onEvent: (event: AnswerEvent) => void = () => {},
): Promise<WholeAnswer | null> {
  const signal = clientLeft(response)
  let conversationId: string | null = null
  try {
    for await (const {event} of answering.events(answerId, {signal, isAsker: true})) {
      if (event.type === 'start') ({conversationId} = event)
      onEvent(event)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  if (signal.aborted) return null
  const snapshot = await answering.snapshot(answerId)
  if (snapshot === null) throw new DocentError('not_found', 'The answer was deleted meanwhile.')
  return {snapshot, conversationId}
}
