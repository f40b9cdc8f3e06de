import {setTimeout as delay} from 'node:timers/promises'
import {createPrivateFile} from '../native/index.ts'
import {openDatabaseBeside, storageError} from './open-database.ts'
import {emptyWriteAheadLog, prepareRemoval, removeAll} from './removal.ts'
import {createStaffReads} from './staff-reads.ts'
import {asynchronous, createTranscriptReader} from './transcript-reader.ts'
import {createTranscriptReads} from './transcript-reads.ts'
import type {TranscriptStore} from './transcript-store.ts'

/** How often a purge asks those who read to let go; in between the server writes. */
const lettingGoTries = 10
const lettingGoPauseMs = 300
const allPages = 0x7fffffff

export interface TranscriptsReader extends Pick<TranscriptStore, 'list' | 'get' | 'export'> {
  /** At most `limit`, in no order; none for text that is no beginning of an id. */
  idsBeginningWith(text: string, limit: number): Promise<string[]>
  close(): void
}

/**
 * Reads a transcripts file beside the server that writes it; changes nothing in it.
 * @throws DocentError `storage` when there is no such file or it cannot be read.
 */
export function readTranscripts(file: string): TranscriptsReader {
  const db = openDatabaseBeside(file, 'read')
  const reads = createTranscriptReads(db)
  return {
    ...createTranscriptReader(asynchronous(createStaffReads(reads), file)),
    idsBeginningWith: async (text, limit) => reads.idsBeginningWith(text, limit),
    close: () => db.close(),
  }
}

export interface Purged {
  /** Answers. */
  readonly removed: number
  /** False when another process that reads the file holds copies of removed words in it. */
  readonly isErased: boolean
}

/**
 * Removes what began before `before` and has ended, beside the server, and what an earlier purge had to leave.
 * @throws DocentError `storage`, also when another process holds the file for long.
 */
export async function purgeTranscripts(file: string, before: number): Promise<Purged> {
  const db = openDatabaseBeside(file, 'write')
  try {
    const removed = removeAll(prepareRemoval(db, 'ending IS NOT NULL AND started_at < ?'), before)
    // Whoever waits here keeps the server from writing.
    db.pragma('busy_timeout = 20')
    let isErased = emptyWriteAheadLog(db)
    for (let tries = 1; !isErased && tries < lettingGoTries; tries++) {
      await delay(lettingGoPauseMs)
      isErased = emptyWriteAheadLog(db)
    }
    return {removed, isErased}
  } catch (error) {
    throw storageError(error, file)
  } finally {
    db.close()
  }
}

/**
 * Copies the transcripts as they are now, beside the server, into a new file that only this user may read.
 * @throws DocentError `storage`, also when the file to write is there already.
 */
export async function backUpTranscripts(file: string, to: string): Promise<void> {
  const db = openDatabaseBeside(file, 'read')
  try {
    const copy = createPrivateFile(to)
    try {
      // All at once: a copy in steps begins anew whenever the server has written.
      await db.backup(to, {progress: () => allPages})
    } catch (error) {
      copy.discard()
      throw error
    }
    copy.close()
  } catch (error) {
    throw storageError(error, to)
  } finally {
    db.close()
  }
}
