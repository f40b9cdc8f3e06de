import {accessSync, constants, existsSync, realpathSync, statSync} from 'node:fs'
import {dirname} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {
  adviceOf,
  databaseSuffixes,
  type ExclusiveLock,
  exposureOf,
  makeFilesPrivate,
  makePrivateFolder,
  openSqlite,
  type SqliteDatabase,
  storageError,
  takeExclusiveLock,
} from '../native/index.ts'
import {catalogFileOf} from './catalog/catalog-file.ts'
import {addRefOf, migrate} from './migrations.ts'

export {makeFilesPrivate, storageError}

/** A larger file is not checked at every start, because that would take seconds. */
const maxCheckedBytes = 128 * 1024 * 1024

/**
 * Opens or creates the transcripts file for writing, checks it and migrates its schema. A file that is damaged or belongs
 * to another program is left unchanged, except that others may no longer read it.
 * @throws DocentError `storage` that names the file and says what to do.
 */
export function openDatabase(
  file: string,
  options: {
    readonly maxFileBytes?: number
    readonly startWaitMs?: number
    readonly onExposed?: (warning: string) => void
  } = {},
): SqliteDatabase {
  const isInMemory = file === ':memory:'
  const isNew = !isInMemory && !existsSync(file)
  if (!isInMemory) {
    checkLocation(file)
    makeFilesPrivate(file, options.onExposed)
  }

  let db: SqliteDatabase | null = null
  try {
    // At start there is time to wait for another process that writes, such as a purge; later there is not.
    db = openSqlite(file, {timeout: options.startWaitMs ?? 15_000})
    db.pragma('journal_mode = WAL')
    // With NORMAL a killed process loses nothing, and a power failure at most the last flushes. FULL would make every
    // flush wait for the disk, on the thread that streams.
    db.pragma('synchronous = NORMAL')
    db.pragma('secure_delete = ON')
    db.pragma('journal_size_limit = 16777216')
    if (!isNew && !isInMemory && statSync(file).size <= maxCheckedBytes) checkPages(db, file)
    migrate(db, file)
    if (options.maxFileBytes !== undefined) {
      const pageBytes = db.pragma('page_size', {simple: true}) as number
      db.pragma(`max_page_count = ${Math.max(1, Math.floor(options.maxFileBytes / pageBytes))}`)
    }
    return db
  } catch (error) {
    db?.close()
    throw storageError(error, file)
  }
}

/**
 * Locks the file for one server: a second one would treat the answers of the first as left open by a crash.
 * @throws DocentError `locked` while another server has it.
 */
export function lockFile(file: string): ExclusiveLock {
  if (file === ':memory:') return {release() {}}
  let lock: ExclusiveLock | null
  try {
    makeFilesPrivate(`${file}.lock`)
    // A server that is shutting down keeps the lock until its last events are written.
    lock = takeExclusiveLock(`${file}.lock`, 5_000)
  } catch (error) {
    throw storageError(error, `${file}.lock`)
  }
  if (lock !== null) return lock
  throw new DocentError(
    'locked',
    `${file} is in use by another Docent server. Stop that one, or give this one a DATA_DIR of its own.`,
  )
}

/**
 * Opens an existing transcripts file that a running server may have open, for commands.
 * @throws DocentError `storage`.
 */
export function openSharedDatabase(file: string, access: 'read' | 'write'): SqliteDatabase {
  checkExists(file)
  let db: SqliteDatabase | null = null
  try {
    db = openSqlite(file, {readonly: access === 'read', fileMustExist: true, timeout: 15_000})
    addRefOf(db)
    if (access === 'write') db.pragma('secure_delete = ON')
    const known = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'answers'").get()
    if (known === undefined) {
      throw new DocentError('storage', `${file} has no transcripts yet. Start the server once.`)
    }
    return db
  } catch (error) {
    db?.close()
    throw storageError(error, file)
  }
}

/** @throws DocentError `storage`. */
export function checkExists(file: string): void {
  if (existsSync(file)) return
  throw new DocentError(
    'storage',
    `There are no transcripts at ${file}. Set DATA_DIR to the server's data folder.`,
  )
}

/** Warnings for commands: which of the transcripts files other users of this machine can read, and what to do. */
export function exposuresOf(file: string): string[] {
  if (!existsSync(file)) return []
  const real = realpathSync(file)
  return [real, catalogFileOf(file)].flatMap((database) =>
    databaseSuffixes.flatMap((suffix) => exposureOf(database + suffix) ?? []),
  )
}

function checkLocation(file: string): void {
  makePrivateFolder(dirname(file))
  if (!existsSync(file)) return
  if (statSync(file).isDirectory()) {
    throw new DocentError(
      'storage',
      `${file} is a folder where the transcripts file should be. Move it away.`,
    )
  }
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
  } catch (error) {
    throw new DocentError('storage', `${file} ${adviceOf('SQLITE_READONLY')}`, {cause: error})
  }
}

function checkPages(db: SqliteDatabase, file: string): void {
  const [first] = db.pragma('quick_check(1)') as {readonly quick_check: string}[]
  if (first?.quick_check === 'ok') return
  throw new DocentError(
    'storage',
    `${file} ${adviceOf('SQLITE_CORRUPT')} (${first?.quick_check ?? 'no answer'})`,
  )
}
