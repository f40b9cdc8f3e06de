import {existsSync} from 'node:fs'
import {emptyWriteAheadLog, type SqliteDatabase} from '../../native/index.ts'
import {isDamage, storageErrorOf} from './catalog-damage.ts'
import {catalogFileOf} from './catalog-file.ts'
import {type CatalogReads, catalogBy, createCatalogReads} from './catalog-reads.ts'
import {createCatalogWriter, hasChanges} from './catalog-writer.ts'
import {forgetPages} from './forget-pages.ts'
import {attachTranscripts, openCatalog, openForReading, removeCatalog} from './open-catalog.ts'

/** A catalog that this process brings up to date itself, for commands. */
export interface LocalCatalog {
  readonly reads: CatalogReads
  close(): void
}

const stepMs = 1_000

/**
 * Opens the catalog of a transcripts file, which `transcripts` reads, and brings it up to date with each read. A file that
 * no server of this version has migrated, or whose folder cannot be written, gets one of this process alone; a damaged
 * one is made anew.
 * @param onWait called each second or so with the number of answers left.
 * @throws DocentError `storage`, also from reads.
 */
export function openLocalCatalog(
  file: string,
  transcripts: SqliteDatabase,
  onWait: (left: number) => void,
): LocalCatalog {
  const catalogFile = catalogFileOf(file)
  let opened: OpenCatalog | null = null

  function close(): void {
    opened?.close()
    opened = null
  }

  function attempt<Result>(read: (reads: CatalogReads) => Result): Result {
    opened ??= openOnce(file, catalogFile, transcripts, onWait)
    opened.catchUp()
    return read(opened.reads)
  }

  return {
    close,
    reads: catalogBy((read) => {
      try {
        try {
          return attempt(read)
        } catch (error) {
          if (!isDamage(error, catalogFile)) throw error
          close()
          removeCatalog(catalogFile)
          return attempt(read)
        }
      } catch (error) {
        throw storageErrorOf(error, {transcripts: file, catalog: catalogFile})
      }
    }),
  }
}

interface OpenCatalog {
  readonly reads: CatalogReads
  catchUp(): void
  close(): void
}

/** @throws what SQLite throws. */
function openOnce(
  file: string,
  catalogFile: string,
  transcripts: SqliteDatabase,
  onWait: (left: number) => void,
): OpenCatalog {
  const db = hasChanges(transcripts) ? openCatalogIfWritable(catalogFile) : openCatalog('')
  const isOwn = db.name === ''
  const writer = createCatalogWriter({transcripts, catalog: db})
  const catchUp = () => {
    let state = writer.catchUp(stepMs)
    for (; !state.isCurrent; state = writer.catchUp(stepMs)) onWait(state.left)
  }
  try {
    // A write to a catalog of its own must not lock the file, which the same connection reads: it is filled before.
    catchUp()
    if (isOwn) {
      attachTranscripts(db, file)
      return {reads: createCatalogReads(db), catchUp: () => {}, close: () => db.close()}
    }
    const reading = openForReading(file, catalogFile)
    return {
      reads: createCatalogReads(reading),
      catchUp,
      close() {
        reading.close()
        db.close()
      },
    }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Makes a catalog, if there is one, forget what was removed from its file. @returns whether no copy is left. */
export function forgetRemoved(file: string, transcripts: SqliteDatabase): boolean {
  const catalogFile = catalogFileOf(file)
  if (!existsSync(catalogFile)) return true
  const db = openCatalog(catalogFile)
  try {
    const writer = createCatalogWriter({transcripts, catalog: db})
    let state = writer.catchUp(stepMs)
    while (!state.isCurrent) state = writer.catchUp(stepMs)
    return state.isErased
  } finally {
    db.close()
  }
}

/**
 * The same for a page that was taken out of answers: also its address goes from sums and from what a filter can ask for.
 */
export function forgetPagesIn(
  file: string,
  transcripts: SqliteDatabase,
  isOfPage: (url: string) => boolean,
): boolean {
  const isErased = forgetRemoved(file, transcripts)
  const catalogFile = catalogFileOf(file)
  if (!existsSync(catalogFile)) return isErased
  const db = openCatalog(catalogFile)
  try {
    forgetPages(db, isOfPage)
    return emptyWriteAheadLog(db) && isErased
  } finally {
    db.close()
  }
}

function openCatalogIfWritable(file: string): SqliteDatabase {
  try {
    return openCatalog(file)
  } catch {
    return openCatalog('')
  }
}
