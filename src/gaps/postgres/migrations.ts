import type {PostgresMigration} from '../../postgres/index.ts'

/**
 * Gaps in PostgreSQL, with the columns that they have in SQLite. No table has words of visitors. Times are milliseconds since
 * the epoch, but for `grouped_until`, which is of the database’s clock. `gap_lock` has one row, which each change locks:
 * `forgotten` counts how often questions were removed since somebody wanted them forgotten, and `grouped_by` says which process
 * groups. A published migration is never edited; new ones are appended.
 */
export const postgresGapMigrations: readonly PostgresMigration[] = [
  {
    name: '001_gaps',
    sql: `
      CREATE TABLE docent.gap_lock (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        forgotten bigint NOT NULL DEFAULT 0,
        grouped_by text,
        grouped_until timestamptz
      );
      INSERT INTO docent.gap_lock DEFAULT VALUES;
      CREATE TABLE docent.gap_state (name text PRIMARY KEY, value text NOT NULL);
      CREATE TABLE docent.gaps (
        id text COLLATE "C" PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'dismissed')),
        revision bigint NOT NULL DEFAULT 1,
        centre bytea NOT NULL,
        title_ref text NOT NULL DEFAULT '',
        example_refs text NOT NULL DEFAULT '[]',
        lang text,
        version text,
        severity integer NOT NULL DEFAULT 0,
        weight double precision NOT NULL DEFAULT 0,
        size integer NOT NULL DEFAULT 0,
        conversations integer NOT NULL DEFAULT 0,
        recent integer NOT NULL DEFAULT 0,
        before integer NOT NULL DEFAULT 0,
        reasons text NOT NULL DEFAULT '{}',
        scope text NOT NULL DEFAULT 'here',
        first_asked_at bigint NOT NULL DEFAULT 0,
        last_asked_at bigint NOT NULL DEFAULT 0,
        nearest text NOT NULL DEFAULT '[]',
        nearest_of text,
        checked_build text,
        assignee text,
        note text,
        closed_at bigint,
        closed_by text,
        closed_build text,
        closed_section text,
        closed_because text,
        reopened_at bigint,
        reopened_by text
      );
      CREATE INDEX gaps_by_state ON docent.gaps (state, severity, weight);
      CREATE TABLE docent.gap_questions (
        ref text PRIMARY KEY,
        gap text COLLATE "C" REFERENCES docent.gaps (id) ON DELETE SET NULL,
        conversation text NOT NULL,
        asked_at bigint NOT NULL,
        build text NOT NULL,
        lang text,
        version text,
        reason text NOT NULL,
        is_partly boolean NOT NULL,
        is_elsewhere boolean NOT NULL,
        vector bytea
      );
      CREATE INDEX gap_questions_by_gap ON docent.gap_questions (gap, asked_at);
      CREATE INDEX gap_questions_by_conversation ON docent.gap_questions (conversation);
      CREATE INDEX gap_questions_by_time ON docent.gap_questions (asked_at);
      CREATE TABLE docent.gap_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gap text COLLATE "C" NOT NULL REFERENCES docent.gaps (id) ON DELETE CASCADE,
        at bigint NOT NULL,
        by text,
        what text NOT NULL,
        detail text,
        build text
      );
      CREATE INDEX gap_history_by_gap ON docent.gap_history (gap, id);
      CREATE INDEX gap_history_by_build ON docent.gap_history (build) WHERE build IS NOT NULL;
      CREATE TABLE docent.gap_sections (
        place bytea PRIMARY KEY,
        content bytea NOT NULL,
        is_new boolean NOT NULL,
        since bigint NOT NULL
      );
    `,
  },
]
