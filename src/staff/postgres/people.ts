import {timingSafeEqual} from 'node:crypto'
import {digestOf} from '../../lib/secrets.ts'
import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {nameKeyOf, personNameOf} from '../person-name.ts'
import {newInvitation, newPersonId, newSecret, type PersonRow, personOf} from '../person-row.ts'
import {refusals} from '../refusals.ts'
import {maxPeople, maxSessionsPerPerson, type Person, type StaffStore, sessionMs} from '../staff-store.ts'

type PeopleMethod =
  | 'people'
  | 'find'
  | 'invite'
  | 'inviteAgain'
  | 'withdrawInvitation'
  | 'takeUp'
  | 'personOfToken'
  | 'changeToken'
  | 'setRole'
  | 'endSessions'
  | 'switchOff'
  | 'remove'
  | 'beginSession'
  | 'personOfSession'
  | 'endSession'

/** Of an advisory lock, which has the people counted and added one at a time: any number, the same for all versions. */
const peopleLock = 4_021_863_511

/**
 * People and sessions in PostgreSQL. Whatever reads before it writes locks what it reads: the row of a person, which comes
 * before the person's sessions, or all of the people by `peopleLock`.
 */
export function postgresPeople(postgres: Postgres, now: () => number): Pick<StaffStore, PeopleMethod> {
  /** @throws DocentError `not_found`. */
  async function locked(queries: Queries, id: string): Promise<PersonRow> {
    const row = await queries.row<PersonRow>('SELECT * FROM docent.people WHERE id = $1 FOR UPDATE', [
      storable(id),
    ])
    if (row === null) throw refusals.noPerson()
    return row
  }

  /** @throws DocentError `not_found`. */
  async function updated(
    queries: Queries,
    assignments: string,
    id: string,
    ...values: readonly unknown[]
  ): Promise<Person> {
    const row = await queries.row<PersonRow>(
      `UPDATE docent.people SET ${assignments} WHERE id = $1 RETURNING *`,
      [storable(id), ...values],
    )
    if (row === null) throw refusals.noPerson()
    return personOf(row)
  }

  async function endSessionsOf(queries: Queries, id: string, kept: Buffer = Buffer.alloc(0)): Promise<void> {
    await queries.run('DELETE FROM docent.sessions WHERE person = $1 AND digest <> $2', [id, kept])
  }

  return {
    async people() {
      const rows = await postgres.rows<PersonRow>('SELECT * FROM docent.people ORDER BY name_key')
      return rows.map(personOf)
    },
    async find(idOrName) {
      const row = await postgres.row<PersonRow>(
        'SELECT * FROM docent.people WHERE id = $1 OR name_key = $2 ORDER BY id = $1 DESC LIMIT 1',
        [storable(idOrName), storable(nameKeyOf(idOrName))],
      )
      return row === null ? null : personOf(row)
    },
    async invite(given) {
      const {name, key} = personNameOf(given.name)
      return postgres.transaction(async (queries) => {
        await queries.run('SELECT pg_advisory_xact_lock($1)', [peopleLock])
        const {total, isTaken} = (await queries.row<{total: number; isTaken: boolean}>(
          `SELECT count(*) AS total, coalesce(bool_or(name_key = $1), false) AS "isTaken" FROM docent.people`,
          [key],
        ))!
        if (isTaken) throw refusals.nameTaken()
        if (total >= maxPeople) throw refusals.tooManyPeople()
        const at = now()
        const {invitation, digest} = newInvitation(at)
        const row = await queries.row<PersonRow>(
          `INSERT INTO docent.people (id, name, name_key, role, invited_at, invited_by, invitation, invitation_ends_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *`,
          [newPersonId(), name, key, given.role, at, storable(given.by), digest, invitation.endsAt],
        )
        return {person: personOf(row!), invitation}
      })
    },
    async inviteAgain(id) {
      const {invitation, digest} = newInvitation(now())
      const person = await updated(
        postgres,
        'invitation = $2, invitation_ends_at = $3, off_at = NULL',
        id,
        digest,
        invitation.endsAt,
      )
      return {person, invitation}
    },
    withdrawInvitation: (id) =>
      postgres.transaction(async (queries) => {
        const row = await locked(queries, id)
        if (row.invitation_ends_at === null) throw refusals.noInvitation()
        if (row.joined_at === null) await queries.run('DELETE FROM docent.people WHERE id = $1', [row.id])
        else await updated(queries, 'invitation = NULL, invitation_ends_at = NULL', row.id)
        return personOf(row)
      }),
    async takeUp(invitation) {
      const token = newSecret()
      return postgres.transaction(async (queries) => {
        // Of two that take it up at once the second waits here, and finds no such invitation any more.
        const row = await queries.row<PersonRow>(
          `UPDATE docent.people SET token = $1, joined_at = coalesce(joined_at, $2), invitation = NULL,
             invitation_ends_at = NULL
           WHERE invitation = $3 AND invitation_ends_at > $2 AND off_at IS NULL RETURNING *`,
          [digestOf(token), now(), digestOf(invitation)],
        )
        if (row === null) return null
        await endSessionsOf(queries, row.id)
        return {person: personOf(row), token}
      })
    },
    async personOfToken(token) {
      const digest = digestOf(token)
      const row = await postgres.row<PersonRow>(
        'SELECT * FROM docent.people WHERE token = $1 AND off_at IS NULL',
        [digest],
      )
      return row?.token != null && timingSafeEqual(row.token, digest) ? personOf(row) : null
    },
    async changeToken(id, keptSession) {
      const token = newSecret()
      return postgres.transaction(async (queries) => {
        const changed = await queries.run(
          'UPDATE docent.people SET token = $2 WHERE id = $1 AND token IS NOT NULL',
          [storable(id), digestOf(token)],
        )
        if (changed === 0) throw refusals.noToken()
        await endSessionsOf(queries, id, keptSession === null ? undefined : digestOf(keptSession))
        return token
      })
    },
    setRole: (id, role) => updated(postgres, 'role = $2', id, role),
    endSessions: (id) =>
      postgres.transaction(async (queries) => {
        const row = await locked(queries, id)
        await endSessionsOf(queries, row.id)
        return personOf(row)
      }),
    switchOff: (id) =>
      postgres.transaction(async (queries) => {
        const person = await updated(
          queries,
          'off_at = coalesce(off_at, $2), token = NULL, invitation = NULL, invitation_ends_at = NULL',
          id,
          now(),
        )
        await endSessionsOf(queries, person.id)
        return person
      }),
    remove: (id) =>
      postgres.transaction(async (queries) => {
        const row = await locked(queries, id)
        if (row.off_at === null) throw refusals.notOff()
        await queries.run('DELETE FROM docent.people WHERE id = $1', [row.id])
        return personOf(row)
      }),
    async beginSession(personId) {
      const session = newSecret()
      const at = now()
      return postgres.transaction(async (queries) => {
        const {id} = await locked(queries, personId)
        // Sessions of others may be locked by who waits for this person's row: those end with a later one.
        await queries.run(
          `DELETE FROM docent.sessions WHERE number IN
             (SELECT number FROM docent.sessions WHERE ends_at <= $1 FOR UPDATE SKIP LOCKED)`,
          [at],
        )
        await queries.run('INSERT INTO docent.sessions (digest, person, ends_at) VALUES ($1, $2, $3)', [
          digestOf(session),
          id,
          at + sessionMs,
        ])
        await queries.run(
          `DELETE FROM docent.sessions WHERE person = $1 AND number NOT IN
             (SELECT number FROM docent.sessions WHERE person = $1 ORDER BY number DESC LIMIT $2)`,
          [id, maxSessionsPerPerson],
        )
        return session
      })
    },
    async personOfSession(session) {
      const row = await postgres.row<PersonRow>(
        `SELECT people.* FROM docent.sessions JOIN docent.people ON people.id = sessions.person
         WHERE digest = $1 AND ends_at > $2 AND off_at IS NULL`,
        [digestOf(session), now()],
      )
      return row === null ? null : personOf(row)
    },
    async endSession(session) {
      await postgres.run('DELETE FROM docent.sessions WHERE digest = $1', [digestOf(session)])
    },
  }
}
