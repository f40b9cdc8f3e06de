import type {SqliteDatabase} from '../../native/index.ts'

/**
 * The catalog is what lists and searches read: derived from the transcripts file, in a file of its own, so that whoever
 * writes it never makes an answer wait. Deleting it loses nothing: it is made anew.
 *
 * - `words` is the full-text index. In its third column each value that a filter can ask for is a word, so that any
 *   combination of words and filters is one search of the index, which moves from match to match.
 * - `names` has these values, and how many answers have each.
 * - `facets` has one narrow row for each answer, with the row id of the transcripts file, for what is compared.
 * - `texts` has what was indexed: the index keeps no text, and can forget only what it is shown again.
 */
const tables = `
  CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    answers INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, name)
  );
  CREATE TABLE facets (
    row INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    first_token_ms INTEGER,
    longest_stall_ms INTEGER,
    total_ms INTEGER
  );
  CREATE INDEX facets_by_at ON facets (at, row);
  CREATE TABLE texts (row INTEGER PRIMARY KEY, question TEXT NOT NULL, text TEXT NOT NULL, names TEXT NOT NULL);
`

/** What a filter can ask for, each a kind in `names`. Every answer has one value of each. */
export const categories = [
  'ending',
  'partial',
  'fallback',
  'abstained',
  'rating',
  'missing',
  'verdict',
  'channel',
  'build',
  'generator',
  'model',
  'version',
  'lang',
  'error',
  'answerability',
  'visitor',
  'left',
  'resumed',
] as const

export type Category = (typeof categories)[number]

/** What a list can be sorted by besides time, in milliseconds. Each is also a kind in `names`: its range, see `rangeOf`. */
export const measures = ['first_token_ms', 'longest_stall_ms', 'total_ms'] as const

export type Measure = (typeof measures)[number]

/** Also kinds in `names`, of which an answer can have many values: addresses of the pages that it cites, and shows. */
export type PageUse = 'cited' | 'shown'

export type Kind = Category | Measure | PageUse

/** How much longer a time is in the next range. */
export const rangeFactor = 1.1

/** The number of the range of a time in milliseconds; longer times have greater numbers. */
export function rangeOf(ms: number): number {
  return Math.floor(Math.log(Math.max(0, ms) + 1) / Math.log(rangeFactor))
}

/**
 * Letters, digits and the marks on them, since the vowels of Thai and Hindi are marks; signs such as emoji; and, for
 * symbols within words and for names, the characters of private use. One letter alone is no prefix.
 */
const words = `
  CREATE VIRTUAL TABLE words USING fts5 (
    question, text, names, content='', prefix='2 3',
    tokenize = "porter unicode61 remove_diacritics 2 categories 'L* M* N* Co So'"
  );
  INSERT INTO words(words, rank) VALUES ('secure-delete', 1);
  INSERT INTO words(words, rank) VALUES ('automerge', 0);
  INSERT INTO words(words, rank) VALUES ('crisismerge', 200);
`

/** Raised when what is derived changes: the catalog is then made anew. */
export const catalogVersion = 7

/** Creates the tables of an empty catalog. */
export function createCatalogTables(db: SqliteDatabase): void {
  db.exec(tables)
  for (const measure of measures) db.exec(`CREATE INDEX facets_by_${measure} ON facets (${measure}, row)`)
  db.exec(words)
  db.pragma(`user_version = ${catalogVersion}`)
}
