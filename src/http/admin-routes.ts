import {once} from 'node:events'
import express, {type Response, Router} from 'express'
import type {Answering} from '../answering/index.ts'
import {refOf} from '../answers/index.ts'
import {costOfAnswer, DocentError, type ModelPrices} from '../domain/index.ts'
import type {Transcript, TranscriptStore} from '../transcripts/index.ts'
import {csvHeader, csvRowOf, jsonLineOf} from '../transcripts/index.ts'
import {clientLeft} from './client-left.ts'
import {withCost, withCosts} from './costs.ts'
import {verifyDepth} from './guards/json-depth.ts'
import {ownPagesOnly} from './guards/origins.ts'
import {requireJson} from './guards/require-json.ts'
import {addReindexRoutes, type ReindexRoutesDeps} from './reindex/reindex-routes.ts'
import {
  analyticsRequestOf,
  exportRequestOf,
  identifier,
  parsedBody,
  reviewOf,
  transcriptQueryOf,
  valuesRequestOf,
} from './request-schemas.ts'
import {addBuildRoutes, type BuildRoutesDeps} from './staff/build-routes.ts'
import {addExplainRoutes, type ExplainSearch} from './staff/explain-routes.ts'
import {addGapRoutes, type GapRoutesDeps} from './staff/gap-routes.ts'
import {addGoldenRoutes, type GoldenRoutesDeps} from './staff/golden-routes.ts'
import {addHandoverRoutes, type HandoverRoutesDeps} from './staff/handover-routes.ts'
import {addMaterialRoutes} from './staff/material-routes.ts'
import {isRedactedFor, memberOf} from './staff/member.ts'
import {addPeopleRoutes, type PeopleRoutesDeps} from './staff/people-routes.ts'
import {addReplayRoutes} from './staff/replay-routes.ts'
import {tokenBody} from './staff/staff-schemas.ts'
import {addStorageRoutes, type StorageRoutesDeps} from './staff/storage-routes.ts'
import {addVerifiedRoutes, type VerifiedRoutesDeps} from './staff/verified-routes.ts'
import {type WebhookDeps, webhook} from './webhook.ts'

export interface AdminRoutesDeps
  extends WebhookDeps,
    PeopleRoutesDeps,
    VerifiedRoutesDeps,
    GoldenRoutesDeps,
    GapRoutesDeps,
    HandoverRoutesDeps,
    BuildRoutesDeps,
    ReindexRoutesDeps,
    StorageRoutesDeps {
  readonly answering: Pick<Answering, 'forget'>
  readonly transcripts: TranscriptStore
  readonly explain: ExplainSearch
  readonly prices: ModelPrices
}

