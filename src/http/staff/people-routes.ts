import type {Request, Response, Router} from 'express'
import {DocentError} from '../../domain/index.ts'
import {type Invited, type Person, permissionsOf, type StaffStore} from '../../staff/index.ts'
import {requireJson} from '../guards/require-json.ts'
import {publicBase} from '../public-base.ts'
import {parsedBody} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'
import {auditQueryOf, inviteRequestOf, roleOf, tokenBody} from './staff-schemas.ts'

export interface PeopleRoutesDeps {
  readonly staff: Staff
  readonly store: StaffStore
  readonly auditor: Auditor
  /** Where this server is reached; null: where the request was sent. */
  readonly publicUrl: string | null
}

/** Adds who is signed in, people with their invitations, and the audit log, below `/api/admin`. */
export function addPeopleRoutes(router: Router, {staff, store, auditor, publicUrl}: PeopleRoutesDeps): void {
  router.get('/me', staff.allow('docs', 'support'), (_request, response) => {
    const {name, role, personId} = memberOf(response)
    response.json({name, role, personId, permissions: permissionsOf(role)})
  })
  router.post('/me/token', staff.allow('docs', 'support'), async (request, response) => {
    const member = memberOf(response)
    if (member.personId === null) {
      throw new DocentError(
        'conflict',
        'This sign-in is nobody’s own: a shared token is changed in the settings of the server.',
      )
    }
    await auditor.before(request, member, 'token_changed', {which: member.personId})
    response.json({token: await staff.changeToken(request, member.personId)})
  })

  router.post('/invitations', async (request, response) => {
    requireJson(request)
    response.setHeader('cache-control', 'no-store')
    const joined = await staff.takeUp(request, response, parsedBody(tokenBody, request.body).token)
    if (joined === null) throw new DocentError('unauthorized', invalidInvitation)
    const {id, name, role} = joined.person
    response.json({token: joined.token, person: {id, name, role}})
  })

  router.get('/people', staff.allow(), async (_request, response) => {
    response.json({people: await store.people()})
  })
  router.post('/people', staff.allow(), async (request, response) => {
    requireJson(request)
    const {name, role} = inviteRequestOf(request.body)
    const member = memberOf(response)
    await auditor.before(request, member, 'person_invited', {details: {name, role}})
    sendInvited(response, publicBase(request, publicUrl), await store.invite({name, role, by: member.name}))
  })
  router.delete('/people/:id', staff.allow(), async (request, response) => {
    const {id, name} = await existing(request)
    await auditor.before(request, memberOf(response), 'person_removed', {which: id, details: {name}})
    await store.remove(id)
    response.status(204).end()
  })
  router.post('/people/:id/invitation', staff.allow(), async (request, response) => {
    const {id, name, role} = await existing(request)
    await auditor.before(request, memberOf(response), 'person_invited', {which: id, details: {name, role}})
    sendInvited(response, publicBase(request, publicUrl), await store.inviteAgain(id))
  })
  router.delete('/people/:id/invitation', staff.allow(), async (request, response) => {
    const {id, name} = await existing(request)
    await auditor.before(request, memberOf(response), 'invitation_withdrawn', {which: id, details: {name}})
    await store.withdrawInvitation(id)
    response.status(204).end()
  })
  router.put('/people/:id/role', staff.allow(), async (request, response) => {
    requireJson(request)
    const role = roleOf(request.body)
    const {id, name, role: before} = await existing(request)
    refuseSelf(response, id, 'change your own role')
    const details = {name, role, before}
    await auditor.before(request, memberOf(response), 'role_changed', {which: id, details})
    response.json({person: await store.setRole(id, role)})
  })
  router.post('/people/:id/end-sessions', staff.allow(), async (request, response) => {
    const {id, name} = await existing(request)
    await auditor.before(request, memberOf(response), 'sessions_ended', {which: id, details: {name}})
    response.json({person: await store.endSessions(id)})
  })
  router.post('/people/:id/switch-off', staff.allow(), async (request, response) => {
    const {id, name} = await existing(request)
    refuseSelf(response, id, 'switch yourself off')
    await auditor.before(request, memberOf(response), 'switched_off', {which: id, details: {name}})
    response.json({person: await store.switchOff(id)})
  })
  router.post('/people/:id/switch-on', staff.allow(), async (request, response) => {
    const {id, name, status} = await existing(request)
    if (status !== 'off') throw new DocentError('conflict', 'This person is not switched off.')
    await auditor.before(request, memberOf(response), 'switched_on', {which: id, details: {name}})
    sendInvited(response, publicBase(request, publicUrl), await store.inviteAgain(id))
  })

  router.get('/audit', staff.allow(), async (request, response) => {
    const {filter, page} = auditQueryOf(request.query)
    response.json(await store.audit(filter, page))
  })

  /** @throws DocentError `not_found`. */
  async function existing(request: Request): Promise<Person> {
    const person = await store.find(String(request.params['id']))
    if (person === null) throw new DocentError('not_found', 'There is no such person.')
    return person
  }
}

const invalidInvitation =
  'This invitation is not valid: it has been taken up or withdrawn, or it has ended. Ask for a new one.'

/** Where an invitation is taken up. */
function invitationPath(secret: string): string {
  return `/console/join?invitation=${secret}`
}

/** The only response that has the link. */
function sendInvited(response: Response, base: string, {person, invitation}: Invited): void {
  const path = invitationPath(invitation.secret)
  response.status(201).json({person, invitation: {url: `${base}${path}`, path, endsAt: invitation.endsAt}})
}

/** So there is always an admin left: whoever did it. @throws DocentError `conflict`. */
function refuseSelf(response: Response, id: string, what: string): void {
  if (memberOf(response).personId !== id) return
  throw new DocentError('conflict', `You cannot ${what}. Another admin can, or the command on the server.`)
}
