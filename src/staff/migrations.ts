import type {Migration} from '../native/index.ts'

/** Applied by name, in this order, once each. A published migration is never edited; new ones are appended. */
export const staffMigrations: readonly Migration[] = [
  {
    name: '001_people_sessions_audit',
    sql: `
      CREATE TABLE people (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('admin', 'docs', 'support')),
        invited_at INTEGER NOT NULL,
        invited_by TEXT NOT NULL,
        invitation BLOB UNIQUE,
        invitation_ends_at INTEGER,
        token BLOB UNIQUE,
        joined_at INTEGER,
        off_at INTEGER
      );
      CREATE TABLE sessions (
        number INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        ends_at INTEGER NOT NULL
      );
      CREATE INDEX sessions_by_person ON sessions (person, number);
      CREATE TABLE audit (
        line INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        who TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT,
        what TEXT NOT NULL,
        which TEXT,
        details TEXT,
        address TEXT
      );
      CREATE INDEX audit_by_time ON audit (at);
      CREATE INDEX audit_by_who ON audit (who, at);
      CREATE INDEX audit_by_what ON audit (what, at);
      CREATE INDEX audit_by_who_and_what ON audit (who, what, at);
      CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'lines of the audit log are never changed');
      END;
    `,
  },
  {
    name: '002_audit_by_name',
    sql: `
      CREATE INDEX audit_by_name ON audit (name, at);
      CREATE INDEX audit_by_name_and_what ON audit (name, what, at);
    `,
  },
  {
    name: '003_handovers',
    sql: `
      CREATE TABLE handovers (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        key BLOB NOT NULL UNIQUE,
        ref TEXT NOT NULL,
        made_at INTEGER NOT NULL,
        who TEXT NOT NULL,
        made_by TEXT NOT NULL,
        note TEXT,
        ends_at INTEGER NOT NULL,
        withdrawn_at INTEGER,
        openings INTEGER NOT NULL DEFAULT 0,
        opened_at INTEGER
      );
    `,
  },
]
