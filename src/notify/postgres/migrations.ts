import type {PostgresMigration} from '../../postgres/index.ts'

/**
 * What waits to be sent, in PostgreSQL. All times are those of the database’s clock. `webhook_receivers` says which process
 * sends to a receiver, and until when nobody else does; `webhook_gaps` has one row, which counts how often it was asked which
 * gaps are new, the first time being 1. A published migration is never edited; new ones are appended.
 */
export const postgresOutboxMigrations: readonly PostgresMigration[] = [
  {
    name: '001_webhooks',
    sql: `
      CREATE TABLE docent.webhooks (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL,
        receiver text NOT NULL,
        body text NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        added_at timestamptz NOT NULL DEFAULT now(),
        due_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (id, receiver)
      );
      CREATE INDEX webhooks_by_receiver ON docent.webhooks (receiver, due_at, number);
      CREATE TABLE docent.webhook_receivers (
        receiver text PRIMARY KEY,
        claimed_by text NOT NULL,
        claimed_until timestamptz NOT NULL
      );
      CREATE TABLE docent.webhooks_reported (
        about text PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX webhooks_reported_by_time ON docent.webhooks_reported (at);
      CREATE TABLE docent.webhook_gaps (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        revision bigint NOT NULL,
        open text[] NOT NULL
      );
      INSERT INTO docent.webhook_gaps (revision, open) VALUES (0, '{}');
    `,
  },
]
