import {openDatabaseBeside, storageError} from './open-database.ts'
import {emptyWriteAheadLog, removeAnswers} from './removal.ts'
import {createTranscriptReads} from './transcript-reads.ts'
import type {TranscriptStore} from './transcript-store.ts'

export interface TranscriptsReader extends Pick<TranscriptStore, 'list' | 'get' | 'export'> {
  /** At most `limit`, in no order; none for text that is no beginning of an id. */
  idsBeginningWith(text: string, limit: number): string[]
  close(): void
}

/**
 * Reads a transcripts file beside the server that writes it; changes nothing in it.
 * @throws DocentError `storage` when there is no such file or it cannot be read.
 */
export function readTranscripts(file: string): TranscriptsReader {
  const db = openDatabaseBeside(file, 'read')
  const {list, get, export: all} = createTranscriptReads(db)
  const near = db
    .prepare<[string, string, number], string>(
      'SELECT id FROM answers WHERE substr(id, 1, length(?)) = ? LIMIT ?',
    )
    .pluck()
  return {
    list,
    get,
    export: all,
    idsBeginningWith: (text, limit) => (text === '' ? [] : near.all(text, text, limit)),
    close: () => db.close(),
  }
}

/**
 * Removes what began before `before` and has ended, beside the server. Gives the number of answers removed.
 * @throws DocentError `storage`, also when the server holds the file for longer than three seconds.
 */
export function purgeTranscripts(file: string, before: number): number {
  const db = openDatabaseBeside(file, 'write')
  try {
    const removed = removeAnswers(db, 'ending IS NOT NULL AND started_at < ?', before)
    if (removed > 0) emptyWriteAheadLog(db)
    return removed
  } catch (error) {
    throw storageError(error, file)
  } finally {
    db.close()
  }
}
