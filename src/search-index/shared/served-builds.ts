import {isAliveSql, type Postgres} from '../../postgres/index.ts'
import type {BuildChange, OpenCurrentBuild} from '../current-build.ts'

/** What a server serves, as it says itself. */
export interface ServedBuild {
  readonly server: string
  readonly build: string | null
  /** Why that is not the current build, or is degraded; null when all is well. */
  readonly problem: string | null
  /** Since when that is so, in milliseconds since the epoch. */
  readonly since: number
}

export interface ServedBuilds {
  /** Of all servers that live, by name. @throws DocentError `storage`. */
  list(): Promise<ServedBuild[]>
  /** Ends what this server says. Never rejects. Idempotent. */
  close(): Promise<void>
}

/** How soon what could not be said is said again, in milliseconds. */
const retryMs = 5_000

/**
 * Tells all servers that share a database what this one serves, now and with each change, and what the others do.
 * @param replica the name of this process, as `openReplica` has registered it
 */
export function tellServedBuild(
  postgres: Postgres,
  replica: string,
  current: Pick<OpenCurrentBuild, 'id' | 'problem' | 'onChange'>,
): ServedBuilds {
  let untold: BuildChange | null = null
  let telling: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  async function write(): Promise<void> {
    const change = untold
    if (change === null) return
    try {
      await postgres.run(
        `INSERT INTO docent.served_builds (replica, build, problem) VALUES ($1, $2, $3)
         ON CONFLICT (replica) DO UPDATE SET build = excluded.build, problem = excluded.problem, since = now()`,
        [replica, change.id, change.problem],
      )
      // Those of the dead are of no interest.
      await postgres.run(
        `DELETE FROM docent.served_builds WHERE replica <> $1 AND NOT EXISTS (
           SELECT FROM docent.replicas WHERE name = replica AND alive_until > now() - interval '1 day'
         )`,
        [replica],
      )
      if (untold === change) untold = null
    } catch {
      clearTimeout(timer)
      timer = setTimeout(tellAll, retryMs).unref()
    }
  }

  function tellAll(): void {
    telling = telling.then(write)
  }

  function tell(change: BuildChange): void {
    untold = change
    tellAll()
  }

  const stop = current.onChange(tell)
  tell({id: current.id, problem: current.problem})

  return {
    async list() {
      return postgres.rows<ServedBuild>(
        `SELECT replica AS server, build, problem, (extract(epoch FROM since) * 1000)::bigint AS since
         FROM docent.served_builds WHERE ${isAliveSql('served_builds.replica')} ORDER BY replica`,
      )
    },
    async close() {
      stop()
      clearTimeout(timer)
      untold = null
      await telling
      await postgres
        .run('DELETE FROM docent.served_builds WHERE replica = $1', [replica])
        .catch(() => undefined)
    },
  }
}
