import {isAliveSql, type PostgresMigration} from '../../postgres/index.ts'

/**
 * What is counted in PostgreSQL. Times are milliseconds since the epoch, but for `acquired_at`. A published migration is
 * never edited; new ones are appended.
 *
 * What is held and the minutes are not worth waiting for a disk: they are lost when the database is killed, and answers that
 * run then are counted no longer. What was spent is kept.
 */
export const limitMigrations: readonly PostgresMigration[] = [
  {
    name: '001_limits',
    sql: `
      CREATE UNLOGGED TABLE docent.limit_minutes (
        key text COLLATE "C" PRIMARY KEY,
        ends_at bigint NOT NULL,
        used bigint NOT NULL
      );
      CREATE INDEX limit_minutes_by_end ON docent.limit_minutes (ends_at);

      -- A row for each claim; spent_until is 0 for a slot.
      CREATE UNLOGGED TABLE docent.limit_held (
        id uuid NOT NULL,
        key text COLLATE "C" NOT NULL,
        spent_until bigint NOT NULL,
        replica text NOT NULL,
        acquired_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (id, key)
      );
      CREATE INDEX limit_held_by_key ON docent.limit_held (key, spent_until);
      CREATE INDEX limit_held_by_replica ON docent.limit_held (replica);

      CREATE TABLE docent.limit_spent (
        key text COLLATE "C" NOT NULL,
        spent_until bigint NOT NULL,
        spent bigint NOT NULL,
        PRIMARY KEY (key, spent_until)
      );

      -- A function, so that checking and counting is one round trip. Each statement in it sees what was committed before it,
      -- hence all that was counted before the locks were had. Locks are taken in one order, so that nobody waits in a circle.
      CREATE FUNCTION docent.acquire_limits(
        of_id uuid, of_replica text, of_keys text[], of_untils bigint[], of_maxima bigint[],
        OUT full_index bigint, OUT spent_of_it bigint
      ) LANGUAGE plpgsql AS $$
        DECLARE lock_key bigint;
        BEGIN
          FOR lock_key IN
            SELECT DISTINCT hashtextextended(claim.key, 4021863513) AS hash FROM unnest(of_keys) AS claim (key) ORDER BY hash
          LOOP
            PERFORM pg_advisory_xact_lock(lock_key);
          END LOOP;

          SELECT claim.number - 1, coalesce(budget.spent, 0) INTO full_index, spent_of_it
          FROM unnest(of_keys, of_untils, of_maxima) WITH ORDINALITY AS claim (key, spent_until, maximum, number)
          LEFT JOIN docent.limit_spent AS budget
            ON budget.key = claim.key AND budget.spent_until = claim.spent_until
          CROSS JOIN LATERAL (
            SELECT count(*) AS total FROM docent.limit_held AS one
            WHERE one.key = claim.key AND one.spent_until = claim.spent_until
              AND (one.replica = of_replica OR ${isAliveSql('one.replica')})
          ) AS held
          WHERE coalesce(budget.spent, 0) + held.total >= claim.maximum
          ORDER BY claim.number LIMIT 1;

          IF full_index IS NULL THEN
            INSERT INTO docent.limit_held (id, key, spent_until, replica)
            SELECT of_id, claim.key, claim.spent_until, of_replica
            FROM unnest(of_keys, of_untils) AS claim (key, spent_until);
          END IF;
        END
      $$;
    `,
  },
]
