import {setTimeout as delay} from 'node:timers/promises'
import {applyPostgresMigrations, type PostgresMigration} from './migrations.ts'
import type {Postgres} from './open-postgres.ts'

/** Applied by name, in this order, once each. A published migration is never edited; new ones are appended. */
export const replicaMigrations: readonly PostgresMigration[] = [
  {
    name: '001_replicas',
    sql: `
      CREATE TABLE docent.replicas (
        name text PRIMARY KEY,
        alive_until timestamptz NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now()
      )
    `,
  },
]

/** A condition of SQL: whether the replica of a name, which is itself an expression of SQL, is alive. */
export const isAliveSql = (name: string) =>
  `EXISTS (SELECT FROM docent.replicas WHERE replicas.name = ${name} AND alive_until > now())`

export interface ReplicaOptions {
  /** Of this process alone, and new with each start: what an earlier process held is not of this one. */
  readonly name: string
  /** Milliseconds until a replica that is no longer heard of counts as dead; default 30,000. It is renewed each third of it. */
  readonly leaseMs?: number
  /** Called each time that the lease is found lost. */
  readonly onLost?: () => void
}

/** The lease of this process, by which others see that it is alive. */
export interface Replica {
  readonly name: string
  /**
   * Whether others may take this process for dead, and what it holds for theirs. It tries to be alive again all the time,
   * and is not lost any more then; others may have taken over in between, which `onLost` has told.
   */
  isLost(): boolean
  /** Ends the lease, so that others need not wait for its end. Never rejects. Idempotent. */
  close(): Promise<void>
}

const defaultLeaseMs = 30_000
/** Rows of the dead are kept for whoever looks at them; a replica without a row is dead as well. */
const keptDays = 7

/**
 * Registers this process as alive, and renews that until it is closed. All times are those of the database’s clock, so the
 * clocks of servers may differ. The timers do not keep the process alive.
 * @throws DocentError `storage` if the database cannot be reached or was written by a newer Docent.
 */
export async function openReplica(
  postgres: Postgres,
  {name, leaseMs = defaultLeaseMs, onLost = () => {}}: ReplicaOptions,
): Promise<Replica> {
  await applyPostgresMigrations(postgres, 'replicas', replicaMigrations)
  const closing = new AbortController()
  /** When the lease ends by the clock of this process: at the latest when it does by that of the database. */
  let endsAt = 0
  let isLost = false
  let timer: NodeJS.Timeout | undefined

  function lose(): void {
    if (isLost || closing.signal.aborted) return
    isLost = true
    onLost()
  }

  /** @returns when this life of the replica began: a time other than before if the lease had ended in between. */
  async function renew(isFirst: boolean): Promise<string> {
    const askedAt = performance.now()
    const row = await postgres.row<{startedAt: string}>(
      `INSERT INTO docent.replicas AS known (name, alive_until) VALUES ($1, now() + $2 * interval '1 millisecond')
       ON CONFLICT (name) DO UPDATE SET
         alive_until = excluded.alive_until,
         started_at = CASE WHEN known.alive_until > now() AND NOT $3 THEN known.started_at ELSE now() END
       RETURNING started_at::text AS "startedAt"`,
      [name, leaseMs, isFirst],
    )
    endsAt = askedAt + leaseMs
    clearTimeout(timer)
    timer = setTimeout(lose, Math.max(0, endsAt - performance.now()))
    timer.unref()
    return row!.startedAt
  }

  async function keepRenewing(firstStart: string): Promise<void> {
    let startedAt = firstStart
    let waitMs = leaseMs / 3
    for (;;) {
      await delay(waitMs, undefined, {signal: closing.signal, ref: false})
      try {
        const start = await renew(false)
        // A process that was suspended finds out by this alone.
        if (start !== startedAt) lose()
        startedAt = start
        isLost = false
        waitMs = leaseMs / 3
      } catch {
        waitMs = leaseMs / 10
      }
    }
  }

  const startedAt = await renew(true)
  await postgres.run(`DELETE FROM docent.replicas WHERE alive_until < now() - $1 * interval '1 day'`, [
    keptDays,
  ])
  const renewing = keepRenewing(startedAt).catch(() => {})
  let closed: Promise<void> | null = null

  async function end(): Promise<void> {
    closing.abort()
    clearTimeout(timer)
    await renewing
    clearTimeout(timer)
    // Without an answer the lease ends by itself.
    await postgres.run('DELETE FROM docent.replicas WHERE name = $1', [name]).catch(() => {})
  }

  return {
    name,
    isLost: () => isLost || performance.now() >= endsAt,
    close() {
      closed ??= end()
      return closed
    },
  }
}
