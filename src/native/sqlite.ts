import type BetterSqlite3 from 'better-sqlite3'
import {asNativeError, requireNative} from './native-package.ts'

export type SqliteDatabase = BetterSqlite3.Database

/**
 * The release line of better-sqlite3 that runs on this Node. From 13 on it is built for Node-API 10 (Node 22.14, 23.6, 24
 * and later) and crashes an older Node with a segmentation fault. Up to 12 it is compiled for one version of V8, and
 * aborts Node 24.19 and later as soon as a statement is garbage-collected. So each is used where the other must not be.
 */
export const sqlitePackage = Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12'

/**
 * Opens a database file, or one in memory for `:memory:`.
 * @throws DocentError `not_installed` if there is no SQLite for this Node; otherwise what SQLite throws.
 */
export function openSqlite(file: string, options: BetterSqlite3.Options = {}): SqliteDatabase {
  const Database = requireNative<typeof BetterSqlite3>(sqlitePackage)
  try {
    return new Database(file, options)
  } catch (error) {
    // The binary is loaded with the first database.
    throw asNativeError(sqlitePackage, error)
  }
}

/** The code of an SQLite error, such as `SQLITE_FULL`; null for any other error. */
export function sqliteCodeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null
}
