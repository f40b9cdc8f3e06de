import type {SqliteDatabase} from '../../native/index.ts'
import {CommonWords, CommonWordsWriter, commonWordsSchema} from './common-words.ts'
import {FtsWords, FtsWordsWriter, ftsWordsSchema} from './fts-words.ts'
import {PostingsCache} from './postings-cache.ts'
import type {SectionTerms, TermFrequency} from './section-terms.ts'

/**
 * Where the words of a build are kept: all of them in FTS5, and the frequent ones a second time as blobs of our own.
 * Nothing outside this file knows of the two.
 */
export const wordIndexSchema = ftsWordsSchema + commonWordsSchema

/** FTS5 is compacted when more than this share of the sections was removed from it. */
const maxDeadShare = 0.2

/** Writes the words of a build's sections. Call `finish` once, inside the transaction of the rest. */
export class WordIndexWriter {
  readonly #fts: FtsWordsWriter
  readonly #common: CommonWordsWriter
  readonly #isEdit: boolean
  #removed = 0

  /** `isEdit`: whether the database holds the words of an earlier build. */
  constructor(db: SqliteDatabase, options: {readonly isEdit: boolean}) {
    this.#fts = new FtsWordsWriter(db)
    this.#common = new CommonWordsWriter(db, options)
    this.#isEdit = options.isEdit
  }

  /** Returns the section's length in terms, at least 1. */
  add(sectionId: number, terms: SectionTerms): number {
    this.#fts.add(sectionId, terms)
    this.#common.add(sectionId, terms)
    return Math.max(1, terms.title.length + terms.headings.length + terms.text.length)
  }

  /** `length` is what `add` returned; 0 for a section without text, which was never added. */
  remove(sectionId: number, length: number): void {
    this.#removed++
    if (length === 0) return
    this.#fts.remove(sectionId)
    this.#common.remove(sectionId)
  }

  /** `sections` is the number of sections in the finished build. */
  finish(sections: number): void {
    this.#common.finish()
    if (!this.#isEdit || this.#removed > sections * maxDeadShare) this.#fts.optimize()
  }
}

/** Reads the words of a build. */
export class WordIndex {
  readonly #fts: FtsWords
  readonly #common: CommonWords
  readonly #kept = new PostingsCache((term) => this.#common.postings(term) ?? this.#fts.postings(term))

  constructor(db: SqliteDatabase) {
    this.#fts = new FtsWords(db)
    this.#common = new CommonWords(db)
  }

  /** Pairs of counts and section number as `postingsOf` returns them, by section; empty for an unknown word. */
  postings(term: string): Uint32Array {
    return this.#kept.get(term)
  }

  /** In how many sections a term stands. */
  frequencyOf(term: string): number {
    return this.#common.frequencyOf(term) ?? this.#fts.frequencyOf(term)
  }

  /** Terms of small ASCII letters and digits that begin like this, in no order. A term may come twice. */
  termsFrom(beginning: string): TermFrequency[] {
    if (!plain.test(beginning)) return []
    // Above every letter and digit.
    const end = `${beginning}\uffff`
    return [...this.#fts.between(beginning, end), ...this.#common.between(beginning, end)].filter(({term}) =>
      plain.test(term),
    )
  }
}

const plain = /^[a-z0-9]+$/
