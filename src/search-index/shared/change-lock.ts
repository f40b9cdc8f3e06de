import {hostname} from 'node:os'
import {DocentError} from '../../domain/index.ts'
import {openPostgres, type Postgres, type Queries} from '../../postgres/index.ts'
import type {BuildLock} from '../build-store.ts'

/** Of an advisory lock: any number, the same for all versions. */
const lockNumber = 4_021_863_505

export interface ChangeLock extends BuildLock {
  /** @throws DocentError `locked` where the connection broke off, and the lock with it. */
  check(): Promise<void>
}

/** How often the connection is used, so that nothing on the way takes it for dead, in milliseconds. */
const pingMs = 10_000

interface Holder {
  readonly host: string
  readonly pid: number
  /** ISO 8601. */
  readonly since: string
}

/**
 * Takes the lock over all servers: a transaction on a connection of its own. It ends with its process; half a minute after
 * its machine has vanished, or ten minutes where a proxy is between them. Since it is one of a transaction, PgBouncer keeps
 * it too.
 * @param postgres for everything else
 * @throws DocentError `locked` at once when another process has it, with its holder in `details`; `storage`.
 */
export async function takeChangeLock(postgres: Postgres, url: string): Promise<ChangeLock> {
  const connection = await openPostgres({url, connections: 1})
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  let holding: Promise<void> = Promise.resolve()
  let hasEnded = false
  let ping: NodeJS.Timeout | undefined
  let check = async () => {}
  async function release(): Promise<void> {
    clearInterval(ping)
    end()
    // A connection that broke off has taken the lock with it.
    await holding.catch(() => undefined)
    await connection.close()
  }
  try {
    await new Promise<void>((resolve, reject) => {
      holding = connection.transaction(async (queries) => {
        if (!(await isTaken(queries))) throw await lockedError(postgres)
        const ask = async () => {
          if (hasEnded) throw lostError()
          await queries.run('SELECT 1').catch((cause: unknown) => {
            hasEnded = true
            throw lostError(cause)
          })
        }
        // One at a time on this connection.
        let last: Promise<void> = Promise.resolve()
        check = () => {
          const asking = last.then(ask)
          last = asking.catch(() => undefined)
          return asking
        }
        resolve()
        await ended
      })
      holding.catch((error: unknown) => {
        hasEnded = true
        reject(error)
      })
    })
    const holder: Holder = {host: hostname(), pid: process.pid, since: new Date().toISOString()}
    await postgres.run('UPDATE docent.current_build SET holder = $1', [JSON.stringify(holder)])
    ping = setInterval(() => void check().catch(() => {}), pingMs)
    ping.unref()
    return {release, check: () => check()}
  } catch (error) {
    await release()
    throw error
  }
}

async function isTaken(queries: Queries): Promise<boolean> {
  // It is held for as long as an ingest takes, and must not outlive a machine that lost its network or its power.
  await queries.run(
    `SET LOCAL idle_in_transaction_session_timeout = '10min';
     SET LOCAL tcp_keepalives_idle = 10; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 4`,
  )
  const row = await queries.row<{isTaken: boolean}>('SELECT pg_try_advisory_xact_lock($1) AS "isTaken"', [
    lockNumber,
  ])
  return row!.isTaken
}

async function lockedError(postgres: Postgres): Promise<DocentError> {
  const row = await postgres.row<{holder: string | null}>('SELECT holder FROM docent.current_build')
  const holder = row?.holder == null ? null : (JSON.parse(row.holder) as Holder)
  const who =
    holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`
  return new DocentError(
    'locked',
    `the index of all servers is being changed by ${who}; try again when it has ended`,
    {details: {...holder}},
  )
}

function lostError(cause?: unknown): DocentError {
  return new DocentError(
    'locked',
    'the connection to the database was lost, and with it the right to change the index; nothing was changed, try again',
    {cause},
  )
}
