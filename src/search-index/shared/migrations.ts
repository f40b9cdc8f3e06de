import type {PostgresMigration} from '../../postgres/index.ts'

/** Applied by name, in this order, once each. A published migration is never edited; new ones are appended. */
export const buildMigrations: readonly PostgresMigration[] = [
  {
    name: '001_builds',
    sql: `
      CREATE TABLE docent.builds (
        id text PRIMARY KEY,
        -- The files beside its own, as a data folder has them.
        manifest text NOT NULL,
        report text,
        -- 'database', in chunks, or 'folder': that of BUILDS_DIR.
        kept_in text NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        published_by text NOT NULL
      );

      -- One row. Whoever changes builds finds the generation that it has seen, or changes nothing.
      CREATE TABLE docent.current_build (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        build text REFERENCES docent.builds,
        generation bigint NOT NULL DEFAULT 0,
        -- Who has the lock, or had it last: JSON, for people.
        holder text
      );

      -- Parts that builds have in common are kept once: an edit of one page changes few of them.
      CREATE TABLE docent.build_chunks (hash bytea PRIMARY KEY, data bytea NOT NULL);
      -- Vectors cannot be compressed, and trying it costs more than it saves.
      ALTER TABLE docent.build_chunks ALTER COLUMN data SET STORAGE EXTERNAL;

      CREATE TABLE docent.build_parts (
        build text NOT NULL REFERENCES docent.builds ON DELETE CASCADE,
        file text NOT NULL,
        part integer NOT NULL,
        hash bytea NOT NULL REFERENCES docent.build_chunks,
        PRIMARY KEY (build, file, part)
      );
      CREATE INDEX build_parts_by_hash ON docent.build_parts (hash);

      -- Builds that were begun in a shared folder, before their first file is.
      CREATE TABLE docent.build_folders (id text PRIMARY KEY);

      -- What each server serves, as it says itself. It counts while the server lives.
      CREATE TABLE docent.served_builds (
        replica text PRIMARY KEY,
        build text,
        problem text,
        since timestamptz NOT NULL DEFAULT now()
      );
    `,
  },
]
