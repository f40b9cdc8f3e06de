import {statSync} from 'node:fs'
import {DocentError} from '../../domain/index.ts'
import {openSqlite, sqliteCodeOf, storageError} from '../../native/index.ts'

/**
 * Whether an error of a connection that has a catalog and its transcripts says that the catalog is damaged, or was cut. What
 * is derived is then made anew; the transcripts, which may be what is damaged, are not.
 */
export function isDamage(error: unknown, catalogFile: string): boolean {
  const code = sqliteCodeOf(error) ?? ''
  // The transcripts have no virtual table.
  if (code === 'SQLITE_CORRUPT_VTAB') return true
  if (code === 'SQLITE_ERROR') return /no such (?:table|column)/.test((error as Error).message)
  return /^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(code) && !isSound(catalogFile)
}

/** Whether an error of opening a catalog says that somebody removed it. It is then made anew as a damaged one is. */
export function isGone(error: unknown, catalogFile: string): boolean {
  return sqliteCodeOf(error) === 'SQLITE_CANTOPEN' && identityOf(catalogFile) === null
}

function isSound(file: string): boolean {
  try {
    const db = openSqlite(file, {readonly: true, fileMustExist: true})
    try {
      return db.pragma('quick_check(1)', {simple: true}) === 'ok'
    } finally {
      db.close()
    }
  } catch {
    return false
  }
}

/** An error with the name of the file that it is about, and what to do: a damaged catalog needs no backup. */
export function storageErrorOf(
  error: unknown,
  {transcripts, catalog}: {readonly transcripts: string; readonly catalog: string},
): DocentError {
  if (error instanceof DocentError) return error
  if (!isDamage(error, catalog)) {
    const isTranscripts = /^SQLITE_(?:CORRUPT|NOTADB)/.test(sqliteCodeOf(error) ?? '')
    return storageError(error, isTranscripts ? transcripts : catalog)
  }
  return new DocentError(
    'storage',
    `${catalog} is damaged, again after it was made anew. Check the disk. The file can be removed: it is made from the transcripts.`,
    {cause: error},
  )
}

/** Marks the error for whoever can have the catalog made anew. */
export function damagedCatalog(file: string, cause: unknown): DocentError {
  return new DocentError(
    'storage',
    `${file} is damaged or gone. It is made anew from the transcripts; please try again in a moment.`,
    {cause, details: {damagedCatalog: true}},
  )
}

export function isDamagedCatalog(error: unknown): boolean {
  return error instanceof DocentError && error.details['damagedCatalog'] === true
}

/** What the file of a name is: another one after it was replaced. Null if there is none. */
export function identityOf(file: string): string | null {
  const found = statSync(file, {throwIfNoEntry: false})
  return found === undefined ? null : `${found.dev}:${found.ino}`
}
