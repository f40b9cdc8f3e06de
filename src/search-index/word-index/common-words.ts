import type {SqliteDatabase} from '../../native/index.ts'
import {editPostings, packPosting, postingsOf, postingsToBlob, sectionOfPosting} from './postings.ts'
import type {SectionTerms, TermFrequency} from './section-terms.ts'

/** A word in at least so many sections gets its postings stored as one blob. */
const commonFrom = 64

/** The postings of frequent words, one blob a word: 20,000 postings are read in 0.1 ms, through FTS5 in 20. */
export const commonWordsSchema = `
  CREATE TABLE common_words (word TEXT PRIMARY KEY, postings BLOB NOT NULL) WITHOUT ROWID;
`

/** Gathers the postings of a build's sections and stores those of common words at the end. */
export class CommonWordsWriter {
  readonly #db: SqliteDatabase
  readonly #isEdit: boolean
  /** Postings of the sections added, by word. */
  readonly #added = new Map<string, number[]>()
  readonly #removed = new Set<number>()
  #firstAdded = Number.POSITIVE_INFINITY

  /** `isEdit`: whether the database already holds the common words of an earlier build. */
  constructor(db: SqliteDatabase, {isEdit}: {readonly isEdit: boolean}) {
    this.#db = db
    this.#isEdit = isEdit
  }

  /** Section numbers must grow from call to call. */
  add(sectionId: number, terms: SectionTerms): void {
    this.#firstAdded = Math.min(this.#firstAdded, sectionId)
    for (const [term, counts] of countsOf(terms)) {
      const posting = packPosting(sectionId, ...counts)
      const postings = this.#added.get(term)
      if (postings) postings.push(posting)
      else this.#added.set(term, [posting])
    }
  }

  remove(sectionId: number): void {
    this.#removed.add(sectionId)
  }

  /** Stores them. A word that was rare in the earlier build and is common now stays with FTS5 until a build starts empty. */
  finish(): void {
    this.#dropRemoved()
    if (this.#isEdit) this.#editStored()
    else this.#insertCommon()
  }

  /** A section that was added and then removed again has left its postings. */
  #dropRemoved(): void {
    if (![...this.#removed].some((section) => section >= this.#firstAdded)) return
    for (const [word, postings] of this.#added) {
      this.#added.set(
        word,
        postings.filter((posting) => !this.#removed.has(sectionOfPosting(posting))),
      )
    }
  }

  #editStored(): void {
    const replace = this.#db.prepare('UPDATE common_words SET postings = ? WHERE word = ?')
    const rows = this.#db.prepare('SELECT word, postings FROM common_words').all() as {
      word: string
      postings: Buffer
    }[]
    for (const {word, postings} of rows) {
      const edited = editPostings(postings, this.#removed, this.#added.get(word) ?? [])
      if (edited) replace.run(edited, word)
    }
  }

  #insertCommon(): void {
    const insert = this.#db.prepare('INSERT INTO common_words VALUES (?, ?)')
    for (const [word, postings] of this.#added) {
      if (postings.length >= commonFrom) insert.run(word, postingsToBlob(postings))
    }
  }
}

function countsOf({title, headings, text}: SectionTerms): Map<string, [number, number, number]> {
  const counts = new Map<string, [title: number, headings: number, text: number]>()
  for (const [column, terms] of [title, headings, text].entries()) {
    for (const term of terms) {
      let count = counts.get(term)
      if (count === undefined) {
        count = [0, 0, 0]
        counts.set(term, count)
      }
      count[column]!++
    }
  }
  return counts
}

/** Reads the postings of common words. */
export class CommonWords {
  readonly #postings
  readonly #bytes
  readonly #between

  constructor(db: SqliteDatabase) {
    this.#postings = db.prepare('SELECT postings FROM common_words WHERE word = ?').pluck()
    this.#bytes = db.prepare('SELECT length(postings) FROM common_words WHERE word = ?').pluck()
    this.#between = db.prepare(
      'SELECT word AS term, length(postings) / 8 AS frequency FROM common_words WHERE word BETWEEN ? AND ?',
    )
  }

  /** Pairs of counts and section number as `postingsOf` returns them; null for a word that is not stored here. */
  postings(term: string): Uint32Array | null {
    const blob = this.#postings.get(term) as Buffer | undefined
    return blob === undefined ? null : postingsOf(blob)
  }

  /** In how many sections a term stands; null for a word that is not stored here. */
  frequencyOf(term: string): number | null {
    const bytes = this.#bytes.get(term) as number | undefined
    return bytes === undefined ? null : bytes / 8
  }

  /** Terms from `first` to `last`, both included. */
  between(first: string, last: string): TermFrequency[] {
    return this.#between.all(first, last) as TermFrequency[]
  }
}
