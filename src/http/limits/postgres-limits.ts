import {randomUUID} from 'node:crypto'
import {
  type AvailabilityOptions,
  applyPostgresMigrations,
  type Postgres,
  replicaMigrations,
  storable,
  trackAvailability,
} from '../../postgres/index.ts'
import type {Claim, LimitStore} from './limit-store.ts'
import {memoryLimits} from './memory-limits.ts'
import {limitMigrations} from './postgres-limit-migrations.ts'

export interface PostgresLimitsOptions extends Pick<AvailabilityOptions, 'waitMs' | 'onProblem'> {
  /** Stays open when the limits are closed. */
  readonly postgres: Postgres
  /** The name of this process, as `openReplica` has registered it: what the dead hold is not counted. */
  readonly replica: string
  /** Milliseconds since the epoch, for the minutes; default: the database’s clock. */
  readonly now?: () => number
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

const cleanMs = 60_000
/** How many old rows are removed at a time. */
const removalBatchSize = 10_000

/**
 * Limits of all processes that share a database. While the database does not answer, or too slowly, each process counts for
 * itself in memory, so that answers are neither stopped nor without bound; it asks the database again as soon as that answers.
 * @throws DocentError `storage` if the database cannot be reached at first, or was written by a newer Docent.
 */
export async function postgresLimits(options: PostgresLimitsOptions): Promise<PostgresLimits> {
  const {postgres, replica, now, waitMs, onProblem} = options
  await applyPostgresMigrations(postgres, 'replicas', replicaMigrations)
  await applyPostgresMigrations(postgres, 'limits', limitMigrations)
  const memory = memoryLimits(now === undefined ? {} : {now, elapsed: now})
  /** Ids of what is held in the database. */
  const held = new Set<string>()
  /** Ids of what is still to be released there, with whether it is spent. */
  const unreleased = new Map<string, boolean>()
  /** When minutes end that are used up, by their maximum and key: until then nothing has to be asked to refuse more. */
  const usedUp = new Map<string, number>()
  const elapsed = now ?? (() => performance.now())
  let closed: Promise<void> | null = null
  const availability = trackAvailability(postgres, {waitMs, onProblem, onBack: () => void releaseAll()})

  async function acquireNow(id: string, claims: readonly Claim[]): Promise<Acquired> {
    const row = await postgres.row<Acquired>(
      `SELECT full_index AS "fullIndex", spent_of_it AS spent FROM docent.acquire_limits($1, $2, $3, $4, $5)`,
      [
        id,
        replica,
        claims.map(({key}) => storable(key)),
        claims.map(({spentUntil}) => spentUntil ?? 0),
        claims.map(({max}) => max),
      ],
    )
    return row!
  }

  /** A repeated release has no effect: only what was held is spent. */
  async function releaseNow(id: string): Promise<true> {
    await postgres.run(
      `WITH released AS (DELETE FROM docent.limit_held WHERE id = $1 RETURNING key, spent_until)
       INSERT INTO docent.limit_spent AS known (key, spent_until, spent)
       SELECT key, spent_until, 1 FROM released WHERE $2 AND spent_until > 0 ORDER BY key
       ON CONFLICT (key, spent_until) DO UPDATE SET spent = known.spent + 1`,
      [id, unreleased.get(id) ?? false],
    )
    unreleased.delete(id)
    return true
  }

  async function releaseAll(): Promise<void> {
    for (const id of unreleased.keys()) {
      if ((await availability.inTime(() => releaseNow(id))) === null) return
    }
  }

  async function release(id: string, isSpent: boolean): Promise<void> {
    unreleased.set(id, isSpent)
    await availability.inTime(() => releaseNow(id))
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
    for (const [key, endsAt] of usedUp) if (endsAt <= elapsed()) usedUp.delete(key)
    if (availability.isAvailable()) clean().catch(() => {})
  }, cleanMs)
  cleaning.unref()

  async function end(): Promise<void> {
    clearInterval(cleaning)
    await releaseAll()
    held.clear()
    await availability.inTime(() =>
      postgres.rows('DELETE FROM docent.limit_held WHERE replica = $1', [replica]),
    )
    availability.close()
  }

  return {
    async countInMinute(key, max) {
      const minuteKey = `${max} ${key}`
      const leftMs = Math.ceil((usedUp.get(minuteKey) ?? 0) - elapsed())
      if (leftMs > 0) return {isAllowed: false, remaining: 0, resetMs: leftMs}
      const minute = await availability.inTime(() =>
        postgres.row<{used: number; resetMs: number}>(
          `INSERT INTO docent.limit_minutes AS known (key, ends_at, used) VALUES ($1, ${timeOf('$3')} + 60000, 1)
               ON CONFLICT (key) DO UPDATE SET
                 used = CASE WHEN known.ends_at <= ${timeOf('$3')} THEN 1 ELSE least(known.used, $2) + 1 END,
                 ends_at = CASE WHEN known.ends_at <= ${timeOf('$3')} THEN excluded.ends_at ELSE known.ends_at END
               RETURNING used, greatest(0, least(60000, ends_at - ${timeOf('$3')})) AS "resetMs"`,
          [storable(key), max, now?.() ?? null],
        ),
      )
      if (minute === null) return memory.countInMinute(key, max)
      const {used, resetMs} = minute
      if (used >= max) usedUp.set(minuteKey, elapsed() + resetMs)
      return {isAllowed: used <= max, remaining: Math.max(0, max - used), resetMs}
    },

    async acquire(claims) {
      if (!availability.isAvailable()) return memory.acquire(claims)
      const id = randomUUID()
      const answer = acquireNow(id, claims)
      const acquired = await availability.inTime(() => answer)
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
