import {existsSync} from 'node:fs'
import type {SqliteDatabase} from '../../native/index.ts'
import {storageError} from '../open-database.ts'
import {catalogFileOf} from './catalog-file.ts'
import {type CatalogReads, createCatalogReads} from './catalog-reads.ts'
import {createCatalogWriter, hasChanges} from './catalog-writer.ts'
import {attachTranscripts, openCatalog, openForReading} from './open-catalog.ts'

/** A catalog that this process brings up to date itself, for commands. */
export interface LocalCatalog {
  readonly reads: CatalogReads
  /**
   * Takes in what has changed.
   * @param onWait called each second or so with the number of answers left.
   */
  catchUp(onWait?: (left: number) => void): void
  close(): void
}

const stepMs = 1_000

/**
 * Opens the catalog of a transcripts file, which `transcripts` reads. A file that no server of this version has migrated,
 * or whose folder cannot be written, gets one of this process alone.
 * @throws DocentError `storage`.
 */
export function openLocalCatalog(file: string, transcripts: SqliteDatabase): LocalCatalog {
  const catalogFile = catalogFileOf(file)
  const isShared = hasChanges(transcripts)
  try {
    const db = isShared ? openCatalogIfWritable(catalogFile) : openCatalog('')
    const isOwn = db.name === ''
    const writer = createCatalogWriter({transcripts, catalog: db})
    const catchUp: LocalCatalog['catchUp'] = (onWait = () => {}) => {
      let state = writer.catchUp(stepMs)
      for (; !state.isCurrent; state = writer.catchUp(stepMs)) onWait(state.left)
    }
    if (!isOwn) {
      const reading = openForReading(file, catalogFile)
      return {
        reads: createCatalogReads(reading),
        catchUp,
        close() {
          reading.close()
          db.close()
        },
      }
    }
    // One connection has both: a write to the catalog must not lock the file, so it is filled before.
    catchUp()
    attachTranscripts(db, file)
    return {reads: createCatalogReads(db), catchUp: () => {}, close: () => db.close()}
  } catch (error) {
    throw storageError(error, catalogFile)
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

function openCatalogIfWritable(file: string): SqliteDatabase {
  try {
    return openCatalog(file)
  } catch {
    return openCatalog('')
  }
}
