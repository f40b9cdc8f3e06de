import {constants, setPriority} from 'node:os'
import type {ErrorCode} from '../../domain/index.ts'
import {serveTasks} from '../../processes/index.ts'
import {openSharedDatabase, storageError} from '../open-database.ts'
import {type CatalogState, type CatalogWriter, createCatalogWriter} from './catalog-writer.ts'
import {openCatalog} from './open-catalog.ts'

export interface CatalogSetup {
  /** The transcripts file, which the parent has migrated. */
  readonly transcripts: string
  readonly catalog: string
}

export interface CatchUpTask {
  readonly withinMs: number
}

export type CatchUpReply =
  | {readonly state: CatalogState}
  | {readonly problem: {readonly code: ErrorCode; readonly message: string}}

serveTasks<CatalogSetup, CatchUpTask>(async ({transcripts, catalog}) => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  let writer: CatalogWriter | null = null

  return {
    ready: null,
    async perform({withinMs}): Promise<CatchUpReply> {
      try {
        writer ??= createCatalogWriter({
          transcripts: openSharedDatabase(transcripts, 'read'),
          catalog: openCatalog(catalog),
        })
        return {state: writer.catchUp(withinMs)}
      } catch (error) {
        const {code, message} = storageError(error, catalog)
        return {problem: {code, message}}
      }
    },
  }
})
