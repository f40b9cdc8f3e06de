import {constants, setPriority} from 'node:os'
import type {ErrorCode} from '../domain/index.ts'
import {serveTasks} from '../processes/index.ts'
import {type CatalogReads, createCatalogReads, lazyCatalog} from './catalog/catalog-reads.ts'
import {openForReading} from './catalog/open-catalog.ts'
import {openSharedDatabase, storageError} from './open-database.ts'
import {createStaffReads, type StaffReads} from './staff-reads.ts'
import {createTranscriptReads} from './transcript-reads.ts'

export interface ReaderSetup {
  /** The transcripts file, which the parent has migrated. */
  readonly transcripts: string
  readonly catalog: string
}

/** A call of a method of `StaffReads`. */
export type ReadCall = {
  readonly [Name in keyof StaffReads]: {readonly name: Name; readonly args: Parameters<StaffReads[Name]>}
}[keyof StaffReads]

/** What a call returned, or the DocentError it threw. */
export type ReadReply =
  | {readonly value: unknown}
  | {readonly problem: {readonly code: ErrorCode; readonly message: string}}

serveTasks<ReaderSetup, ReadCall>(async ({transcripts, catalog}) => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  let reads: StaffReads | null = null

  return {
    ready: null,
    async perform({name, args}): Promise<ReadReply> {
      try {
        reads ??= openStaffReads(transcripts, catalog)
        const read = reads[name] as (...args: unknown[]) => unknown
        return {value: read(...args)}
      } catch (error) {
        const {code, message} = storageError(error, transcripts)
        return {problem: {code, message}}
      }
    },
  }
})

function openStaffReads(transcripts: string, catalog: string): StaffReads {
  const reads = createTranscriptReads(openSharedDatabase(transcripts, 'read'))
  let catalogReads: CatalogReads | null = null
  const opened = () => (catalogReads ??= createCatalogReads(openForReading(transcripts, catalog)))
  return createStaffReads(reads, lazyCatalog(opened))
}
