import type {Router} from 'express'
import {z} from 'zod'
import {DocentError, type ModelPrices} from '../../domain/index.ts'
import {replayPageOf, type TranscriptStore} from '../../transcripts/index.ts'
import {withCost} from '../costs.ts'
import {flag, parsedQuery} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import {isRedactedFor, memberOf} from './member.ts'
import type {Staff} from './staff.ts'

export interface ReplayRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly transcripts: Pick<TranscriptStore, 'get'>
  readonly prices: ModelPrices
}

const replayQuery = z.object({redacted: flag.default(false)})

/** Adds an answer as a file that plays it without the server, below `/api/admin`. */
export function addReplayRoutes(
  router: Router,
  {staff, auditor, transcripts, prices}: ReplayRoutesDeps,
): void {
  router.get('/transcripts/:answerId/replay.html', staff.allow('support'), async (request, response) => {
    const query = parsedQuery(replayQuery, request.query)
    const member = memberOf(response)
    const isRedacted = isRedactedFor(member, query.redacted)
    const transcript = await transcripts.get(String(request.params['answerId']), {redacted: isRedacted})
    if (transcript === null) throw new DocentError('not_found', 'There is no such transcript.')
    if (transcript.ending === null) {
      throw new DocentError('conflict', 'This answer is still being written: export it when it has ended.')
    }
    await auditor.before(request, member, 'transcripts_exported', {
      which: transcript.ref,
      details: {format: 'html', redacted: isRedacted},
    })
    const page = await replayPageOf({
      transcript: withCost(transcript, prices),
      docsBase: `${request.protocol}://${request.host}/docs/`,
      isRedacted,
    })
    // A file to keep: opened at this address, its script would be one of this server's pages.
    response.setHeader('content-disposition', `attachment; filename="answer-${transcript.ref}.html"`)
    response.setHeader('cache-control', 'no-store')
    response.type('html').send(page)
  })
}
