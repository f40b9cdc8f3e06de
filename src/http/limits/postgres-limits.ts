import {randomUUID} from 'node:crypto'
import {DocentError} from '../../domain/index.ts'
import {applyPostgresMigrations, type Postgres, replicaMigrations, storable} from '../../postgres/index.ts'
import type {LimitStore} from './limit-store.ts'
import {memoryLimits} from './memory-limits.ts'
import {limitMigrations} from './postgres-limit-migrations.ts'

export interface PostgresLimitsOptions {
  /** Stays open when the limits are closed. */
  readonly postgres: Postgres
  /** The name of this process, as `openReplica` has registered it: what the dead hold is not counted. */
  readonly replica: string
  /** Milliseconds since the epoch, for the minutes; default: the database’s clock. */
  readonly now?: () => number
  /** How long a call waits for the database, in milliseconds; default 1,000. */
  readonly waitMs?: number
  /** Called once when the database does not answer, and again only after it did. */
  readonly onProblem?: (error: unknown) => void
}

export interface PostgresLimits extends LimitStore {
  /** Releases all that this process holds. Never rejects. Idempotent. */
  close(): Promise<void>
}

interface Acquired {
  /** Null if all were acquired. */
  readonly fullIndex: number | null
  readonly spent: number
}

const probeMs = 1_000
const cleanMs = 60_000
/** How many old rows are removed at a time. */
const removalBatchSize = 10_000

/**
 * Limits of all processes that share a database. While the database does not answer, or too slowly, each process counts for
 * itself in memory, so that answers are neither stopped nor without bound; it asks the database again as soon as that answers.
 * @throws DocentError `storage` if the database cannot be reached at first, or was written by a newer Docent.
 */
