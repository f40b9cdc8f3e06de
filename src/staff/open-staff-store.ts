import {existsSync} from 'node:fs'
import {DocentError} from '../domain/index.ts'
import {backUpDatabaseFile, openSmallDatabase} from '../native/index.ts'
import {keepAuditShort} from './audit-retention.ts'
import {createAuditTable} from './audit-table.ts'
import {createHandoversTable} from './handovers-table.ts'
import {staffMigrations} from './migrations.ts'
import {createPeopleTable} from './people-table.ts'
import type {StaffStore} from './staff-store.ts'

export interface StaffStoreOptions {
  /** The SQLite file, or `:memory:`. It is created if missing, with its folder. */
  readonly file: string
  /**
   * Lines of the audit log that are older than this many days are removed, at start and every hour; 0 keeps them.
   * Undefined, the default, removes nothing: a command leaves that to the server.
   */
  readonly auditDays?: number
  /** Maximum lines of the audit log; the oldest go. Default 1,000,000, some 200 MB. */
  readonly maxAuditLines?: number
  /** How long a change waits for another process, in milliseconds; default 2,000. The thread is free meanwhile. */
  readonly waitMs?: number
  readonly now?: () => number
  /** Called at start with a warning about a file that other users of this machine can read and that cannot be fixed. */
  readonly onExposed?: (warning: string) => void
  /** Called when old lines cannot be removed. */
  readonly onProblem?: (error: unknown) => void
}

/**
 * Opens people, sessions, the audit log and hand-over links in a SQLite file of their own. Several processes may have it open.
 * @throws DocentError `storage` if the file cannot be used; it is left unchanged then.
 */
export function openStaffStore(options: StaffStoreOptions): StaffStore {
  const {auditDays, maxAuditLines = 1_000_000, now = Date.now, onProblem} = options
  const {
    db,
    read,
    change: run,
  } = openSmallDatabase({
    ...options,
    migrations: staffMigrations,
    ifMovedAway: 'people must then be invited again',
  })
  const people = createPeopleTable(db, now)
  const audit = createAuditTable(db, now, people.idsNamed)
  const handovers = createHandoversTable(db, now)

  const endRetention = keepAuditShort({
    auditDays,
    now,
    removeSome: (before) => run(() => audit.removeSome(before, maxAuditLines)),
    onProblem,
  })

  return {
    people: () => read(people.people),
    find: (idOrName) => read(() => people.find(idOrName)),
    invite: (person) => run(() => people.invite(person)),
    inviteAgain: (id) => run(() => people.inviteAgain(id)),
    withdrawInvitation: (id) => run(() => people.withdrawInvitation(id)),
    takeUp: (invitation) => run(() => people.takeUp(invitation)),
    personOfToken: (token) => read(() => people.personOfToken(token)),
    changeToken: (id, keptSession) => run(() => people.changeToken(id, keptSession)),
    setRole: (id, role) => run(() => people.setRole(id, role)),
    endSessions: (id) => run(() => people.endSessions(id)),
    switchOff: (id) => run(() => people.switchOff(id)),
    remove: (id) => run(() => people.remove(id)),
    beginSession: (personId) => run(() => people.beginSession(personId)),
    personOfSession: (session) => read(() => people.personOfSession(session)),
    endSession: (session) => run(() => people.endSession(session)),
    record: (entry) => run(() => audit.record(entry)),
    audit: (filter, page) => read(() => audit.audit(filter, page)),
    makeHandover: (given) => run(() => handovers.make(given)),
    handovers: (page) => read(() => handovers.list(page)),
    findHandover: (id) => read(() => handovers.find(id)),
    handoverOfKey: (key) => read(() => handovers.ofKey(key)),
    countOpening: (id) => run(() => handovers.countOpening(id)),
    withdrawHandover: (id) => run(() => handovers.withdraw(id)),
    close() {
      endRetention()
      db.close()
    },
  }
}

/**
 * Copies the file to a new one that only this user can read, also while a server runs.
 * @throws DocentError `storage`, also if there is no such file or the target exists.
 */
export async function backUpStaff(file: string, to: string): Promise<void> {
  if (!existsSync(file))
    throw new DocentError('storage', `There is nobody on the staff yet: no file ${file}.`)
  await backUpDatabaseFile(file, to)
}
