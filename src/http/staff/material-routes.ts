import type {Router} from 'express'
import {DocentError} from '../../domain/index.ts'
import type {KeptMaterial, TranscriptStore} from '../../transcripts/index.ts'
import type {Auditor} from './auditor.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'

export interface MaterialRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly transcripts: Pick<TranscriptStore, 'material'>
}

/** Adds what an answer was made of, below `/api/admin`. */
export function addMaterialRoutes(router: Router, {staff, auditor, transcripts}: MaterialRoutesDeps): void {
  router.get('/transcripts/:answerId/prompt', staff.allow('support'), async (request, response) => {
    const {ref, requests} = await materialOf(String(request.params['answerId']))
    await auditor.before(request, memberOf(response), 'transcript_read', {which: ref})
    // As it was put together where it was read: it may be long.
    response.type('json').send(`{"requests":${requests}}`)
  })

  async function materialOf(answerId: string): Promise<KeptMaterial> {
    const material = await transcripts.material(answerId)
    if (material === null) throw new DocentError('not_found', 'There is no such transcript.')
    return material
  }
}
