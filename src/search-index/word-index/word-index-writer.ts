import type {SqliteDatabase} from '../../native/index.ts'
import {
  columns,
  type PostingsList,
  postingsFromBlob,
  postingsToBlob,
  withChanges,
  withOneMore,
} from './postings.ts'
import {PostingsBuffer, type TermChanges} from './postings-buffer.ts'
import type {SectionTerms} from './section-terms.ts'

/** Limits of what is collected before it is stored: about 80 MB of changes and 60 MB of terms. */
export interface BufferLimits {
  readonly changes: number
  readonly terms: number
}

const defaultLimits: BufferLimits = {changes: 4_000_000, terms: 500_000}

/**
 * Writes the words of a build's sections, into an empty index or into the copy of an earlier one. What is read back
 * does not depend on how the index came about. Call `finish` once, inside the transaction of the rest.
 */
export class WordIndexWriter {
  readonly #buffer = new PostingsBuffer()
  readonly #limits: BufferLimits
  readonly #sql

  constructor(db: SqliteDatabase, limits: BufferLimits = defaultLimits) {
    this.#limits = limits
    this.#sql = {
      read: db.prepare('SELECT postings FROM terms WHERE term = ?').pluck(),
      insert: db.prepare('INSERT INTO terms VALUES (?, ?)'),
      update: db.prepare('UPDATE terms SET postings = ? WHERE term = ?'),
      delete: db.prepare('DELETE FROM terms WHERE term = ?'),
    }
  }

  /** Section numbers must grow from call to call. Returns the section's length in terms, at least 1. */
  add(sectionId: number, terms: SectionTerms): number {
    for (const [term, counts] of countsOf(terms)) this.#buffer.add(term, sectionId, counts)
    this.#storeWhenFull()
    return Math.max(1, terms.title.length + terms.headings.length + terms.text.length)
  }

  /** `terms` must be those it was added with; only their lists are looked at. Its number is not used again. */
  remove(sectionId: number, terms: SectionTerms): void {
    for (const term of countsOf(terms).keys()) this.#buffer.add(term, sectionId, 0)
    this.#storeWhenFull()
  }

  finish(): void {
    for (const changes of this.#buffer.take()) this.#store(changes)
  }

  #storeWhenFull(): void {
    if (this.#buffer.size >= this.#limits.changes || this.#buffer.termCount >= this.#limits.terms)
      this.finish()
  }

  #store({term, changes}: TermChanges): void {
    const blob = this.#sql.read.get(term) as Buffer | undefined
    const stored: PostingsList = blob === undefined ? new Uint32Array() : postingsFromBlob(blob)
    const list = withChanges(stored, changes)
    if (list.length === 0) this.#sql.delete.run(term)
    else if (blob === undefined) this.#sql.insert.run(term, postingsToBlob(list))
    else this.#sql.update.run(postingsToBlob(list), term)
  }
}

/** How often each term stands in each column, packed as a posting has it. */
function countsOf(terms: SectionTerms): Map<string, number> {
  const counts = new Map<string, number>()
  for (const column of ['title', 'headings', 'text'] as const) {
    for (const term of terms[column]) counts.set(term, withOneMore(counts.get(term) ?? 0, columns[column]))
  }
  return counts
}
