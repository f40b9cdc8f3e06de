import type {Migration} from '../native/index.ts'

/**
 * Applied by name, in this order, once each. A published migration is never edited; new ones are appended.
 *
 * No table has words of visitors. `questions` names answers by their `ref`; `gap` is null for one that is in no gap, because
 * the model knows none of its words or its gap weighed too little to be kept. `sections` tells when each section of the docs
 * was first seen as it is.
 */
export const gapMigrations: readonly Migration[] = [
  {
    name: '001_gaps',
    sql: `
      CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE gaps (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'dismissed')),
        revision INTEGER NOT NULL DEFAULT 1,
        centre BLOB NOT NULL,
        title_ref TEXT NOT NULL DEFAULT '',
        example_refs TEXT NOT NULL DEFAULT '[]',
        lang TEXT,
        version TEXT,
        severity INTEGER NOT NULL DEFAULT 0,
        weight REAL NOT NULL DEFAULT 0,
        size INTEGER NOT NULL DEFAULT 0,
        conversations INTEGER NOT NULL DEFAULT 0,
        recent INTEGER NOT NULL DEFAULT 0,
        before INTEGER NOT NULL DEFAULT 0,
        reasons TEXT NOT NULL DEFAULT '{}',
        scope TEXT NOT NULL DEFAULT 'here',
        first_asked_at INTEGER NOT NULL DEFAULT 0,
        last_asked_at INTEGER NOT NULL DEFAULT 0,
        nearest TEXT NOT NULL DEFAULT '[]',
        nearest_of TEXT,
        checked_build TEXT,
        assignee TEXT,
        note TEXT,
        closed_at INTEGER,
        closed_by TEXT,
        closed_build TEXT,
        closed_section TEXT,
        closed_because TEXT,
        reopened_at INTEGER,
        reopened_by TEXT
      );
      CREATE INDEX gaps_by_state ON gaps (state, severity, weight);
      CREATE INDEX gaps_by_build ON gaps (closed_build) WHERE closed_build IS NOT NULL;
      CREATE TABLE questions (
        ref TEXT PRIMARY KEY,
        gap TEXT REFERENCES gaps (id) ON DELETE SET NULL,
        conversation TEXT NOT NULL,
        asked_at INTEGER NOT NULL,
        build TEXT NOT NULL,
        lang TEXT,
        version TEXT,
        reason TEXT NOT NULL,
        is_partly INTEGER NOT NULL,
        is_elsewhere INTEGER NOT NULL,
        vector BLOB
      ) WITHOUT ROWID;
      CREATE INDEX questions_by_gap ON questions (gap, asked_at);
      CREATE INDEX questions_by_conversation ON questions (conversation);
      CREATE INDEX questions_by_time ON questions (asked_at);
      CREATE TABLE history (
        id INTEGER PRIMARY KEY,
        gap TEXT NOT NULL REFERENCES gaps (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        by TEXT,
        what TEXT NOT NULL,
        detail TEXT,
        build TEXT
      );
      CREATE INDEX history_by_gap ON history (gap, id);
      CREATE INDEX history_by_build ON history (build) WHERE build IS NOT NULL;
      CREATE TABLE sections (
        place BLOB PRIMARY KEY,
        content BLOB NOT NULL,
        is_new INTEGER NOT NULL,
        since INTEGER NOT NULL
      ) WITHOUT ROWID;
    `,
  },
]
