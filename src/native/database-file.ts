import {existsSync, realpathSync} from 'node:fs'
import {DocentError} from '../domain/index.ts'
import {createPrivateFile, makePrivate, makePrivateFile} from './private-files.ts'
import {openSqlite, type SqliteDatabase, sqliteCodeOf} from './sqlite.ts'

/** Suffixes of a database file itself and of the files that SQLite creates next to it. */
export const databaseSuffixes = ['', '-wal', '-shm', '-journal'] as const

/**
 * Creates the file before SQLite opens it, because the files that SQLite creates next to it get the same permissions:
 * what is in it may be personal, and other users of the machine should not read it. A file that was copied here may have
 * wider permissions, and so may files that an older Docent left when it was killed.
 */
export function makeFilesPrivate(file: string, onExposed?: (warning: string) => void): void {
  try {
    if (!existsSync(file)) makePrivateFile(file)
    const real = realpathSync(file)
    for (const suffix of databaseSuffixes) {
      const warning = makePrivate(real + suffix)
      if (warning !== null) onExposed?.(warning)
    }
  } catch (cause) {
    throw new DocentError('storage', `${file} ${adviceOf('SQLITE_CANTOPEN')}`, {cause})
  }
}

/** Of a backup: all pages at once, since a copy in steps begins anew whenever another process has written. */
const allPages = 0x7fffffff

/**
 * Copies a database to a new file that only this user can read, also while another process writes it.
 * @throws DocentError `storage`, also if the target file exists; nothing is left of it then.
 */
export async function backUpDatabase(db: SqliteDatabase, to: string): Promise<void> {
  try {
    const copy = createPrivateFile(to)
    try {
      await db.backup(to, {progress: () => allPages})
    } catch (error) {
      copy.discard()
      throw error
    }
    copy.close()
  } catch (error) {
    throw storageError(error, to)
  }
}

/** Opens a database for reading and copies it. @throws as `backUpDatabase`. */
export async function backUpDatabaseFile(file: string, to: string): Promise<void> {
  let db: SqliteDatabase
  try {
    db = openSqlite(file, {readonly: true, fileMustExist: true, timeout: 15_000})
  } catch (error) {
    throw storageError(error, file)
  }
  try {
    await backUpDatabase(db, to)
  } finally {
    db.close()
  }
}

/** Converts an error of SQLite to one with a message that an operator can act on. */
export function storageError(error: unknown, file: string): DocentError {
  if (error instanceof DocentError) return error
  const code = sqliteCodeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return new DocentError('storage', `${file}: ${adviceOf(code) ?? message}`, {
    cause: error,
    details: {sqlite: code},
  })
}

/** What is wrong with a database file and what to do, to follow its name; null for a code that says nothing to people. */
export function adviceOf(code: string | null): string | null {
  if (code === null) return null
  if (code === 'SQLITE_NOTADB') {
    return 'is not a SQLite database; it was left unchanged. Move it away or restore a backup, then start again.'
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return 'is damaged; it was left unchanged. Restore a backup, or move it away to start with an empty one; `sqlite3 FILE .recover` may recover its content.'
  }
  if (code.startsWith('SQLITE_READONLY'))
    return 'cannot be written. Check the permissions of the file and its folder.'
  if (code.startsWith('SQLITE_CANTOPEN'))
    return 'cannot be opened. Check that the folder exists and may be written.'
  if (code === 'SQLITE_FULL') return 'is full. Free some disk space or remove old transcripts.'
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') {
    return 'is locked by another process. Stop the other server or command that uses it.'
  }
  if (code.startsWith('SQLITE_IOERR')) return 'could not be read or written. Check the disk.'
  return null
}
