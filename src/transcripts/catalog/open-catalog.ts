import {rmSync} from 'node:fs'
import {openSqlite, type SqliteDatabase, sqliteCodeOf} from '../../native/index.ts'
import {addRefOf} from '../migrations.ts'
import {checkExists, makeFilesPrivate} from '../open-database.ts'
import {catalogVersion, createCatalogTables} from './catalog-schema.ts'

/**
 * Opens or creates a catalog for writing. One of another version, or a damaged one, is made anew. An empty name is a
 * catalog of this connection alone, on disk where it is large, and gone with it.
 * @throws what SQLite throws.
 */
export function openCatalog(file: string): SqliteDatabase {
  if (file === '') return prepared(openSqlite(''))
  makeFilesPrivate(file)
  try {
    return prepared(openSqlite(file, {timeout: 15_000}))
  } catch (error) {
    if (!/^SQLITE_(?:CORRUPT|NOTADB)/.test(sqliteCodeOf(error) ?? '')) throw error
    removeCatalog(file)
    makeFilesPrivate(file)
    return prepared(openSqlite(file, {timeout: 15_000}))
  }
}

/** Removes the files of a catalog. Whoever has it open goes on reading what it was. */
export function removeCatalog(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, {force: true})
}

function prepared(db: SqliteDatabase): SqliteDatabase {
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('secure_delete = ON')
    db.pragma('journal_size_limit = 16777216')
    db.pragma('cache_size = -32768')
    db.transaction(() => {
      if (db.pragma('user_version', {simple: true}) === catalogVersion) return
      const tables = db
        .prepare<[], string>(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'words_%' AND name NOT IN ('roll_ups', 'page_days')",
        )
        .pluck()
        .all()
      for (const table of tables) db.exec(`DROP TABLE "${table}"`)
      createCatalogTables(db)
    }).immediate()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * A connection that only reads a catalog, with its transcripts file attached.
 * @throws what SQLite throws, also if there is no catalog yet; DocentError `storage` if there are no transcripts.
 */
export function openForReading(transcriptsFile: string, catalogFile: string): SqliteDatabase {
  checkExists(transcriptsFile)
  const db = openSqlite(catalogFile, {readonly: true, fileMustExist: true, timeout: 15_000})
  try {
    attachTranscripts(db, transcriptsFile)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

export function attachTranscripts(db: SqliteDatabase, transcriptsFile: string): void {
  addRefOf(db)
  db.prepare('ATTACH ? AS transcripts').run(transcriptsFile)
}
