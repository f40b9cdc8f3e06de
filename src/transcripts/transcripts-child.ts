import {constants, setPriority} from 'node:os'
import type {ErrorCode} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {serveTasks} from '../processes/index.ts'
import {createQuestionReads} from './asked-questions.ts'
import {damagedCatalog, identityOf, isDamage, isDamagedCatalog, isGone} from './catalog/catalog-damage.ts'
import {type CatalogReads, catalogBy, createCatalogReads} from './catalog/catalog-reads.ts'
import {openForReading} from './catalog/open-catalog.ts'
import {createMaterialReads} from './material-reads.ts'
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
  | {
      readonly problem: {readonly code: ErrorCode; readonly message: string}
      /** The catalog must be made anew. */
      readonly isCatalogDamaged: boolean
    }

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
        return {problem: {code, message}, isCatalogDamaged: isDamagedCatalog(error)}
      }
    },
  }
})

function openStaffReads(transcripts: string, catalog: string): StaffReads {
  let opened: {
    readonly db: SqliteDatabase
    readonly reads: CatalogReads
    readonly identity: string | null
  } | null = null
  const close = () => {
    opened?.db.close()
    opened = null
  }
  const run = <Result>(read: (reads: CatalogReads) => Result): Result => {
    try {
      // A catalog that was made anew is another file.
      if (opened !== null && opened.identity !== identityOf(catalog)) close()
      if (opened === null) {
        const identity = identityOf(catalog)
        const db = openForReading(transcripts, catalog)
        opened = {db, reads: createCatalogReads(db), identity}
      }
      return read(opened.reads)
    } catch (error) {
      if (!isDamage(error, catalog) && !isGone(error, catalog)) throw error
      close()
      throw damagedCatalog(catalog, error)
    }
  }
  const db = openSharedDatabase(transcripts, 'read')
  return createStaffReads(
    createTranscriptReads(db),
    catalogBy(run),
    createQuestionReads(db),
    createMaterialReads(db),
  )
}
