import {DocentError} from '../domain/index.ts'
import type {Postgres} from './open-postgres.ts'

export interface PostgresMigration {
  readonly name: string
  readonly sql: string
}

/** All tables are in this schema of the database, so that they are in nobody's way. */
export const schema = 'docent'

/** Of an advisory lock: any number, the same for all versions. */
const migrationLock = 4_021_863_501

/**
 * Applies the missing migrations of a set by name, in this order, in one transaction. Of several processes that start
 * together one does it, and the others wait.
 * @param set names the set: each kind of store has its own
 * @throws DocentError `storage` if the database was written by a newer Docent, or cannot be reached.
 */
export async function applyPostgresMigrations(
  postgres: Postgres,
  set: string,
  steps: readonly PostgresMigration[],
): Promise<void> {
  await postgres.transaction(async (queries) => {
    await queries.run('SELECT pg_advisory_xact_lock($1)', [migrationLock])
    // Whoever may not create schemas can have it made by somebody else.
    const there = await queries.row('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
    if (there === null) await queries.run(`CREATE SCHEMA ${schema}`)
    await queries.run(
      `CREATE TABLE IF NOT EXISTS ${schema}.migrations (
         set text NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (set, name)
       )`,
    )
    const rows = await queries.rows<{name: string}>(
      `SELECT name FROM ${schema}.migrations WHERE set = $1 ORDER BY name`,
      [set],
    )
    const applied = rows.map(({name}) => name)
    const unknown = applied.filter((name) => !steps.some((step) => step.name === name))
    if (unknown.length > 0) {
      throw new DocentError(
        'storage',
        `The database was written by a newer Docent (it has ${unknown.join(', ')}). Run that version, or name another database in DATABASE_URL.`,
      )
    }
    for (const {name, sql} of steps) {
      if (applied.includes(name)) continue
      await queries.run(sql)
      await queries.run(`INSERT INTO ${schema}.migrations (set, name) VALUES ($1, $2)`, [set, name])
    }
  })
}
