import {timingSafeEqual} from 'node:crypto'
import {digestOf} from '../lib/secrets.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {nameKeyOf, personNameOf} from './person-name.ts'
import {newInvitation, newPersonId, newSecret, type PersonRow, personOf} from './person-row.ts'
import {refusals} from './refusals.ts'
import type {Role} from './role.ts'
import {type Invited, maxPeople, maxSessionsPerPerson, type Person, sessionMs} from './staff-store.ts'

/** People and sessions in SQLite. Every change is one transaction, so what it checks still holds when it writes. */
export function createPeopleTable(db: SqliteDatabase, now: () => number) {
  const all = db.prepare<[], PersonRow>('SELECT * FROM people ORDER BY name_key')
  const count = db.prepare<[], number>('SELECT count(*) FROM people').pluck()
  const byId = db.prepare<[string], PersonRow>('SELECT * FROM people WHERE id = ?')
  const byNameKey = db.prepare<[string], PersonRow>('SELECT * FROM people WHERE name_key = ?')
  const byToken = db.prepare<[Buffer], PersonRow>('SELECT * FROM people WHERE token = ? AND off_at IS NULL')
  const insert = db.prepare(
    `INSERT INTO people (id, name, name_key, role, invited_at, invited_by, invitation, invitation_ends_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const setInvitation = db.prepare(
    'UPDATE people SET invitation = ?, invitation_ends_at = ?, off_at = NULL WHERE id = ?',
  )
  const useInvitation = db.prepare<[Buffer, number, Buffer, number], PersonRow>(
    `UPDATE people SET token = ?, joined_at = coalesce(joined_at, ?), invitation = NULL, invitation_ends_at = NULL
     WHERE invitation = ? AND invitation_ends_at > ? AND off_at IS NULL RETURNING *`,
  )
  const setToken = db.prepare('UPDATE people SET token = ? WHERE id = ? AND token IS NOT NULL')
  const setRole = db.prepare('UPDATE people SET role = ? WHERE id = ?')
  const setOff = db.prepare(
    'UPDATE people SET off_at = ?, token = NULL, invitation = NULL, invitation_ends_at = NULL WHERE id = ?',
  )
  const remove = db.prepare('DELETE FROM people WHERE id = ?')
  const insertSession = db.prepare('INSERT INTO sessions (digest, person, ends_at) VALUES (?, ?, ?)')
  const endOldest = db.prepare(
    `DELETE FROM sessions WHERE person = ? AND number NOT IN
       (SELECT number FROM sessions WHERE person = ? ORDER BY number DESC LIMIT ?)`,
  )
  const endExpired = db.prepare('DELETE FROM sessions WHERE ends_at <= ?')
  const endOthers = db.prepare('DELETE FROM sessions WHERE person = ? AND digest <> ?')
  const endSession = db.prepare('DELETE FROM sessions WHERE digest = ?')
  const bySession = db.prepare<[Buffer, number], PersonRow>(
    `SELECT people.* FROM sessions JOIN people ON people.id = sessions.person
     WHERE digest = ? AND ends_at > ? AND off_at IS NULL`,
  )

  /** @throws DocentError `not_found`. */
  function existing(id: string): PersonRow {
    const row = byId.get(id)
    if (row === undefined) throw refusals.noPerson()
    return row
  }

  const endSessionsOf = (id: string, kept: Buffer = Buffer.alloc(0)) => endOthers.run(id, kept)

  return {
    people: () => all.all().map(personOf),
    find(idOrName: string): Person | null {
      const row = byId.get(idOrName) ?? byNameKey.get(nameKeyOf(idOrName))
      return row === undefined ? null : personOf(row)
    },
    /** Ids of the people of that name. */
    idsNamed(name: string): readonly string[] {
      const row = byNameKey.get(nameKeyOf(name))
      return row === undefined ? [] : [row.id]
    },
    invite(given: {readonly name: string; readonly role: Role; readonly by: string}): Invited {
      const {name, key} = personNameOf(given.name)
      if (byNameKey.get(key) !== undefined) throw refusals.nameTaken()
      if ((count.get() ?? 0) >= maxPeople) throw refusals.tooManyPeople()
      const id = newPersonId()
      const {digest, invitation} = newInvitation(now())
      insert.run(id, name, key, given.role, now(), given.by, digest, invitation.endsAt)
      return {person: personOf(existing(id)), invitation}
    },
    inviteAgain(id: string): Invited {
      existing(id)
      const {digest, invitation} = newInvitation(now())
      setInvitation.run(digest, invitation.endsAt, id)
      return {person: personOf(existing(id)), invitation}
    },
    withdrawInvitation(id: string): Person {
      const row = existing(id)
      if (row.invitation_ends_at === null) throw refusals.noInvitation()
      if (row.joined_at === null) remove.run(id)
      else db.prepare('UPDATE people SET invitation = NULL, invitation_ends_at = NULL WHERE id = ?').run(id)
      return personOf(row)
    },
    takeUp(invitation: string) {
      const token = newSecret()
      const row = useInvitation.get(digestOf(token), now(), digestOf(invitation), now())
      if (row === undefined) return null
      endSessionsOf(row.id)
      return {person: personOf(row), token}
    },
    personOfToken(token: string): Person | null {
      const digest = digestOf(token)
      const row = byToken.get(digest)
      const isSame = row?.token != null && timingSafeEqual(row.token, digest)
      return row !== undefined && isSame ? personOf(row) : null
    },
    changeToken(id: string, keptSession: string | null): string {
      const token = newSecret()
      if (setToken.run(digestOf(token), id).changes === 0) throw refusals.noToken()
      endSessionsOf(id, keptSession === null ? undefined : digestOf(keptSession))
      return token
    },
    setRole(id: string, role: Role): Person {
      existing(id)
      setRole.run(role, id)
      return personOf(existing(id))
    },
    endSessions(id: string): Person {
      const row = existing(id)
      endSessionsOf(id)
      return personOf(row)
    },
    switchOff(id: string): Person {
      const {off_at: offAt} = existing(id)
      setOff.run(offAt ?? now(), id)
      endSessionsOf(id)
      return personOf(existing(id))
    },
    remove(id: string): Person {
      const row = existing(id)
      if (row.off_at === null) throw refusals.notOff()
      remove.run(id)
      return personOf(row)
    },
    beginSession(personId: string): string {
      const session = newSecret()
      endExpired.run(now())
      insertSession.run(digestOf(session), personId, now() + sessionMs)
      endOldest.run(personId, personId, maxSessionsPerPerson)
      return session
    },
    personOfSession(session: string): Person | null {
      const row = bySession.get(digestOf(session), now())
      return row === undefined ? null : personOf(row)
    },
    endSession(session: string): void {
      endSession.run(digestOf(session))
    },
  }
}
