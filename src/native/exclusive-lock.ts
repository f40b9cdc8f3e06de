import {openSqlite, sqliteCodeOf} from './sqlite.ts'

export interface ExclusiveLock {
  release(): void
}

/**
 * Locks a file exclusively for this process, and creates it if it is missing. It is a lock of the operating system, held
 * through SQLite on a file that stays empty, so it is released when the process ends, however that happens.
 *
 * @param waitMs how long to wait for another process that has the lock.
 * @returns null if another process has the lock.
 * @throws what SQLite throws if the file cannot be used.
 */
export function takeExclusiveLock(file: string, waitMs: number): ExclusiveLock | null {
  const db = openSqlite(file, {timeout: waitMs})
  try {
    // Nothing is ever written, so no journal file is needed.
    db.pragma('journal_mode = MEMORY')
    db.exec('BEGIN EXCLUSIVE')
    return {release: () => db.close()}
  } catch (error) {
    db.close()
    if (sqliteCodeOf(error)?.startsWith('SQLITE_BUSY')) return null
    throw error
  }
}
