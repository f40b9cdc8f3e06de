import type {Router} from 'express'
import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import {endWithStreamHead, openEventStream, resumePointOf} from '../answers/event-stream.ts'
import {parsedBody} from '../request-schemas.ts'
import type {Auditor} from '../staff/auditor.ts'
import {memberOf} from '../staff/member.ts'
import type {Staff} from '../staff/staff.ts'
import type {Reindexing} from './reindexing.ts'

export interface ReindexRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly reindexing: Reindexing
  readonly heartbeatMs: number
  readonly slowReaderTimeoutMs: number
}

export const reindexBody = z.object({full: z.boolean().default(false), force: z.boolean().default(false)})

/** Adds what starts, shows, follows and cancels a reindex. */
export function addReindexRoutes(router: Router, deps: ReindexRoutesDeps): void {
  const {staff, auditor, reindexing, heartbeatMs, slowReaderTimeoutMs} = deps

  router.get('/reindex', staff.allow('docs'), async (_request, response) => {
    response.json({jobs: await reindexing.list()})
  })
  router.post('/reindex', staff.allow('docs'), async (request, response) => {
    const {full, force} = parsedBody(reindexBody, request.body ?? {})
    const options = {full, force}
    const member = memberOf(response)
    const id = await reindexing.start(options, {by: 'staff', name: member.name})
    await auditor.note(request, member, 'reindex_started', {which: id, details: options})
    const events = `/api/admin/reindex/${id}/events`
    response.status(202).location(events).json({id, events})
  })
  router.post('/reindex/:id/cancel', staff.allow('docs'), async (request, response) => {
    const id = String(request.params['id'])
    await reindexing.cancel(id)
    await auditor.note(request, memberOf(response), 'reindex_cancelled', {which: id})
    response.json({id})
  })
  router.get('/reindex/:id/events', staff.allow('docs'), async (request, response) => {
    const id = String(request.params['id'])
    if (!(await reindexing.isKnown(id))) throw new DocentError('not_found', 'There is no such reindex.')
    const after = resumePointOf(request, id, request.query['after'])
    if (after === null) throw new DocentError('invalid_request', 'after: must be the number of an event')
    if (request.method === 'HEAD') return endWithStreamHead(response)
    const stream = openEventStream(response, {heartbeatMs, slowReaderTimeoutMs})
    staff.endWhenRefused(request, response, 'docs')
    for await (const {seq, event} of reindexing.events(id, {after, signal: stream.signal})) {
      const {type, ...data} = event
      await stream.send(`id: ${id}:${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
    }
    stream.end()
  })
}
