import {setImmediate as nextTurn} from 'node:timers/promises'
import type {Request, Router} from 'express'
import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import {boundedText} from '../../lib/bounded-text.ts'
import {quotableBlocksIn} from '../../markdown/index.ts'
import {
  type FindPlace,
  isGiven,
  maxVerifiedText,
  type Place,
  questionKey,
  type VerifiedAnswer,
  type VerifiedAnswers,
  type VerifiedDraft,
  verifiedStates,
} from '../../verified/index.ts'
import {requireJson} from '../guards/require-json.ts'
import {identifier, languageTag, parsed, parsedQuery, questionText} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'

export interface VerifiedRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly verified: VerifiedAnswers
  readonly placeOf: FindPlace
}

const draftBody = z.object({
  question: questionText,
  text: boundedText(maxVerifiedText),
  url: z.string().min(1).max(2_000),
  anchor: z.string().max(500).default(''),
  lang: languageTag.nullish(),
  version: z.string().min(1).max(100).nullish(),
})

const proposalBody = draftBody.extend({answerRef: identifier.nullish()})
const revisionBody = z.object({revision: z.number().int().min(1)})
const changeBody = draftBody.extend(revisionBody.shape)
const listQuery = z.object({
  state: z
    .enum([...verifiedStates, 'resting'], 'must be proposed, published, resting or withdrawn')
    .optional(),
  q: z.string().max(1_000).optional(),
})

/** How many places are looked up before other work on this thread has its turn. */
const placesPerTurn = 10

/** Adds verified answers, below `/api/admin`: support proposes them, docs staff publish them. */
export function addVerifiedRoutes(
  router: Router,
  {staff, auditor, verified, placeOf}: VerifiedRoutesDeps,
): void {
  router.get('/verified', staff.allow('docs', 'support'), async (request, response) => {
    const {state, q} = parsedQuery(listQuery, request.query)
    const words = q?.trim().toLowerCase() ?? ''
    const items = []
    let count = 0
    for (const item of await verified.list()) {
      if (words !== '' && !`${item.question}\n${item.excerpt}`.toLowerCase().includes(words)) continue
      if (state !== undefined && item.state !== (state === 'resting' ? 'published' : state)) continue
      if (++count % placesPerTurn === 0) await nextTurn()
      const shown = withRest(item, placeOf)
      if (state === 'published' || state === 'resting') {
        if (shown.isResting !== (state === 'resting')) continue
      }
      items.push(shown)
    }
    response.json({items})
  })

  router.post('/verified', staff.allow('docs', 'support'), async (request, response) => {
    requireJson(request)
    const {answerRef = null, ...given} = parsed(proposalBody, request.body)
    const {draft} = checked(given, placeOf)
    const member = memberOf(response)
    await auditor.before(request, member, 'verified_proposed', answerRef === null ? {} : {which: answerRef})
    const answer = await verified.propose(draft, {by: member.name, answerRef})
    response.status(201).location(`/api/admin/verified/${answer.id}`).json(withRest(answer, placeOf))
  })

  router.get('/verified/:id', staff.allow('docs', 'support'), async (request, response) => {
    response.json(withRest(await existing(request), placeOf))
  })

  router.put('/verified/:id', staff.allow('docs', 'support'), async (request, response) => {
    requireJson(request)
    const {revision, ...given} = parsed(changeBody, request.body)
    const {id, state} = await existing(request)
    const {draft, place} = checked(given, placeOf)
    const member = memberOf(response)
    if (state !== 'proposed' && member.role === 'support') {
      throw new DocentError(
        'forbidden',
        'Only docs staff change what is or was published: propose another one.',
      )
    }
    await auditor.before(request, member, 'verified_changed', {which: id})
    const answer = await verified.change(id, draft, {by: member.name, revision}, place.pageDigest)
    response.json(withRest(answer, placeOf))
  })

  router.post('/verified/:id/publish', staff.allow('docs'), async (request, response) => {
    requireJson(request)
    const {revision} = parsed(revisionBody, request.body)
    const {id, url, anchor} = await existing(request)
    const place = placeOf({url, anchor})
    if (place === null) throw noPlace()
    const member = memberOf(response)
    await auditor.before(request, member, 'verified_published', {which: id})
    const {answer, replaced} = await verified.publish(id, {by: member.name, revision}, place.pageDigest)
    response.json({...withRest(answer, placeOf), replaced})
  })

  router.post('/verified/:id/withdraw', staff.allow('docs'), async (request, response) => {
    requireJson(request)
    const {revision} = parsed(revisionBody, request.body)
    const {id} = await existing(request)
    const member = memberOf(response)
    await auditor.before(request, member, 'verified_withdrawn', {which: id})
    response.json(withRest(await verified.withdraw(id, {by: member.name, revision}), placeOf))
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

/** With whether it rests, and where it rests now. */
function withRest<T extends Omit<VerifiedAnswer, 'text'>>(answer: T, placeOf: FindPlace) {
  const place = placeOf(answer)
  const {pageDigest: _, ...shown} = answer
  return {
    ...shown,
    isResting: answer.state === 'published' && !isGiven(answer, place),
    section: place?.section ?? null,
  }
}

/** @throws DocentError `invalid_request`. */
function checked(
  given: z.infer<typeof draftBody>,
  placeOf: FindPlace,
): {readonly draft: VerifiedDraft; readonly place: Place} {
  const {question, text, anchor, version = null} = given
  const [url = ''] = given.url.split('#')
  const fragment = anchor.replace(/^#/, '') || given.url.slice(url.length + 1)
  if (quotableBlocksIn(text).length === 0) {
    throw new DocentError('invalid_request', 'text: must have words that can be given as an answer')
  }
  const place = placeOf({url, anchor: fragment})
  if (place === null) throw noPlace()
  const {lang = place.section.lang} = given
  if (questionKey(question, lang) === '') {
    throw new DocentError('invalid_request', 'question: must have words')
  }
  const draft = {question: question.trim(), text, url, anchor: fragment, lang, version}
  return {draft, place}
}

function noPlace(): DocentError {
  return new DocentError(
    'invalid_request',
    'url: the docs have no such section now. Name the page, and the section, that the answer rests on.',
  )
}
