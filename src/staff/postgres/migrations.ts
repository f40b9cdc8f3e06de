import type {PostgresMigration} from '../../postgres/index.ts'

/**
 * People, sessions, the audit log and hand-over links in PostgreSQL. Times are milliseconds since the epoch. A published
 * migration is never edited; new ones are appended.
 */
export const postgresStaffMigrations: readonly PostgresMigration[] = [
  {
    name: '001_staff',
    sql: `
      CREATE TABLE docent.people (
        id text COLLATE "C" PRIMARY KEY,
        name text NOT NULL,
        name_key text COLLATE "C" NOT NULL UNIQUE,
        role text NOT NULL CHECK (role IN ('admin', 'docs', 'support')),
        invited_at bigint NOT NULL,
        invited_by text NOT NULL,
        invitation bytea UNIQUE,
        invitation_ends_at bigint,
        token bytea UNIQUE,
        joined_at bigint,
        off_at bigint
      );
      CREATE TABLE docent.sessions (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        digest bytea NOT NULL UNIQUE,
        person text COLLATE "C" NOT NULL REFERENCES docent.people (id) ON DELETE CASCADE,
        ends_at bigint NOT NULL
      );
      CREATE INDEX sessions_by_person ON docent.sessions (person, number);
      CREATE INDEX sessions_by_end ON docent.sessions (ends_at);
      CREATE TABLE docent.audit (
        line bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at bigint NOT NULL,
        who text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        role text,
        what text COLLATE "C" NOT NULL,
        which text,
        details text,
        address text
      );
      CREATE INDEX audit_by_time ON docent.audit (at, line);
      CREATE INDEX audit_by_who ON docent.audit (who, at, line);
      CREATE INDEX audit_by_name ON docent.audit (name, at, line);
      CREATE INDEX audit_by_what ON docent.audit (what, at, line);
      CREATE INDEX audit_by_who_and_what ON docent.audit (who, what, at, line);
      CREATE INDEX audit_by_name_and_what ON docent.audit (name, what, at, line);
      CREATE FUNCTION docent.refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'lines of the audit log are never changed'; END
      $$;
      CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON docent.audit
        FOR EACH STATEMENT EXECUTE FUNCTION docent.refuse_change_of_audit();
      CREATE TABLE docent.handovers (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text COLLATE "C" NOT NULL UNIQUE,
        key bytea NOT NULL UNIQUE,
        ref text NOT NULL,
        made_at bigint NOT NULL,
        who text NOT NULL,
        made_by text NOT NULL,
        note text,
        ends_at bigint NOT NULL,
        withdrawn_at bigint,
        openings bigint NOT NULL DEFAULT 0,
        opened_at bigint
      );
    `,
  },
]
