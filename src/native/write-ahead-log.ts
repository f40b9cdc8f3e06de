import type {SqliteDatabase} from './sqlite.ts'

/**
 * Checkpoints and truncates the write-ahead log of a database, so that no copy of removed text stays in it. It waits for
 * other processes as long as the `busy_timeout` of the connection.
 * @returns false while another process reads an older snapshot or writes, or if the disk cannot be written: the copies
 *   stay then until it is emptied at another time.
 */
export function emptyWriteAheadLog(db: SqliteDatabase): boolean {
  try {
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as {readonly busy: number}[]
    return result?.busy === 0
  } catch {
    // The next write reports what is wrong with the disk.
    return false
  }
}

/**
 * Copies what is in the write-ahead log into the database file and syncs both, without making a writer or a reader wait:
 * what they still need stays for the next time. The next write after a complete copy starts the log anew.
 * @returns whether everything that was in the log has been copied.
 */
export function checkpoint(db: SqliteDatabase): boolean {
  try {
    const [result] = db.pragma('wal_checkpoint(PASSIVE)') as {
      readonly busy: number
      readonly log: number
      readonly checkpointed: number
    }[]
    return result?.busy === 0 && result.log === result.checkpointed
  } catch {
    // The next write reports what is wrong with the disk.
    return false
  }
}
