import {openSqlite, sqliteCodeOf} from './sqlite.ts'

export interface ExclusiveLock {
  release(): void
}

/**
 * Locks a file for this process alone, and makes it where it is missing. The lock is the operating system's, held
 * through SQLite on a file that stays empty: it goes with the process, however that ends.
 *
 * @param waitMs How long to wait for another process that has it.
 * @returns null while another process has it.
 * @throws what SQLite throws on a file that cannot be used.
 */
export function takeExclusiveLock(file: string, waitMs: number): ExclusiveLock | null {
  const db = openSqlite(file, {timeout: waitMs})
  try {
    // Nothing is ever written, so no journal has to lie beside it.
    db.pragma('journal_mode = MEMORY')
    db.exec('BEGIN EXCLUSIVE')
    return {release: () => db.close()}
  } catch (error) {
    db.close()
    if (sqliteCodeOf(error)?.startsWith('SQLITE_BUSY')) return null
    throw error
  }
}
