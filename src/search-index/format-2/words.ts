import type {SqliteDatabase} from '../../native/index.ts'
import {type PostingsList, postingBytes, postingsFromBlob} from '../word-index/postings.ts'
import {afterAll, type TermFrequency, type TermReader} from '../word-index/word-index.ts'

/**
 * Reads the words of a build of format 2, so that who updates Docent goes on serving the index that is there until the
 * next ingest has made another. Such builds are read only; this folder can be deleted with the last version that
 * updates from 0.1 directly.
 *
 * All terms are in `words`, an FTS5 table without content, and are read through its vocabulary: `word_rows` and
 * `word_places`. Terms in 64 sections or more, with few exceptions, are in `common_words` too, with their list as a blob
 * of the present layout.
 */
export class Format2Words implements TermReader {
  readonly #sql

  constructor(db: SqliteDatabase) {
    this.#sql = {
      commonFrequency: db
        .prepare(`SELECT length(postings) / ${postingBytes} FROM common_words WHERE word = ?`)
        .pluck(),
      commonPostings: db.prepare('SELECT postings FROM common_words WHERE word = ?').pluck(),
      places: db.prepare('SELECT doc, col FROM word_places WHERE term = ?').raw(),
      frequency: db.prepare('SELECT doc FROM word_rows WHERE term = ?').pluck(),
      termsFrom: db.prepare(
        `SELECT term, doc AS frequency FROM word_rows WHERE term BETWEEN ? AND ?
         ORDER BY frequency DESC, term LIMIT ?`,
      ),
    }
  }

  postings(term: string): PostingsList {
    const blob = this.#sql.commonPostings.get(term) as Buffer | undefined
    return blob === undefined ? this.#rarePostings(term) : postingsFromBlob(blob)
  }

  frequencyOf(term: string): number {
    const {commonFrequency, frequency} = this.#sql
    return ((commonFrequency.get(term) ?? frequency.get(term)) as number | undefined) ?? 0
  }

  termsFrom(beginning: string, limit: number): TermFrequency[] {
    return this.#sql.termsFrom.all(beginning, beginning + afterAll, limit) as TermFrequency[]
  }

  #rarePostings(term: string): PostingsList {
    const pairs: number[] = []
    const places = this.#sql.places.iterate(term) as IterableIterator<[number, string]>
    for (const [section, column] of places) {
      if (pairs.at(-1) !== section) pairs.push(0, section)
      const at = pairs.length - 2
      pairs[at] = pairs[at]! + (column === 'title' ? 0x1000000 : column === 'headings' ? 0x10000 : 1)
    }
    return Uint32Array.from(pairs)
  }
}
