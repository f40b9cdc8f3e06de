import type {Request, Response, Router} from 'express'
import {type AnswerSnapshot, answerJsonOf, canBeConversationKey, refOf} from '../../answers/index.ts'
import {DocentError, type Ending, type SequencedEvent} from '../../domain/index.ts'
import type {TranscriptStore} from '../../transcripts/index.ts'
import {statusOf} from '../error-response.ts'
import {requireJson} from '../guards/require-json.ts'
import {visitorOf} from '../limits/limits.ts'
import {askRequestOf, feedbackOf, measuredOf} from '../request-schemas.ts'
import {type AnswerStreamDeps, askAs, streamAnswer, wholeAnswer} from './answer-streams.ts'
import {endWithStreamHead, frameOf, resumePointOf} from './event-stream.ts'

export interface AnswerRoutesDeps extends AnswerStreamDeps {
  readonly transcripts: TranscriptStore
}

/** Adds the visitors' routes for answers: ask, resume, stop, fetch, rate, and delete a conversation. */
export function addAnswerRoutes(router: Router, deps: AnswerRoutesDeps): void {
  const {answering, transcripts, limits, metrics} = deps

  router.post('/api/answers', async (request, response) => {
    const form = responseFormat(request)
    requireJson(request)
    const {question, bufferMs, continueAnswerId} = askRequestOf(request.body)
    const asked = await askAs(request, response, {question, channel: 'http', continueAnswerId}, deps)
    if (asked === null) return
    const {answerId} = asked
    if (form === 'json') return await sendWhole(response, answerId)
    // A client that asks again with the same key after a lost connection says how far it has read.
    const after = resumePointOf(request, answerId, undefined) ?? 0
    if (after > 0 && (await isFullyRead(answerId, after))) return void response.status(204).end()
    await streamAnswer(response, answerId, {after, bufferMs, isAsker: true, encode: framesOf(answerId)}, deps)
  })

  router.get('/api/answers/:id/events', async (request, response) => {
    const snapshot = await snapshotOf(request.params.id)
    const after = resumePointOf(request, snapshot.answerId, request.query['after'])
    const bufferMs = bufferMsOf(request.query['bufferMs'])
    if (after === null) throw new DocentError('invalid_request', 'after: must be the number of an event')
    if (bufferMs === null) throw new DocentError('invalid_request', 'bufferMs: must be 0 to 10000')
    if (await isFullyRead(snapshot.answerId, after)) {
      // An EventSource stops reconnecting on this status.
      response.status(204).end()
      return
    }
    if (request.method === 'HEAD') return endWithStreamHead(response)
    if (!(await limits.openStream(visitorOf(request), response))) return
    const encode = framesOf(snapshot.answerId)
    await streamAnswer(response, snapshot.answerId, {after, bufferMs: bufferMs ?? null, encode}, deps)
  })

  router.get('/api/answers/:id', async (request, response) => {
    response.setHeader('cache-control', 'no-store')
    response.json(answerJsonOf(await snapshotOf(request.params.id)))
  })

  router.post('/api/answers/:id/stop', async (request, response) => {
    const {answerId} = await snapshotOf(request.params.id)
    const ending: Ending = await answering.stop(answerId)
    response.json({ending})
  })

  router.post('/api/answers/:id/feedback', async (request, response) => {
    requireJson(request)
    const {answerId} = await snapshotOf(request.params.id)
    const change = feedbackOf(request.body)
    const {feedback, isNewlyMissing} = await transcripts.setFeedback(answerId, change)
    if (change.rating != null) metrics.rated(change.rating)
    if (isNewlyMissing) metrics.missingInDocs()
    response.json({answerId, feedback})
  })

  router.post('/api/answers/:id/timings', async (request, response) => {
    requireJson(request)
    const {answerId, sources} = await snapshotOf(request.params.id)
    const {firstUsefulMs, opened} = measuredOf(request.body)
    if (opened !== undefined && !sources.some(({n}) => n === opened))
      throw new DocentError('invalid_request', 'opened: must be the number of a source of this answer')
    if (firstUsefulMs !== undefined) await transcripts.setFirstUseful(answerId, firstUsefulMs)
    if (opened !== undefined && (await transcripts.noteOpened(answerId, opened))) metrics.sourceOpened()
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

  /** Rejects with DocentError `not_found`, both for an unknown id and for text that is not an id. */
  async function snapshotOf(answerId: string): Promise<AnswerSnapshot> {
    const snapshot = /^[\w-]{1,64}$/.test(answerId) ? await answering.snapshot(answerId) : null
    if (snapshot === null) throw new DocentError('not_found', 'There is no such answer.')
    return snapshot
  }

  async function isFullyRead(answerId: string, after: number): Promise<boolean> {
    if (((await answering.snapshot(answerId))?.ending ?? null) === null) return false
    const signal = new AbortController().signal
    for await (const _ of answering.events(answerId, {after, signal})) return false
    return true
  }

  async function sendWhole(response: Response, answerId: string): Promise<void> {
    const whole = await wholeAnswer(response, answerId, deps)
    if (whole === null) return
    const {snapshot, conversationId} = whole
    response.setHeader('cache-control', 'no-store')
    // The body is the answer in either case; the status tells clients that check nothing else that it failed.
    response
      .status(snapshot.error === null ? 200 : statusOf[snapshot.error.code])
      .json({...answerJsonOf(snapshot), conversationId})
  }
}

const framesOf = (answerId: string) => (sequenced: SequencedEvent) => frameOf(answerId, sequenced)

function responseFormat(request: Request): 'stream' | 'json' {
  switch (request.accepts(['text/event-stream', 'application/json'])) {
    case 'text/event-stream':
      return 'stream'
    case 'application/json':
      return 'json'
    default:
      throw new DocentError('invalid_request', 'Accept must allow text/event-stream or application/json.')
  }
}

/** Undefined if it is missing; null if it is not a number in range. */
function bufferMsOf(value: unknown): number | undefined | null {
  if (value === undefined || value === '') return undefined
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  return number >= 0 && number <= 10_000 ? number : null
}
