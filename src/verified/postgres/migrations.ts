import type {PostgresMigration} from '../../postgres/index.ts'

/**
 * Verified answers in PostgreSQL. Times are milliseconds since the epoch. `question_digest` is of the key of the question, its
 * language and its version: a key may be longer than what an index can have. `verified_revision` has one row, which each
 * change locks and counts up. A published migration is never edited; new ones are appended.
 */
export const postgresVerifiedMigrations: readonly PostgresMigration[] = [
  {
    name: '001_verified_answers',
    sql: `
      CREATE TABLE docent.verified_answers (
        id text COLLATE "C" PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('proposed', 'published', 'withdrawn')),
        revision bigint NOT NULL,
        question text NOT NULL,
        question_digest bytea NOT NULL,
        text text NOT NULL,
        url text NOT NULL,
        anchor text NOT NULL,
        lang text,
        version text,
        answer_ref text,
        proposed_by text NOT NULL,
        proposed_at bigint NOT NULL,
        changed_by text NOT NULL,
        changed_at bigint NOT NULL,
        published_by text,
        published_at bigint,
        page_digest text
      );
      CREATE UNIQUE INDEX one_published_answer ON docent.verified_answers (question_digest) WHERE state = 'published';
      CREATE TABLE docent.verified_revision (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        revision bigint NOT NULL
      );
      INSERT INTO docent.verified_revision (revision) VALUES (0);
    `,
  },
]
