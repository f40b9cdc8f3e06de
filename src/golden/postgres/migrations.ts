import type {PostgresMigration} from '../../postgres/index.ts'

/**
 * Golden questions in PostgreSQL: each row is a line of a question file, in the order of `number`. `golden_revision` has one
 * row, which each change locks and counts up: 0 says that there never was a question. A published migration is never edited;
 * new ones are appended.
 */
export const postgresGoldenMigrations: readonly PostgresMigration[] = [
  {
    name: '001_golden_questions',
    sql: `
      CREATE TABLE docent.golden_questions (
        number bigint PRIMARY KEY,
        line text NOT NULL
      );
      CREATE TABLE docent.golden_revision (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        revision bigint NOT NULL
      );
      INSERT INTO docent.golden_revision (revision) VALUES (0);
    `,
  },
]
