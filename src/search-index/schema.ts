import {wordIndexSchema} from './word-index/word-index.ts'

/** Raised when tables or files of a build change. The next ingest rebuilds a build of another format from scratch. */
export const buildFormat = 3

/** The format of the previous version. Its builds are searched and read, never edited: see `format-2/`. */
export const earlierFormat = 2

/** Names of the files of a build, besides its manifest. */
export const databaseFile = 'index.sqlite'
export const hnswFile = 'passages.hnsw'
export const manifestFile = 'manifest.json'
/** Beside them, of builds that an ingest made: what it reported. Nothing depends on it. */
export const reportFile = 'report.json'

/**
 * Ids only increase while a build is edited into the next one, so that a label of the HNSW file is never reused for
 * something else; `counters` has the next ones.
 */
export const schema = `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('page', 1), ('section', 1), ('passage', 1);

  -- Every file that was looked at, also those that gave no page.
  CREATE TABLE files (
    path TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    page_id INTEGER,
    includes TEXT NOT NULL,
    diagnostics TEXT NOT NULL,
    fidelity TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    version TEXT,
    lang TEXT,
    tags TEXT NOT NULL,
    -- Among the pages of its folder; null where the project does not say.
    position REAL,
    links TEXT NOT NULL,
    -- Besides those of its sections.
    anchors TEXT NOT NULL,
    markdown TEXT NOT NULL
  );
  CREATE INDEX pages_by_url ON pages (url);

  -- Pages and groups of pages in the order of the project, each before those below it. Absent in older builds.
  CREATE TABLE outline (
    place INTEGER PRIMARY KEY,
    depth INTEGER NOT NULL,
    title TEXT NOT NULL,
    page_id INTEGER
  );

  CREATE TABLE sections (
    id INTEGER PRIMARY KEY,
    page_id INTEGER NOT NULL,
    anchor TEXT NOT NULL,
    headings TEXT NOT NULL,
    depth INTEGER NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    first_passage INTEGER NOT NULL,
    passage_count INTEGER NOT NULL,
    -- Terms in title, headings and text; 0 for a section that is not in the words index.
    length INTEGER NOT NULL
  );
  CREATE INDEX sections_by_page ON sections (page_id);

  CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    section_id INTEGER NOT NULL,
    embedding_hash TEXT NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    text TEXT NOT NULL,
    words INTEGER NOT NULL,
    -- What can be quoted: JSON as quotable-blocks-codec.ts writes it.
    blocks TEXT NOT NULL
  );
  CREATE INDEX passages_by_hash ON passages (embedding_hash);

  -- float32, little-endian.
  CREATE TABLE vectors (passage_id INTEGER PRIMARY KEY, vector BLOB NOT NULL);

${wordIndexSchema}`
