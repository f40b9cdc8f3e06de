import type {SqliteDatabase} from '../../native/index.ts'

/**
 * The catalog is what lists and searches read: derived from the transcripts file, in a file of its own, so that whoever
 * writes it never makes an answer wait. Deleting it loses nothing: it is made anew.
 *
 * - `facets` has one narrow row for each answer, with the row id of the transcripts file. What a filter can ask for is the
 *   id of a name, so that a search through all rows reads little.
 * - `names` has these values, and how many answers have each: the reader starts with the rarest.
 * - `words` is the full-text index. It keeps no text; `texts` does, since the index can forget only what it is shown again.
 * - `page_uses` has the pages that an answer showed and cited.
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
    ending INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    abstained INTEGER NOT NULL,
    rating INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    build INTEGER NOT NULL,
    generator INTEGER NOT NULL,
    model INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lang INTEGER NOT NULL,
    error INTEGER NOT NULL,
    first_token_ms INTEGER,
    longest_stall_ms INTEGER,
    total_ms INTEGER
  );
  CREATE TABLE texts (row INTEGER PRIMARY KEY, question TEXT NOT NULL, text TEXT NOT NULL);
  CREATE TABLE page_uses (page INTEGER NOT NULL, row INTEGER NOT NULL, cited INTEGER NOT NULL, PRIMARY KEY (page, row))
    WITHOUT ROWID;
  CREATE INDEX page_uses_by_row ON page_uses (row);
  CREATE INDEX facets_by_at ON facets (at, row);
`

/** What a filter can ask for, each the name of a column of `facets` and a kind in `names`. */
export const categories = [
  'ending',
  'partial',
  'abstained',
  'rating',
  'missing',
  'verdict',
  'build',
  'generator',
  'model',
  'version',
  'lang',
  'error',
] as const

export type Category = (typeof categories)[number]

/** What a list can be sorted by besides time, in milliseconds. */
export const measures = ['first_token_ms', 'longest_stall_ms', 'total_ms'] as const

export type Measure = (typeof measures)[number]

/** Letters, digits and the marks on them: the vowels of Thai and Hindi are marks. One letter alone is no prefix. */
const words = `
  CREATE VIRTUAL TABLE words USING fts5 (
    question, text, content='', prefix='2 3',
    tokenize = "porter unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
  );
  INSERT INTO words(words, rank) VALUES ('secure-delete', 1);
  INSERT INTO words(words, rank) VALUES ('automerge', 0);
  INSERT INTO words(words, rank) VALUES ('crisismerge', 200);
`

/** Raised when what is derived changes: the catalog is then made anew. */
export const catalogVersion = 1

/** Creates the tables of an empty catalog. */
export function createCatalogTables(db: SqliteDatabase): void {
  db.exec(tables)
  for (const category of categories)
    db.exec(`CREATE INDEX facets_by_${category} ON facets (${category}, row)`)
  for (const measure of measures) db.exec(`CREATE INDEX facets_by_${measure} ON facets (${measure}, row)`)
  db.exec(words)
  db.pragma(`user_version = ${catalogVersion}`)
}
