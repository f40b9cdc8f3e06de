import type {Migration} from '../native/index.ts'

/** Applied by name, in this order, once each. A published migration is never edited; new ones are appended. */
export const verifiedMigrations: readonly Migration[] = [
  {
    name: '001_verified_answers',
    sql: `
      CREATE TABLE answers (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('proposed', 'published', 'withdrawn')),
        revision INTEGER NOT NULL,
        question TEXT NOT NULL,
        question_key TEXT NOT NULL,
        text TEXT NOT NULL,
        url TEXT NOT NULL,
        anchor TEXT NOT NULL,
        lang TEXT,
        version TEXT,
        answer_ref TEXT,
        proposed_by TEXT NOT NULL,
        proposed_at INTEGER NOT NULL,
        changed_by TEXT NOT NULL,
        changed_at INTEGER NOT NULL,
        published_by TEXT,
        published_at INTEGER,
        page_digest TEXT
      );
      CREATE INDEX answers_by_change ON answers (changed_at);
      CREATE UNIQUE INDEX one_published_answer ON answers (question_key, ifnull(lang, ''), ifnull(version, ''))
        WHERE state = 'published';
    `,
  },
]
