import {existsSync, statSync} from 'node:fs'
import {dirname} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {DocentError} from '../domain/index.ts'
import {
  applyMigrations,
  backUpDatabase,
  makeFilesPrivate,
  makePrivateFolder,
  openSqlite,
  type SqliteDatabase,
  sqliteCodeOf,
  storageError,
} from '../native/index.ts'
import {createAuditTable} from './audit-table.ts'
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

/** A larger file is not checked at every start, because that would take seconds. */
const maxCheckedBytes = 128 * 1024 * 1024
const everyMs = 60 * 60 * 1000
const dayMs = 24 * 60 * 60 * 1000
const retryMs = 10
const pauseMs = 50
/** How long a statement may wait on the thread that streams. */
const busyTimeoutMs = 5

/**
 * Opens people, sessions and the audit log in a SQLite file of their own. Several processes may have it open.
 * @throws DocentError `storage` if the file cannot be used; it is left unchanged then.
 */
export function openStaffStore(options: StaffStoreOptions): StaffStore {
  const {file, auditDays, maxAuditLines = 1_000_000, waitMs = 2_000, now = Date.now} = options
  const db = openDatabase(options)
  const people = createPeopleTable(db, now)
  const audit = createAuditTable(db, now, people.idsNamed)

  /** Runs a step in a transaction, when no other process writes. */
  async function run<T>(step: () => T): Promise<T> {
    const transaction = db.transaction(step)
    const startedAt = performance.now()
    for (;;) {
      try {
        return transaction.immediate()
      } catch (error) {
        if (!isBusy(error) || performance.now() - startedAt > waitMs) throw storageError(error, file)
        await delay(retryMs)
      }
    }
  }

  /** Readers wait for nobody in a write-ahead log. */
  async function read<T>(step: () => T): Promise<T> {
    try {
      return step()
    } catch (error) {
      throw storageError(error, file)
    }
  }

  async function removeOldLines(days: number): Promise<void> {
    const before = days === 0 ? null : now() - days * dayMs
    while (db.open && (await run(() => audit.removeSome(before, maxAuditLines))) > 0) {
      await delay(pauseMs, undefined, {ref: false})
    }
  }

  const clean = () => {
    if (auditDays === undefined) return
    removeOldLines(auditDays).catch((error: unknown) => {
      if (db.open) options.onProblem?.(error)
    })
  }
  clean()
  const timer = auditDays === undefined ? null : setInterval(clean, everyMs)
  timer?.unref()

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
    close() {
      if (timer !== null) clearInterval(timer)
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
  const db = openSqlite(file, {readonly: true, fileMustExist: true, timeout: 15_000})
  try {
    await backUpDatabase(db, to)
  } finally {
    db.close()
  }
}

function openDatabase({file, onExposed}: StaffStoreOptions): SqliteDatabase {
  const isInMemory = file === ':memory:'
  let db: SqliteDatabase | null = null
  try {
    const isUsed = !isInMemory && existsSync(file)
    if (!isInMemory) {
      makePrivateFolder(dirname(file))
      makeFilesPrivate(file, onExposed)
    }
    db = openSqlite(file, {timeout: 15_000})
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('secure_delete = ON')
    db.pragma('foreign_keys = ON')
    if (isUsed && statSync(file).size <= maxCheckedBytes) checkPages(db, file)
    applyMigrations(db, file, staffMigrations)
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    return db
  } catch (error) {
    db?.close()
    throw storageError(error, file)
  }
}

/** @throws DocentError `storage`. */
function checkPages(db: SqliteDatabase, file: string): void {
  const [first] = db.pragma('quick_check(1)') as {readonly quick_check: string}[]
  if (first?.quick_check === 'ok') return
  throw new DocentError(
    'storage',
    `${file} is damaged (${first?.quick_check ?? 'no answer'}); it was left unchanged. Restore a backup, or move it away: people must then be invited again.`,
  )
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/.test(sqliteCodeOf(error) ?? '')
}
