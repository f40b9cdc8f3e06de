import type {AuditEntry, AuditFilter, AuditPage} from './audit.ts'
import type {HandoverStore} from './handover.ts'
import type {Role} from './role.ts'

/** Somebody on the staff with a sign-in of their own. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** `invited` until the invitation is taken up; `off` when an admin has switched the person off. */
  readonly status: 'invited' | 'active' | 'off'
  /** Milliseconds since the epoch, as all times here. */
  readonly invitedAt: number
  /** The name of who invited them. */
  readonly invitedBy: string
  /** When the open invitation ends, also one in the past; null where there is none. */
  readonly invitationEndsAt: number | null
  /** When they took up an invitation for the first time. */
  readonly joinedAt: number | null
  readonly offAt: number | null
}

/** A secret that works once, and that nobody can read again. */
export interface Invitation {
  readonly secret: string
  readonly endsAt: number
}

export interface Invited {
  readonly person: Person
  readonly invitation: Invitation
}

/** Maximum number of people, those switched off included. */
export const maxPeople = 500
/** How long an invitation can be taken up. */
export const invitationMs = 7 * 24 * 60 * 60 * 1000
/** How long a session lasts. */
export const sessionMs = 12 * 60 * 60 * 1000
/** Maximum sessions of a person; a further one ends the oldest. */
export const maxSessionsPerPerson = 20

/**
 * People, their sessions, the audit log and hand-over links. Of tokens, invitations and sessions only digests are stored. Every method
 * sees what other processes have changed.
 * @throws DocentError `storage` from every method, if the store cannot be read or written.
 */
export interface StaffStore extends HandoverStore {
  /** All of them, by name. */
  people(): Promise<readonly Person[]>
  /** Somebody by id or name, in any case. */
  find(idOrName: string): Promise<Person | null>
  /** @throws DocentError `invalid_request` for the name, `conflict` if it is taken or there are too many people. */
  invite(person: {readonly name: string; readonly role: Role; readonly by: string}): Promise<Invited>
  /**
   * A new invitation in place of an earlier one, for who has lost the link or the token; that token works until it is
   * taken up. Switches on who was switched off. @throws DocentError `not_found`.
   */
  inviteAgain(id: string): Promise<Invited>
  /** Who never took one up is removed with it. @throws DocentError `not_found` if there is none. */
  withdrawInvitation(id: string): Promise<Person>
  /** Gives a token of one's own and ends earlier ones, with their sessions. Null if it was used, withdrawn or has ended. */
  takeUp(invitation: string): Promise<{readonly person: Person; readonly token: string} | null>
  /** Whose token it is. */
  personOfToken(token: string): Promise<Person | null>
  /** A new token in place of the earlier one. Ends all sessions but the one named. @throws DocentError `not_found`. */
  changeToken(id: string, keptSession: string | null): Promise<string>
  /** In effect with the next request. @throws DocentError `not_found`. */
  setRole(id: string, role: Role): Promise<Person>
  /** Ends all sessions; the token works. @throws DocentError `not_found`. */
  endSessions(id: string): Promise<Person>
  /** Ends the token, the invitation and all sessions. @throws DocentError `not_found`. */
  switchOff(id: string): Promise<Person>
  /** Removes who is switched off. @throws DocentError `not_found`; `conflict` for anyone else. */
  remove(id: string): Promise<Person>

  /** The secret of a new session. */
  beginSession(personId: string): Promise<string>
  /** Whose session it is; null if it has ended. */
  personOfSession(session: string): Promise<Person | null>
  endSession(session: string): Promise<void>

  /** Appends a line to the audit log. */
  record(entry: AuditEntry): Promise<void>
  /** @throws DocentError `invalid_request` for a bad cursor. */
  audit(filter: AuditFilter, page?: {readonly cursor?: string; readonly limit?: number}): Promise<AuditPage>

  close(): void
}
