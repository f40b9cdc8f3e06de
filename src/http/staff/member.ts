import type {Response} from 'express'
import {type Actor, type Person, permissionsOf, type Role} from '../../staff/index.ts'

/** Who sent a request of staff. */
export interface StaffMember extends Actor {
  readonly role: Role
  /** Null for a shared token and for a one-time link, which are nobody's own. */
  readonly personId: string | null
}

export function personMember({id, name, role}: Person): StaffMember {
  return {who: id, name, role, personId: id}
}

/** Whoever has the shared token of a role. */
export function sharedMember(role: Role): StaffMember {
  return {who: `shared:${role}`, name: `${role} (shared token)`, role, personId: null}
}

/** Whoever opened the one-time link that was printed at start. */
export const linkMember: StaffMember = {
  who: 'link',
  name: 'this machine (one-time link)',
  role: 'admin',
  personId: null,
}

/** Whether what this member takes out of Docent is redacted: that it is not, is for some alone to ask. */
export function isRedactedFor({role}: StaffMember, isAsked: boolean): boolean {
  return isAsked || !permissionsOf(role).includes('export_unredacted')
}

/** For the log of failed sign-ins. */
export const unknownActor: Actor = {who: 'unknown', name: 'unknown', role: null}

/** The member that `staff.allow` let pass. */
export function memberOf(response: Response): StaffMember {
  return response.locals['staffMember'] as StaffMember
}

export function setMember(response: Response, member: StaffMember): void {
  response.locals['staffMember'] = member
}
