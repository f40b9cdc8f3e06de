import type {Request, Response, Router} from 'express'
import type {Answering} from '../answering/index.ts'
import {type AnswerSnapshot, answerJsonOf, canBeConversationKey, refOf} from '../answers/index.ts'
import {DocentError, type Ending} from '../domain/index.ts'
import type {TranscriptStore} from '../transcripts/index.ts'
import {statusOf} from './error-response.ts'
import {endWithStreamHead, frameOf, openEventStream, resumePointOf} from './event-stream.ts'
import {requireJson} from './guards/require-json.ts'
import {type Limits, visitorOf} from './limits/limits.ts'
import type {KeyOfVisitor} from './limits/visitor-keys.ts'
import type {Log} from './log.ts'
import type {Metrics} from './metrics.ts'
import {askRequestOf, feedbackOf, idempotencyKeyOf, timingsOf} from './request-schemas.ts'

export interface AnswerRoutesDeps {
  readonly answering: Answering
  readonly transcripts: TranscriptStore
  readonly limits: Limits
  readonly keyOfVisitor: KeyOfVisitor
  readonly metrics: Metrics
  readonly log: Log
  readonly heartbeatMs: number
  readonly slowReaderTimeoutMs: number
  /** How long deltas are gathered where the request does not say. */
  readonly bufferMs: number
}

/** Adds the visitors' answers to a router: ask, read on, stop, fetch, rate, and forget a conversation. */
export function addAnswerRoutes(router: Router, deps: AnswerRoutesDeps): void {
  const {answering, transcripts, limits, keyOfVisitor} = deps

  router.post('/api/answers', async (request, response) => {
    const form = wantedForm(request)
    requireJson(request)
    const {question, bufferMs, continueAnswerId} = askRequestOf(request.body)
    const visitor = visitorOf(request)
    const idempotencyKey = keyOfVisitor(visitor, idempotencyKeyOf(request.get('idempotency-key')))
    if (!(await limits.openStream(visitor, response))) return

    const admit = () => limits.admitAnswer(visitor, response)
    const options = {channel: 'http', idempotencyKey, continueAnswerId, admit}
    const {answerId} = await answering.ask(question, options)
    if (form === 'json') return await sendWhole(response, answerId)
    // Who asks again after a cut, with the key of before, says by it how far the answer was read.
    const after = resumePointOf(request, answerId, undefined) ?? 0
    if (after > 0 && (await isReadToItsEnd(answerId, after))) return void response.status(204).end()
    await streamAnswer(response, answerId, {after, bufferMs: bufferMs ?? deps.bufferMs, isAsker: true}, deps)
  })

  router.get('/api/answers/:id/events', async (request, response) => {
    const snapshot = await known(request.params.id)
    const after = resumePointOf(request, snapshot.answerId, request.query['after'])
    const bufferMs = bufferMsOf(request.query['bufferMs'])
    if (after === null) throw new DocentError('invalid_request', 'after: must be the number of an event')
    if (bufferMs === null) throw new DocentError('invalid_request', 'bufferMs: must be 0 to 10000')
    if (await isReadToItsEnd(snapshot.answerId, after)) {
      // An EventSource takes this as the word to stop reconnecting.
      response.status(204).end()
      return
    }
    if (request.method === 'HEAD') return endWithStreamHead(response)
    if (!(await limits.openStream(visitorOf(request), response))) return
    await streamAnswer(response, snapshot.answerId, {after, bufferMs: bufferMs ?? deps.bufferMs}, deps)
  })

  router.get('/api/answers/:id', async (request, response) => {
    response.setHeader('cache-control', 'no-store')
    response.json(answerJsonOf(await known(request.params.id)))
  })

  router.post('/api/answers/:id/stop', async (request, response) => {
    const {answerId} = await known(request.params.id)
    const ending: Ending = await answering.stop(answerId)
    response.json({ending})
  })

  router.post('/api/answers/:id/feedback', async (request, response) => {
    requireJson(request)
    const {answerId} = await known(request.params.id)
    const feedback = await transcripts.setFeedback(answerId, feedbackOf(request.body))
    response.json({answerId, feedback})
  })

  router.post('/api/answers/:id/timings', async (request, response) => {
    requireJson(request)
    const {answerId} = await known(request.params.id)
    await transcripts.setFirstUseful(answerId, timingsOf(request.body).firstUsefulMs)
    response.status(204).end()
  })

  router.delete('/api/conversations/:id', async (request, response) => {
    const {id} = request.params
    if (!canBeConversationKey(id)) return void response.json({deleted: 0})
    const conversation = refOf(id)
    await answering.forget({conversation})
    const deleted = await transcripts.deleteConversation(conversation)
    if (transcripts.isErased) response.json({deleted})
    else response.status(202).json({deleted, erased: false})
  })

  /** Rejects with DocentError `not_found`, the same for what never was and for what is no id at all. */
  async function known(answerId: string): Promise<AnswerSnapshot> {
    const snapshot = /^[\w-]{1,64}$/.test(answerId) ? await answering.snapshot(answerId) : null
    if (snapshot === null) throw new DocentError('not_found', 'There is no such answer.')
    return snapshot
  }

  async function isReadToItsEnd(answerId: string, after: number): Promise<boolean> {
    if (((await answering.snapshot(answerId))?.ending ?? null) === null) return false
    const signal = new AbortController().signal
    for await (const _ of answering.events(answerId, {after, signal})) return false
    return true
  }

  /** Waits for the end as any reader does, so that a client that hangs up ends the work. */
  async function sendWhole(response: Response, answerId: string): Promise<void> {
    const reader = new AbortController()
    response.once('close', () => reader.abort())
    // 'close' does not come again for a client that left while the question was being asked.
    if (response.destroyed) reader.abort()
    let conversationId: string | null = null
    try {
      const options = {signal: reader.signal, isAsker: true}
      for await (const {event} of answering.events(answerId, options)) {
        if (event.type === 'start') ({conversationId} = event)
      }
    } catch (error) {
      if (!reader.signal.aborted) throw error
    }
    if (reader.signal.aborted) return
    const snapshot = await answering.snapshot(answerId)
    if (snapshot === null) throw new DocentError('not_found', 'The answer was deleted meanwhile.')
    response.setHeader('cache-control', 'no-store')
    // The whole answer in either case; the status lets a client that looks no further know that it is not one.
    response
      .status(snapshot.error === null ? 200 : statusOf[snapshot.error.code])
      .json({...answerJsonOf(snapshot), conversationId})
  }
}