export async function postgresLimits(options: PostgresLimitsOptions): Promise<PostgresLimits> {
  const {postgres, replica, now, waitMs = 1_000, onProblem = () => {}} = options
  await applyPostgresMigrations(postgres, 'replicas', replicaMigrations)
  await applyPostgresMigrations(postgres, 'limits', limitMigrations)
  const memory = memoryLimits(now === undefined ? {} : {now, elapsed: now})
  /** Ids of what is held in the database. */
  const held = new Set<string>()
  /** Ids of what is still to be released there, with whether it is spent. */
  const unreleased = new Map<string, boolean>()
  let isReached = true
  let probe: NodeJS.Timeout | undefined
  let closed: Promise<void> | null = null

  /** What the database answers; null if it fails or takes too long. */
  async function inTime<T>(answer: Promise<T>): Promise<T | null> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const error = new DocentError('storage', `PostgreSQL: no answer within ${waitMs} milliseconds.`)
      timer = setTimeout(reject, waitMs, error)
    })
    try {
      return await Promise.race([answer, late])
    } catch (error) {
      if (isReached && closed === null) {
        isReached = false
        onProblem(error)
        probeLater()
      }
      return null
    } finally {
      clearTimeout(timer)
    }
  }

  function probeLater(): void {
    if (closed !== null) return
    probe = setTimeout(async () => {
      if ((await inTime(postgres.row('SELECT 1'))) === null) return probeLater()
      isReached = true
      for (const id of unreleased.keys()) {
        if (isReached) await inTime(releaseNow(id))
      }
    }, probeMs)
    probe.unref()
  }

  /** A repeated release has no effect: only what was held is spent. */
  async function releaseNow(id: string): Promise<void> {
    await postgres.run(
      `WITH released AS (DELETE FROM docent.limit_held WHERE id = $1 RETURNING key, spent_until)
       INSERT INTO docent.limit_spent AS known (key, spent_until, spent)
       SELECT key, spent_until, 1 FROM released WHERE $2 AND spent_until > 0 ORDER BY key
       ON CONFLICT (key, spent_until) DO UPDATE SET spent = known.spent + 1`,
      [id, unreleased.get(id) ?? false],
    )
    unreleased.delete(id)
  }

  async function release(id: string, isSpent: boolean): Promise<void> {
    unreleased.set(id, isSpent)
    if (isReached) await inTime(releaseNow(id))
  }

  /** Removes what has expired, what the dead held, and what this process no longer knows of: its acquisition was reported lost. */
  async function clean(): Promise<void> {
    const at = now?.() ?? null
    await postgres.run(
      `DELETE FROM docent.limit_minutes WHERE key IN
         (SELECT key FROM docent.limit_minutes WHERE ends_at <= ${timeOf('$1')} LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [at, removalBatchSize],
    )
    // A process whose clock is behind may still ask for them.
    await postgres.run(`DELETE FROM docent.limit_spent WHERE spent_until <= ${timeOf('$1')} - 3600000`, [at])
    await postgres.run(
      `DELETE FROM docent.limit_held WHERE (id, key) IN
         (SELECT id, key FROM docent.limit_held
          WHERE (replica = $1 AND id <> ALL ($2) AND acquired_at < now() - interval '1 minute')
             OR NOT EXISTS (SELECT FROM docent.replicas
                            WHERE name = replica AND alive_until > now() - interval '1 hour')
                AND replica <> $1
          FOR UPDATE SKIP LOCKED)`,
      [replica, [...held, ...unreleased.keys()]],
    )
  }

  const cleaning = setInterval(() => {
    if (isReached) clean().catch(() => {})
  }, cleanMs)
  cleaning.unref()

  async function end(): Promise<void> {
    clearInterval(cleaning)
    clearTimeout(probe)
    for (const id of unreleased.keys()) if ((await inTime(releaseNow(id))) === null) break
    held.clear()
    await inTime(postgres.run('DELETE FROM docent.limit_held WHERE replica = $1', [replica]))
  }

  return {
    async countInMinute(key, max) {
      const minute = isReached
        ? await inTime(
            postgres.row<{used: number; resetMs: number}>(
              `INSERT INTO docent.limit_minutes AS known (key, ends_at, used) VALUES ($1, ${timeOf('$3')} + 60000, 1)
               ON CONFLICT (key) DO UPDATE SET
                 used = CASE WHEN known.ends_at <= ${timeOf('$3')} THEN 1 ELSE least(known.used, $2) + 1 END,
                 ends_at = CASE WHEN known.ends_at <= ${timeOf('$3')} THEN excluded.ends_at ELSE known.ends_at END
               RETURNING used, greatest(0, least(60000, ends_at - ${timeOf('$3')})) AS "resetMs"`,
              [storable(key), max, now?.() ?? null],
            ),
          )
        : null
      if (minute === null) return memory.countInMinute(key, max)
      const {used, resetMs} = minute
      return {isAllowed: used <= max, remaining: Math.max(0, max - used), resetMs}
    },

    async acquire(claims) {
      if (!isReached) return memory.acquire(claims)
      const id = randomUUID()
      const answer = postgres.row<Acquired>(
        `SELECT full_index AS "fullIndex", spent_of_it AS spent FROM docent.acquire_limits($1, $2, $3, $4, $5)`,
        [
          id,
          replica,
          claims.map(({key}) => storable(key)),
          claims.map(({spentUntil}) => spentUntil ?? 0),
          claims.map(({max}) => max),
        ],
      )
      const acquired = await inTime(answer)
      if (acquired === null) {
        // What is acquired late, or perhaps was before the connection broke off, is nobody’s.
        const giveBack = () => void release(id, false)
        answer.then(giveBack, giveBack)
        return memory.acquire(claims)
      }
      const {fullIndex, spent} = acquired
      if (fullIndex !== null) return {isAcquired: false, fullIndex, spent}
      held.add(id)
      return {
        isAcquired: true,
        release: async (isSpent) => {
          if (held.delete(id)) await release(id, isSpent)
        },
      }
    },

    close() {
      closed ??= end()
      return closed
    },
  }
}

/** An expression of SQL: the time that is given, or that of the database’s clock, in milliseconds since the epoch. */
function timeOf(given: string): string {
  return `coalesce(${given}::bigint, floor(extract(epoch FROM now()) * 1000)::bigint)`
}
