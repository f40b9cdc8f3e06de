import {type AskedQuestion, createQuestionReads, type QuestionFacts} from './asked-questions.ts'
import {hasChanges} from './catalog/catalog-writer.ts'
import {openLocalCatalog} from './catalog/local-catalog.ts'
import {selectionOf} from './list-order.ts'
import {openSharedDatabase, storageError} from './open-database.ts'

/** Reads of questions that the docs may have failed, for a process of its own. Close it once. @throws DocentError `storage`. */
export interface UnansweredReader {
  /** The newest that have ended and of which words are kept, at most `limit`, the oldest first. */
  facts(limit: number): Promise<readonly QuestionFacts[]>
  /** By `ref`, in this order; those that are gone are left out. */
  asked(refs: readonly string[]): Promise<readonly AskedQuestion[]>
  close(): void
}

/**
 * Opens a transcripts file, also while a server writes it.
 * @returns null for a file that no server of this version has migrated.
 * @throws DocentError `storage` if there is no such file or it cannot be read.
 */
export function readUnanswered(file: string): UnansweredReader | null {
  const db = openSharedDatabase(file, 'read')
  if (!hasChanges(db)) {
    db.close()
    return null
  }
  const catalog = openLocalCatalog(file, db, () => {})
  const reads = createQuestionReads(db)
  const attempt = async <Result>(read: () => Result): Promise<Result> => {
    try {
      return read()
    } catch (error) {
      throw storageError(error, file)
    }
  }
  return {
    facts: (limit) =>
      attempt(() => {
        const filter = {unanswered: true} as const
        const found = catalog.reads.select({filter, ...selectionOf('newest'), after: null, limit})
        return reads.facts(found.map(({row}) => row).reverse())
      }),
    asked: (refs) => attempt(() => reads.asked(refs)),
    close() {
      catalog.close()
      db.close()
    },
  }
}