/** The staff API: everything under `/api/admin`. */
export function createAdminRouter(deps: AdminRoutesDeps): Router {
  const {staff, auditor, answering, transcripts, gaps, prices} = deps
  const router = Router()
  router.use(ownPagesOnly)
  // Signed bodies are read as they were sent.
  router.use('/reindex', webhook(deps))
  router.use(express.json({limit: '256kb', verify: verifyDepth}))

  router.post('/session', async (request, response) => {
    requireJson(request)
    const {token} = parsedBody(tokenBody, request.body)
    const member = await staff.signIn(request, response, token)
    if (member === null) throw new DocentError('unauthorized', 'This token is not valid.')
    response.json({role: member.role, name: member.name})
  })
  router.get('/session', staff.allow('docs', 'support'), (_request, response) => {
    const {role, name} = memberOf(response)
    response.json({role, name})
  })
  router.delete('/session', async (request, response) => {
    await staff.signOut(request, response)
    response.status(204).end()
  })
  addPeopleRoutes(router, deps)
  addVerifiedRoutes(router, deps)
  addGoldenRoutes(router, deps)

  router.get('/transcripts', staff.allow('support'), async (request, response) => {
    const {filter, page} = transcriptQueryOf(request.query)
    await auditor.beforeList(request, memberOf(response), filter)
    response.json(await transcripts.list(filter, page))
  })
  router.get('/transcripts/values', staff.allow('support'), async (request, response) => {
    const {kind, limit} = valuesRequestOf(request.query)
    response.json({values: await transcripts.values(kind, limit)})
  })
  router.get('/transcripts/export', staff.allow('support'), async (request, response) => {
    const {filter, format, redacted: isAsked} = exportRequestOf(request.query)
    const member = memberOf(response)
    // What leaves Docent without redaction is for the admin to decide.
    const redacted = isRedactedFor(member, isAsked)
    await auditor.beforeExport(request, member, filter, {format, redacted})
    staff.endWhenRefused(request, response, 'support')
    const rows = await sendExport(response, transcripts.export(filter, {redacted}), format, prices)
    await auditor.note(request, member, 'export_ended', {details: {...rows, format, redacted}})
  })
  router.get('/transcripts/:answerId', staff.allow('support'), async (request, response) => {
    const transcript = await transcripts.get(String(request.params['answerId']))
    if (transcript === null) throw new DocentError('not_found', 'There is no such transcript.')
    const subject = {which: transcript.ref, details: {part: 'transcript'}}
    await auditor.before(request, memberOf(response), 'transcript_read', subject)
    // A transcript is read also while the gaps cannot be.
    const gap = gaps.reason === null ? await gaps.store.gapOf(transcript.ref).catch(() => null) : null
    response.json({...withCost(transcript, prices), gap})
  })
  addReplayRoutes(router, deps)
  addMaterialRoutes(router, deps)
  addHandoverRoutes(router, deps)
  router.put('/transcripts/:answerId/review', staff.allow('support'), async (request, response) => {
    requireJson(request)
    const answerId = String(request.params['answerId'])
    const {review, replaces} = reviewOf(request.body)
    const member = memberOf(response)
    const subject = {which: refOf(answerId), details: {verdict: review.verdict}}
    await auditor.before(request, member, 'transcript_reviewed', subject)
    await transcripts.setReview(answerId, {...review, by: member.name}, replaces)
    const transcript = await transcripts.get(answerId)
    response.json({answerId, review: transcript?.review ?? null})
  })
  router.delete('/transcripts/:answerId', staff.allow(), async (request, response) => {
    const answerId = String(request.params['answerId'])
    await auditor.before(request, memberOf(response), 'transcript_deleted', {which: refOf(answerId)})
    await answering.forget({answerId})
    if (!(await transcripts.delete(answerId))) {
      throw new DocentError('not_found', 'There is no such transcript.')
    }
    if (transcripts.isErased) response.status(204).end()
    else response.status(202).json({erased: false})
  })

  router.delete('/visitors/:visitor', staff.allow(), async (request, response) => {
    const visitor = String(request.params['visitor'])
    if (!identifier.safeParse(visitor).success) throw noVisitor()
    const member = memberOf(response)
    await auditor.before(request, member, 'visitor_deletion_began', {which: visitor})
    await answering.forget({visitor})
    const deleted = await transcripts.deleteVisitor(visitor)
    if (deleted === 0) throw noVisitor()
    await auditor.note(request, member, 'visitor_deleted', {which: visitor, details: {rows: deleted}})
    if (transcripts.isErased) response.json({deleted})
    else response.status(202).json({deleted, erased: false})
  })

  router.get('/analytics', staff.allow('support', 'docs'), async (request, response) => {
    const analytics = await transcripts.analytics(analyticsRequestOf(request.query, Date.now()))
    response.json(withCosts(analytics, prices))
  })

  addStorageRoutes(router, deps)
  addGapRoutes(router, deps)
  addBuildRoutes(router, deps)
  addReindexRoutes(router, deps)
  addExplainRoutes(router, staff, deps.explain)

  return router
}

const noVisitor = () => new DocentError('not_found', 'No answer has this visitor.')

/** Writes transcripts as they are read, with backpressure from the client. @returns how many, and whether they are all. */
async function sendExport(
  response: Response,
  all: AsyncIterable<Transcript>,
  format: 'jsonl' | 'csv',
  prices: ModelPrices,
): Promise<{readonly rows: number; readonly isWhole: boolean}> {
  const signal = clientLeft(response)
  response.setHeader('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
  response.setHeader('content-disposition', `attachment; filename="transcripts.${format}"`)
  response.setHeader('x-accel-buffering', 'no')
  if (format === 'csv') response.write(csvHeader)
  let rows = 0
  try {
    for await (const transcript of all) {
      const line =
        format === 'csv' ? csvRowOf(transcript, costOfAnswer(transcript, prices)) : jsonLineOf(transcript)
      // One turn of the event loop for each, so that a long export does not delay answers.
      rows++
      if (!response.write(line)) await once(response, 'drain', {signal})
      else await new Promise(setImmediate)
      if (signal.aborted) return {rows, isWhole: false}
    }
    response.end()
    return {rows, isWhole: true}
  } catch (error) {
    if (!signal.aborted) throw error
    return {rows, isWhole: false}
  }
}
