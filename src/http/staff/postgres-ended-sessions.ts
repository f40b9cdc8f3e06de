import {existsSync, renameSync} from 'node:fs'
import {applyPostgresMigrations, type Postgres, type PostgresMigration} from '../../postgres/index.ts'
import {sessionMs} from '../../staff/index.ts'
import {type EndedSessions, readStored} from './ended-sessions.ts'

const migrations: readonly PostgresMigration[] = [
  {
    name: '001_ended_sessions',
    sql: 'CREATE TABLE docent.ended_sessions (id text PRIMARY KEY, expires_at bigint NOT NULL)',
  },
]

/** A row for all sessions that end up to a moment: those of a file that had too many, or was damaged. */
const allBefore = '*'
/** Clocks of servers may differ by so long, in milliseconds. */
const marginMs = 24 * 60 * 60 * 1000

/**
 * Sign-outs that hold at all servers: a copy of the cookie is of no use at another one.
 * @param file those of a data folder, from before there was a database: they are taken over, and it is renamed
 * @throws DocentError `storage` if the database cannot be reached, or was written by a newer Docent.
 */
export async function postgresEndedSessions(postgres: Postgres, file: string): Promise<EndedSessions> {
  await applyPostgresMigrations(postgres, 'ended-sessions', migrations)
  async function add(id: string, expiresAt: number): Promise<void> {
    await postgres.run(
      `INSERT INTO docent.ended_sessions (id, expires_at) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET expires_at = greatest(ended_sessions.expires_at, excluded.expires_at)`,
      [id, expiresAt],
    )
  }

  if (existsSync(file)) {
    const {before, ended} = readStored(file, Date.now() + sessionMs)
    for (const [id, expiresAt] of Object.entries(ended)) await add(id, expiresAt)
    if (before > Date.now()) await add(allBefore, before)
    renameSync(file, `${file}.in-database`)
  }
  return {
    async has(id, expiresAt) {
      const row = await postgres.row(
        'SELECT 1 FROM docent.ended_sessions WHERE id = $1 OR (id = $2 AND expires_at >= $3)',
        [id, allBefore, expiresAt],
      )
      return row !== null
    },
    async add(id, expiresAt) {
      await postgres.run('DELETE FROM docent.ended_sessions WHERE expires_at < $1', [Date.now() - marginMs])
      await add(id, expiresAt)
    },
  }
}
