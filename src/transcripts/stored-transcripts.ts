import {
  deleteVisitorFrom,
  type PurgeResult,
  purgeTranscripts,
  type ReadTranscriptsOptions,
  readTranscripts,
  reviewTranscript,
  type TranscriptsReader,
  type WrittenBy,
} from './read-transcripts.ts'
import {type Withdrawal, type WithdrawOptions, withdrawPage} from './withdraw-page.ts'

/**
 * The transcripts for a process that writes no answers, as a command, beside any number of servers that do. What is being
 * written stays as it is.
 * @throws DocentError `storage` from every method.
 */
export interface StoredTranscripts {
  /** Opens them for reading. Close it. */
  read(options?: ReadTranscriptsOptions): TranscriptsReader
  /**
   * Writes a review as `TranscriptStore.setReview` does.
   * @throws DocentError `not_found`, `conflict`, `invalid_request`.
   */
  review(answerId: string, written: WrittenBy): Promise<void>
  /** Removes answers that began before `before`, in milliseconds since the epoch, and have ended. */
  purge(before: number): Promise<PurgeResult>
  /** Removes ended answers to questions from one address, by its keyed hash. */
  deleteVisitor(visitor: string): Promise<PurgeResult>
  /** Takes a page out of all answers that have ended, by its addresses without a fragment. See `withdrawPage`. */
  withdrawPage(urls: readonly string[], options?: WithdrawOptions): Promise<Withdrawal>
}

/** Those of a SQLite file, which each call opens. */
export function transcriptsInFile(file: string): StoredTranscripts {
  return {
    read: (options) => readTranscripts(file, options),
    review: async (answerId, written) => reviewTranscript(file, answerId, written),
    purge: (before) => purgeTranscripts(file, before),
    deleteVisitor: (visitor) => deleteVisitorFrom(file, visitor),
    withdrawPage: (urls, options) => withdrawPage(file, urls, options),
  }
}
