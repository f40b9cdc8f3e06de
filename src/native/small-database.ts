import {existsSync, statSync} from 'node:fs'
import {dirname} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {DocentError} from '../domain/index.ts'
import {makeFilesPrivate, storageError} from './database-file.ts'
import {applyMigrations, type Migration} from './migrate.ts'
import {makePrivateFolder} from './private-files.ts'
import {openSqlite, type SqliteDatabase, sqliteCodeOf} from './sqlite.ts'

export interface SmallDatabaseOptions {
  /** The SQLite file, or `:memory:`. It is created if missing, with its folder. */
  readonly file: string
  readonly migrations: readonly Migration[]
  /** What is lost when a damaged file is moved away, for the advice: `people must then be invited again`. */
  readonly ifMovedAway: string
  /** How long a change waits for another process, in milliseconds; default 2,000. The thread is free meanwhile. */
  readonly waitMs?: number
  /** Called at start with a warning about a file that other users of this machine can read and that cannot be fixed. */
  readonly onExposed?: (warning: string) => void
}

/** A small SQLite file of its own that several processes may have open, read and changed on the thread that streams. */
export interface SmallDatabase {
  readonly db: SqliteDatabase
  /** Runs a step in a transaction, when no other process writes. @throws DocentError `storage`, and what the step throws. */
  change<T>(step: () => T): Promise<T>
  /** Readers wait for nobody in a write-ahead log. @throws DocentError `storage`, and what the step throws. */
  read<T>(step: () => T): Promise<T>
}

/** A larger file is not checked at every start, because that would take seconds. */
const maxCheckedBytes = 128 * 1024 * 1024
const retryMs = 10
/** How long a statement may wait on the thread that streams. */
const busyTimeoutMs = 5

/** @throws DocentError `storage` if the file cannot be used; it is left unchanged then. */
export function openSmallDatabase(options: SmallDatabaseOptions): SmallDatabase {
  const {file, waitMs = 2_000} = options
  const db = openDatabase(options)
  return {
    db,
    async change(step) {
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
    },
    async read(step) {
      try {
        return step()
      } catch (error) {
        throw storageError(error, file)
      }
    },
  }
}

function openDatabase({file, migrations, ifMovedAway, onExposed}: SmallDatabaseOptions): SqliteDatabase {
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
    if (isUsed && statSync(file).size <= maxCheckedBytes) checkPages(db, file, ifMovedAway)
    applyMigrations(db, file, migrations)
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    return db
  } catch (error) {
    db?.close()
    throw storageError(error, file)
  }
}

/** @throws DocentError `storage`. */
function checkPages(db: SqliteDatabase, file: string, ifMovedAway: string): void {
  const [first] = db.pragma('quick_check(1)') as {readonly quick_check: string}[]
  if (first?.quick_check === 'ok') return
  throw new DocentError(
    'storage',
    `${file} is damaged (${first?.quick_check ?? 'no answer'}); it was left unchanged. Restore a backup, or move it away: ${ifMovedAway}.`,
  )
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/.test(sqliteCodeOf(error) ?? '')
}
