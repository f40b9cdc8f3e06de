import type {Request, Router} from 'express'
import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import {
  checkedDraft,
  existingPlace,
  type FindPlace,
  listedStates,
  listedVerified,
  shownVerified,
  type VerifiedAnswer,
  type VerifiedAnswers,
  verifiedDraftSchema,
} from '../../verified/index.ts'
import {requireJson} from '../guards/require-json.ts'
import {identifier, parsedBody, parsedQuery} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'

export interface VerifiedRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly verified: VerifiedAnswers
  readonly placeOf: FindPlace
}

export const verifiedProposal = verifiedDraftSchema.extend({answerRef: identifier.nullish()})
export const verifiedRevision = z.object({revision: z.number().int().min(1)})
export const verifiedChange = verifiedDraftSchema.extend(verifiedRevision.shape)
export const verifiedQuery = z.object({
  state: z
    .enum(listedStates, 'must be proposed, published, resting or withdrawn')
    .optional()
    .describe('`resting` for published ones whose page has changed.'),
  q: z.string().max(1_000).optional().describe('Words in the question or the beginning of the text.'),
})

/** Adds verified answers, below `/api/admin`: support proposes them, docs staff publish them. */
export function addVerifiedRoutes(
  router: Router,
  {staff, auditor, verified, placeOf}: VerifiedRoutesDeps,
): void {
  router.get('/verified', staff.allow('docs', 'support'), async (request, response) => {
    const filter = parsedQuery(verifiedQuery, request.query)
    response.json({items: await listedVerified(await verified.list(), filter, placeOf)})
  })

  router.post('/verified', staff.allow('docs', 'support'), async (request, response) => {
    requireJson(request)
    const {answerRef = null, ...given} = parsedBody(verifiedProposal, request.body)
    const {draft} = checkedDraft(given, placeOf, request.host)
    const member = memberOf(response)
    await auditor.before(request, member, 'verified_proposed', answerRef === null ? {} : {which: answerRef})
    const answer = await verified.propose(draft, {by: member.name, answerRef})
    response.status(201).location(`/api/admin/verified/${answer.id}`).json(shownVerified(answer, placeOf))
  })

  router.get('/verified/:id', staff.allow('docs', 'support'), async (request, response) => {
    response.json(shownVerified(await existing(request), placeOf))
  })

  router.put('/verified/:id', staff.allow('docs', 'support'), async (request, response) => {
    requireJson(request)
    const {revision, ...given} = parsedBody(verifiedChange, request.body)
    const {id, state} = await existing(request)
    const {draft, place} = checkedDraft(given, placeOf, request.host)
    const member = memberOf(response)
    if (state !== 'proposed' && member.role === 'support') {
      throw new DocentError(
        'forbidden',
        'Only docs staff change what is or was published: propose another one.',
      )
    }
    await auditor.before(request, member, 'verified_changed', {which: id})
    const answer = await verified.change(id, draft, {by: member.name, revision}, place.pageDigest)
    response.json(shownVerified(answer, placeOf))
  })

  router.post('/verified/:id/publish', staff.allow('docs'), async (request, response) => {
    requireJson(request)
    const {revision} = parsedBody(verifiedRevision, request.body)
    const {id, url, anchor} = await existing(request)
    const place = existingPlace({url, anchor}, placeOf)
    const member = memberOf(response)
    await auditor.before(request, member, 'verified_published', {which: id})
    const {answer, replaced} = await verified.publish(id, {by: member.name, revision}, place.pageDigest)
    response.json({...shownVerified(answer, placeOf), replaced})
  })

  router.post('/verified/:id/withdraw', staff.allow('docs'), async (request, response) => {
    requireJson(request)
    const {revision} = parsedBody(verifiedRevision, request.body)
    const {id} = await existing(request)
    const member = memberOf(response)
    await auditor.before(request, member, 'verified_withdrawn', {which: id})
    response.json(shownVerified(await verified.withdraw(id, {by: member.name, revision}), placeOf))
  })

  router.delete('/verified/:id', staff.allow('docs'), async (request, response) => {
    const {id} = await existing(request)
    await auditor.before(request, memberOf(response), 'verified_deleted', {which: id})
    await verified.delete(id)
    response.status(204).end()
  })

  async function existing(request: Request): Promise<VerifiedAnswer> {
    const answer = await verified.get(String(request.params['id']))
    if (answer === null) throw new DocentError('not_found', 'There is no such verified answer.')
    return answer
  }
}
