import {constants} from 'node:fs'
import {chmod, copyFile} from 'node:fs/promises'
import {openSqlite, type SqliteDatabase} from '../native/index.ts'
import {schema} from './schema.ts'

/**
 * Opens the database of a build that is being made, in one transaction: empty, or as a copy of the database `base`.
 * A staging folder left by a crash is discarded, so neither a journal nor a flush is needed before the end.
 */
export async function openStagingDatabase(path: string, base: string | null): Promise<SqliteDatabase> {
  if (base !== null) {
    await copyFile(base, path, constants.COPYFILE_FICLONE)
    // A copy has the permissions of its original, which may come from another umask.
    await chmod(path, 0o666 & ~process.umask())
  }
  const db = openSqlite(path)
  if (base === null) db.pragma('page_size = 8192')
  db.pragma('journal_mode = OFF')
  db.pragma('synchronous = OFF')
  db.pragma('locking_mode = EXCLUSIVE')
  db.pragma('cache_size = -65536')
  // What was taken out of the docs is in no byte of the builds after it.
  db.pragma('secure_delete = ON')
  if (base === null) db.exec(schema)
  db.exec('BEGIN')
  return db
}
