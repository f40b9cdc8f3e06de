import {backUpDatabase} from '../native/index.ts'
import type {RedactorRecipe} from '../redaction/index.ts'
import {createQuestionReads} from './asked-questions.ts'
import {forgetRemoved, openLocalCatalog} from './catalog/local-catalog.ts'
import {createMaterialReads} from './material-reads.ts'
import {openSharedDatabase, storageError} from './open-database.ts'
import {eraseCopies, prepareRemoval, removeAll} from './removal.ts'
import {prepareReview, refuseTextOfReview} from './review.ts'
import {createStaffReads} from './staff-reads.ts'
import {asyncReads, createTranscriptReader} from './transcript-reader.ts'
import {createTranscriptReads} from './transcript-reads.ts'
import type {Review, TranscriptStore} from './transcript-store.ts'

export interface TranscriptsReader
  extends Pick<TranscriptStore, 'list' | 'get' | 'material' | 'asked' | 'export' | 'analytics'> {
  /** At most `limit` ids, in no particular order; none if no id starts with the text. */
  idsStartingWith(text: string, limit: number): Promise<string[]>
  close(): void
}

export interface ReadTranscriptsOptions {
  /** Called each second while the catalog is made, with the number of answers left. */
  readonly onWait?: (left: number) => void
  /** Of reads that are redacted; default: all kinds. */
  readonly redaction?: RedactorRecipe
}

/**
 * Opens a transcripts file for reading, also while a server writes it.
 * @throws DocentError `storage` if there is no such file or it cannot be read.
 */
export function readTranscripts(file: string, options: ReadTranscriptsOptions = {}): TranscriptsReader {
  const {onWait = () => {}, redaction} = options
  const db = openSharedDatabase(file, 'read')
  const reads = createTranscriptReads(db)
  const catalog = openLocalCatalog(file, db, onWait)
  const questions = createQuestionReads(db)
  return {
    ...createTranscriptReader(
      asyncReads(createStaffReads(reads, catalog.reads, questions, createMaterialReads(db)), file),
      redaction === undefined ? {} : {redaction},
    ),
    idsStartingWith: async (text, limit) => reads.idsStartingWith(text, limit),
    close() {
      catalog.close()
      db.close()
    },
  }
}

export interface PurgeResult {
  /** Number of answers removed. */
  readonly removed: number
  /** False if another process that reads the file keeps copies of removed text in it. */
  readonly isErased: boolean
}

/**
 * Removes answers that began before `before` and have ended, also while a server runs, and copies of removed data that an
 * earlier purge had to leave.
 * @throws DocentError `storage`, also if another process locks the file for too long.
 */
export async function purgeTranscripts(file: string, before: number): Promise<PurgeResult> {
  return removeFrom(file, 'started_at < ?', before)
}

/**
 * Removes ended answers to questions from one address, by its keyed hash, as `purgeTranscripts` does.
 * @throws DocentError `storage`, as that does.
 */
export async function deleteVisitorFrom(file: string, visitor: string): Promise<PurgeResult> {
  return removeFrom(file, 'visitor = ?', visitor)
}

/** @param condition in SQL, with one `?`; those that are being written stay. */
async function removeFrom(file: string, condition: string, value: string | number): Promise<PurgeResult> {
  const db = openSharedDatabase(file, 'write')
  try {
    const removed = removeAll(prepareRemoval(db, `ending IS NOT NULL AND ${condition}`), value)
    const isErased = await eraseCopies(db)
    return {removed, isErased: forgetRemoved(file, db) && isErased}
  } catch (error) {
    throw storageError(error, file)
  } finally {
    db.close()
  }
}

/** A review, and what it is written in place of. */
export interface WrittenBy {
  readonly review: Omit<Review, 'at'>
  /** When the review was written that it replaces; null where there was none. */
  readonly replaces: number | null
  /** The setting `TRANSCRIPTS`. */
  readonly mode: string
}

/**
 * Writes a review as `TranscriptStore.setReview` does, also while a server runs.
 * @throws DocentError `not_found`, `conflict`, `invalid_request`; `storage`, also if another process locks the file for
 * too long.
 */
export function reviewTranscript(file: string, answerId: string, {review, replaces, mode}: WrittenBy): void {
  refuseTextOfReview(review, mode)
  const db = openSharedDatabase(file, 'write')
  try {
    prepareReview(db, Date.now)(answerId, review, replaces)
  } catch (error) {
    throw storageError(error, file)
  } finally {
    db.close()
  }
}

/**
 * Copies the transcripts to a new file that only this user can read, also while a server runs.
 * @throws DocentError `storage`, also if the target file exists.
 */
export async function backUpTranscripts(file: string, to: string): Promise<void> {
  const db = openSharedDatabase(file, 'read')
  try {
    await backUpDatabase(db, to)
  } finally {
    db.close()
  }
}
