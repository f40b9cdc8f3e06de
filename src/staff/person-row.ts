import {randomBytes} from 'node:crypto'
import {digestOf} from '../lib/secrets.ts'
import {isLikeId} from './reserved-names.ts'
import type {Role} from './role.ts'
import {type Invitation, invitationMs, type Person} from './staff-store.ts'

/** The columns of a person that the databases have alike. */
export interface PersonRow {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly invited_at: number
  readonly invited_by: string
  readonly invitation_ends_at: number | null
  readonly token: Buffer | null
  readonly joined_at: number | null
  readonly off_at: number | null
}

export function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    status: row.off_at !== null ? 'off' : row.token === null ? 'invited' : 'active',
    invitedAt: row.invited_at,
    invitedBy: row.invited_by,
    invitationEndsAt: row.invitation_ends_at,
    joinedAt: row.joined_at,
    offAt: row.off_at,
  }
}

/** 72 random bits, in a form that no name may have, and that no command takes for an option. */
export function newPersonId(): string {
  for (;;) {
    const id = randomBytes(9).toString('base64url')
    if (isLikeId(id) && !id.startsWith('-')) return id
  }
}

/** 256 random bits; the beginning says to people and to scanners of secrets what it is. */
export function newSecret(): string {
  return `docent_${randomBytes(32).toString('base64url')}`
}

/** An invitation that is made `at` a time, in milliseconds since the epoch, with the digest that is stored of it. */
export function newInvitation(at: number): {readonly invitation: Invitation; readonly digest: Buffer} {
  const secret = newSecret()
  return {invitation: {secret, endsAt: at + invitationMs}, digest: digestOf(secret)}
}
