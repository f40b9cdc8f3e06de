import {randomUUID} from 'node:crypto'
import {applyPostgresMigrations, type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {defaultMaxMessages, type Message, type Next, type Outbox, rememberedMs} from '../outbox.ts'
import {postgresOutboxMigrations} from './migrations.ts'

export interface PostgresOutboxOptions {
  /** Stays open when the outbox is closed. */
  readonly postgres: Postgres
  /** Old messages for other receivers than these are removed. */
  readonly receivers: readonly string[]
  /** Those that wait for all receivers together; default 1,000. */
  readonly maxMessages?: number
  /**
   * How long nobody else sends to a receiver after this process got a message for it, in milliseconds: longer than a try takes.
   * Default 30,000.
   */
  readonly claimMs?: number
  /** After how many milliseconds to look for what others have left; default 10,000. */
  readonly pollMs?: number
}

interface FirstMessage extends Message {
  readonly dueInMs: number
}

/** A message that has waited for so long waits for a receiver that no server has any more, in days. */
const keptDays = 1
/** How often it is read again which gaps are open, since another server has asked meanwhile. */
const maxTries = 5

/**
 * Opens an outbox in a PostgreSQL that any number of processes may use: each sends what is due, also what another has added
 * that is gone. To one receiver one process sends at a time, so that its messages keep their order.
 * @throws DocentError `storage` if the database cannot be reached, or was written by a newer Docent.
 */
export async function openPostgresOutbox(options: PostgresOutboxOptions): Promise<Outbox> {
  const {postgres, receivers, maxMessages = defaultMaxMessages, claimMs = 30_000, pollMs = 10_000} = options
  await applyPostgresMigrations(postgres, 'webhooks', postgresOutboxMigrations)
  const name = randomUUID()
  await postgres.run(
    `DELETE FROM docent.webhooks WHERE receiver <> ALL ($1::text[]) AND added_at < now() - $2 * interval '1 day'`,
    [receivers, keptDays],
  )

  /** @returns for how many milliseconds another process sends to the receiver; null where this one does from now on. */
  async function claim(queries: Queries, receiver: string): Promise<number | null> {
    const claimed = await queries.run(
      `INSERT INTO docent.webhook_receivers AS known (receiver, claimed_by, claimed_until)
       VALUES ($1, $2, now() + $3 * interval '1 millisecond')
       ON CONFLICT (receiver) DO UPDATE SET claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
       WHERE known.claimed_by = $2 OR known.claimed_until <= clock_timestamp()`,
      [receiver, name, claimMs],
    )
    if (claimed > 0) return null
    const other = await queries.row<{ms: number}>(
      `SELECT ceil(extract(epoch FROM claimed_until - clock_timestamp()) * 1000)::float8 AS ms
       FROM docent.webhook_receivers WHERE receiver = $1`,
      [receiver],
    )
    return Math.max(1, other?.ms ?? 1)
  }

  async function first(queries: Queries, receiver: string): Promise<FirstMessage | null> {
    return queries.row<FirstMessage>(
      `SELECT number, id, body, tries, (extract(epoch FROM due_at - clock_timestamp()) * 1000)::float8 AS "dueInMs"
       FROM docent.webhooks WHERE receiver = $1 ORDER BY due_at, number LIMIT 1`,
      [receiver],
    )
  }

  async function release(queries: Queries, receiver: string | null): Promise<void> {
    await queries.run(
      'DELETE FROM docent.webhook_receivers WHERE claimed_by = $1 AND ($2::text IS NULL OR receiver = $2)',
      [name, receiver],
    )
  }

  return {
    add: ({id, body, about}, to) =>
      postgres.transaction(async (queries) => {
        if (about !== null) {
          await queries.run(
            `DELETE FROM docent.webhooks_reported WHERE at < now() - $1 * interval '1 millisecond'`,
            [rememberedMs],
          )
          const isNew = await queries.run(
            'INSERT INTO docent.webhooks_reported (about) VALUES ($1) ON CONFLICT DO NOTHING',
            [storable(about)],
          )
          if (isNew === 0) return 0
        }
        await queries.run(
          `INSERT INTO docent.webhooks (id, receiver, body) SELECT $1, receiver, $2 FROM unnest($3::text[]) AS receiver
           ON CONFLICT DO NOTHING`,
          [id, storable(body), to],
        )
        return queries.run(
          'DELETE FROM docent.webhooks WHERE number IN (SELECT number FROM docent.webhooks ORDER BY number DESC OFFSET $1)',
          [maxMessages],
        )
      }),
    next: (receiver) =>
      postgres.transaction(async (queries): Promise<Next> => {
        // Locked first: what is added until this ends is seen here, or by whoever added it.
        const otherMs = await claim(queries, receiver)
        if (otherMs !== null) return {pauseMs: Math.min(pollMs, otherMs)}
        const found = await first(queries, receiver)
        if (found !== null && found.dueInMs <= 0) {
          const {dueInMs: _, ...message} = found
          return {message}
        }
        await release(queries, receiver)
        return {pauseMs: Math.min(pollMs, Math.ceil(found?.dueInMs ?? pollMs))}
      }),
    async remove(number) {
      await postgres.run('DELETE FROM docent.webhooks WHERE number = $1', [number])
    },
    async defer({number, tries}, pauseMs) {
      await postgres.run(
        `UPDATE docent.webhooks SET tries = tries + 1, due_at = now() + $3 * interval '1 millisecond'
         WHERE number = $1 AND tries = $2`,
        [number, tries, pauseMs],
      )
    },
    async count() {
      const row = await postgres.row<{n: number}>('SELECT count(*) AS n FROM docent.webhooks')
      return row?.n ?? 0
    },
    async newGaps(readOpen) {
      for (let tries = 0; tries < maxTries; tries++) {
        const before = await postgres.row<{revision: number; open: string[]}>(
          'SELECT revision, open FROM docent.webhook_gaps',
        )
        const {revision, open: known} = before!
        const open = await readOpen()
        const isKept = await postgres.run(
          'UPDATE docent.webhook_gaps SET revision = revision + 1, open = $2 WHERE revision = $1',
          [revision, open],
        )
        const wasOpen = new Set(known)
        if (isKept > 0) return revision === 0 ? [] : open.filter((id) => !wasOpen.has(id))
      }
      // So many others have asked that they know of what is open now.
      return []
    },
    close: () => release(postgres, null).catch(() => {}),
  }
}
