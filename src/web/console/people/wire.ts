import type {Member} from '../wire.ts'

/** What the routes of people and of the audit log send. */

export type Role = Member['role']

export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly status: 'invited' | 'active' | 'off'
  /** Milliseconds since the epoch, as all times here. */
  readonly invitedAt: number
  readonly invitedBy: string
  readonly invitationEndsAt: number | null
  readonly joinedAt: number | null
  readonly offAt: number | null
}

export interface Invited {
  readonly person: Person
  readonly invitation: {readonly url: string; readonly endsAt: number}
}

export interface AuditLine {
  readonly line: number
  readonly at: number
  readonly who: string
  readonly name: string
  readonly role: Role | null
  readonly what: string
  readonly which: string | null
  readonly details: Readonly<Record<string, string | number | boolean>> | null
  readonly address: string | null
}

export interface AuditPage {
  readonly items: readonly AuditLine[]
  readonly nextCursor: string | null
}