export interface StreamAnswerOptions {
  readonly after: number
  readonly bufferMs: number
  readonly isAsker?: boolean
}

/** Sends an answer's events until the terminal one, or until the reader leaves. */
async function streamAnswer(
  response: Response,
  answerId: string,
  {after, bufferMs, isAsker = false}: StreamAnswerOptions,
  {answering, metrics, log, heartbeatMs, slowReaderTimeoutMs}: AnswerRoutesDeps,
): Promise<void> {
  const closeMetrics = metrics.opened('sse')
  const stream = openEventStream(response, {
    heartbeatMs,
    slowReaderTimeoutMs,
    onSlowReader: () => {
      metrics.slowReader()
      log.warn({ref: refOf(answerId)}, 'a reader that takes nothing was dropped')
    },
  })
  try {
    await answering.deliver(answerId, {after, signal: stream.signal, bufferMs, isAsker}, (sequenced) => {
      metrics.sent(sequenced.event.type)
      return stream.send(frameOf(answerId, sequenced))
    })
    stream.end()
  } catch (error) {
    if (stream.signal.aborted) return
    // Cut, not ended: the reader must not take this for the end of the answer. It can resume.
    log.warn({ref: refOf(answerId), err: error}, 'a stream broke off')
    response.destroy()
  } finally {
    closeMetrics()
  }
}

function wantedForm(request: Request): 'stream' | 'json' {
  switch (request.accepts(['text/event-stream', 'application/json'])) {
    case 'text/event-stream':
      return 'stream'
    case 'application/json':
      return 'json'
    default:
      throw new DocentError('invalid_request', 'Accept must allow text/event-stream or application/json.')
  }
}

/** Undefined when it is not given; null when it is no number in range. */
function bufferMsOf(value: unknown): number | undefined | null {
  if (value === undefined) return undefined
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  return number >= 0 && number <= 10_000 ? number : null
}
