import {applyPostgresMigrations, type Postgres, type PostgresMigration} from '../../postgres/index.ts'
import type {EndedSessions} from './ended-sessions.ts'

const migrations: readonly PostgresMigration[] = [
  {
    name: '001_ended_sessions',
    sql: 'CREATE TABLE docent.ended_sessions (id text PRIMARY KEY, expires_at bigint NOT NULL)',
  },
]

/**
 * Sign-outs that hold at all servers: a copy of the cookie is of no use at another one.
 * @throws DocentError `storage` if the database cannot be reached, or was written by a newer Docent.
 */
export async function postgresEndedSessions(
  postgres: Postgres,
  now: () => number = Date.now,
): Promise<EndedSessions> {
  await applyPostgresMigrations(postgres, 'ended-sessions', migrations)
  return {
    async has(id) {
      return (await postgres.row('SELECT 1 FROM docent.ended_sessions WHERE id = $1', [id])) !== null
    },
    async add(id, expiresAt) {
      await postgres.run('DELETE FROM docent.ended_sessions WHERE expires_at < $1', [now()])
      await postgres.run(
        'INSERT INTO docent.ended_sessions (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING',
        [id, expiresAt],
      )
    },
  }
}
