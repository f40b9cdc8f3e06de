import {constants, setPriority} from 'node:os'
import type {ErrorCode} from '../../domain/index.ts'
import {checkpoint, type SqliteDatabase} from '../../native/index.ts'
import {serveTasks} from '../../processes/index.ts'
import {openSharedDatabase} from '../open-database.ts'
import {identityOf, isDamage, storageErrorOf} from './catalog-damage.ts'
import {type CatalogState, type CatalogWriter, createCatalogWriter} from './catalog-writer.ts'
import {openCatalog, removeCatalog} from './open-catalog.ts'

export interface CatalogSetup {
  /** The transcripts file, which the parent has migrated. */
  readonly transcripts: string
  readonly catalog: string
}

export interface CatchUpTask {
  readonly kind: 'catch-up'
  readonly withinMs: number
  /** A read found the catalog damaged. */
  readonly isDamaged: boolean
}

/** Moves the write-ahead log of the transcripts file into the file, for the server whose thread streams answers. */
export interface CheckpointTask {
  readonly kind: 'checkpoint'
}

export type CatalogTask = CatchUpTask | CheckpointTask

export type CatchUpReply =
  | {readonly state: CatalogState}
  | {readonly problem: {readonly code: ErrorCode; readonly message: string}}

export interface CheckpointReply {
  /** Whether all that had been written by then is in the file. */
  readonly isComplete: boolean
}

export type CatalogReply = CatchUpReply | CheckpointReply

/** How often a catalog is made anew: one that is damaged again at once lies on a broken disk. */
const remakeMs = 10 * 60_000

serveTasks<CatalogSetup, CatalogTask>(async ({transcripts, catalog}) => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  let source: SqliteDatabase | null = null
  let written: SqliteDatabase | null = null
  let opened: {
    readonly db: SqliteDatabase
    readonly writer: CatalogWriter
    readonly identity: string | null
  } | null = null
  let remadeAt = Number.NEGATIVE_INFINITY

  function close(): void {
    opened?.db.close()
    opened = null
  }

  function catchUp(withinMs: number): CatalogState {
    // Somebody may have removed the file: then there is another one.
    if (opened !== null && opened.identity !== identityOf(catalog)) close()
    source ??= openSharedDatabase(transcripts, 'read')
    if (opened === null) {
      const db = openCatalog(catalog)
      opened = {
        db,
        writer: createCatalogWriter({transcripts: source, catalog: db}),
        identity: identityOf(catalog),
      }
    }
    return opened.writer.catchUp(withinMs)
  }

  function mayRemake(): boolean {
    return performance.now() - remadeAt > remakeMs
  }

  function remake(): void {
    remadeAt = performance.now()
    close()
    removeCatalog(catalog)
  }

  function caughtUp({withinMs, isDamaged}: CatchUpTask): CatchUpReply {
    try {
      if (isDamaged && mayRemake()) remake()
      try {
        return {state: catchUp(withinMs)}
      } catch (error) {
        if (!mayRemake() || !isDamage(error, catalog)) throw error
        remake()
        return {state: catchUp(withinMs)}
      }
    } catch (error) {
      const {code, message} = storageErrorOf(error, {transcripts, catalog})
      return {problem: {code, message}}
    }
  }

  function checkpointed(): CheckpointReply {
    try {
      written ??= openSharedDatabase(transcripts, 'write')
      return {isComplete: checkpoint(written)}
    } catch {
      // The server writes the file as well, and reports what is wrong with it.
      return {isComplete: false}
    }
  }

  return {
    ready: null,
    perform: async (task): Promise<CatalogReply> =>
      task.kind === 'checkpoint' ? checkpointed() : caughtUp(task),
  }
})
