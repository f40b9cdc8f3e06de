import {
  applyPostgresMigrations,
  isAliveSql,
  type Postgres,
  type PostgresMigration,
  replicaMigrations,
  storable,
} from '../../postgres/index.ts'
import type {ReindexBoard} from './reindex-board.ts'
import type {ReindexJob, ToldJob} from './reindexing.ts'

const channel = 'docent_reindex_cancelled'
/** Jobs that can be seen, of all servers together. */
const maxJobs = 20
/** Progress is told no more often than this, in milliseconds; beginnings and ends are told at once. */
const tellMs = 500

const boardMigrations: readonly PostgresMigration[] = [
  {
    name: '001_reindex_jobs',
    sql: `
      CREATE TABLE docent.reindex_jobs (
        id text PRIMARY KEY,
        replica text NOT NULL,
        requested_at bigint NOT NULL,
        told_at timestamptz NOT NULL DEFAULT now(),
        seq integer NOT NULL,
        job text NOT NULL,
        -- Null until it has ended.
        ended text,
        is_cancel_asked boolean NOT NULL DEFAULT false
      );
      CREATE INDEX reindex_jobs_by_time ON docent.reindex_jobs (requested_at DESC);
    `,
  },
]

export interface PostgresBoardOptions {
  /** Stays open when the board is closed. */
  readonly postgres: Postgres
  /** The name of this process, as `openReplica` has registered it. */
  readonly replica: string
}

interface Row {
  readonly job: string
  readonly seq: number
  /** As `list` reads it, whether it has ended, since reports are long. */
  readonly ended: string | null
  readonly isAlive: boolean
  /** Milliseconds since the epoch. */
  readonly toldAt: number
}

const columns = `job, seq, ${isAliveSql('reindex_jobs.replica')} AS "isAlive",
  (extract(epoch FROM told_at) * 1000)::bigint AS "toldAt"`

/** @throws DocentError `storage` if the database cannot be reached at first, or was written by a newer Docent. */
export async function postgresBoard({postgres, replica}: PostgresBoardOptions): Promise<ReindexBoard> {
  await applyPostgresMigrations(postgres, 'replicas', replicaMigrations)
  await applyPostgresMigrations(postgres, 'reindex', boardMigrations)
  /** What is still to be told, by the id of its job: the newest of each. */
  const untold = new Map<string, ToldJob>()
  let telling: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  const listening: (() => void)[] = []
  const listeners = new Set<(jobId: string) => void>()

  async function write({job, seq, end}: ToldJob): Promise<void> {
    const ended = end === null ? null : storable(JSON.stringify(end))
    const row = await postgres.row<{isCancelAsked: boolean}>(
      `INSERT INTO docent.reindex_jobs (id, replica, requested_at, seq, job, ended) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, job = excluded.job, ended = excluded.ended, told_at = now()
       RETURNING is_cancel_asked AS "isCancelAsked"`,
      [job.id, replica, job.requestedAt, seq, storable(JSON.stringify(job)), ended],
    )
    if (end === null) {
      if (row!.isCancelAsked && job.canCancel) for (const listener of listeners) listener(job.id)
      return
    }
    await postgres.run(
      `DELETE FROM docent.reindex_jobs WHERE ended IS NOT NULL AND told_at <
         (SELECT told_at FROM docent.reindex_jobs ORDER BY told_at DESC OFFSET $1 LIMIT 1)`,
      [maxJobs - 1],
    )
  }

  async function tellAll(): Promise<void> {
    for (const [id, told] of untold) {
      try {
        await write(told)
        if (untold.get(id) === told) untold.delete(id)
      } catch {
        // With the next change, or a little later.
        schedule(tellMs * 10)
        return
      }
    }
  }

  function tellNow(): void {
    clearTimeout(timer)
    timer = undefined
    telling = (telling ?? Promise.resolve()).then(tellAll)
  }

  function schedule(ms: number): void {
    timer ??= setTimeout(tellNow, ms).unref()
  }

  return {
    tell(told) {
      const {job, end} = told
      const isFirst = !untold.has(job.id) && told.seq === 0
      untold.set(job.id, told)
      if (isFirst || end !== null || job.state === 'waiting') tellNow()
      else schedule(tellMs)
    },
    async list() {
      const rows = await postgres.rows<Row>(
        `SELECT ${columns}, CASE WHEN ended IS NOT NULL THEN 'null' END AS ended FROM docent.reindex_jobs
         WHERE replica <> $1 ORDER BY requested_at DESC LIMIT $2`,
        [replica, maxJobs],
      )
      return rows.map((row) => {
        const {job} = toldOf(row)
        return {job, hasEnded: row.ended !== null || !row.isAlive}
      })
    },
    async get(jobId) {
      const row = await postgres.row<Row>(`SELECT ${columns}, ended FROM docent.reindex_jobs WHERE id = $1`, [
        jobId,
      ])
      return row === null ? null : toldOf(row)
    },
    async cancel(jobId) {
      // Its server reads that with its next word of the job, should the message be lost.
      await postgres.run('UPDATE docent.reindex_jobs SET is_cancel_asked = true WHERE id = $1', [jobId])
      await postgres.notify(channel, jobId)
    },
    onCancel(listener) {
      const stopListening = postgres.listen(channel, listener)
      listeners.add(listener)
      const stop = () => {
        stopListening()
        listeners.delete(listener)
      }
      listening.push(stop)
      return stop
    },
    async close() {
      for (const stop of listening.splice(0)) stop()
      tellNow()
      await telling
      clearTimeout(timer)
    },
  }
}

function toldOf({job: json, seq, ended, isAlive, toldAt}: Row): ToldJob {
  const job = JSON.parse(json) as ReindexJob
  if (ended !== null) return {job, seq, end: JSON.parse(ended) as ToldJob['end']}
  if (isAlive) return {job, seq, end: null}
  const problem = {
    code: 'internal',
    message: 'The server that ran it has stopped. The build from before is still served.',
  } as const
  return {
    job: {...job, state: 'failed', endedAt: toldAt, progress: null, problem, canCancel: false},
    seq: seq + 1,
    end: {type: 'error', ...problem},
  }
}
