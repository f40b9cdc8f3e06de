import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import type {AuditFilter} from '../audit.ts'
import {
  type AuditPlace,
  type AuditRow,
  auditConditions,
  auditPageOf,
  auditPlaceOf,
  auditRemovalBatchSize,
  auditValuesOf,
  newestLines,
} from '../audit-row.ts'
import {nameKeyOf} from '../person-name.ts'
import type {StaffStore} from '../staff-store.ts'

interface PostgresAudit extends Pick<StaffStore, 'record' | 'audit'> {
  /** Removes some lines from before a time, or beyond a number of lines. @returns how many. */
  removeSome(before: number | null, maxLines: number): Promise<number>
}

/** The audit log in PostgreSQL. Lines are appended and, when they are too old or too many, removed from the oldest on. */
export function postgresAudit(postgres: Postgres, now: () => number): PostgresAudit {
  /** The newest lines, after `place` if that is given. */
  async function newestOf(
    queries: Queries,
    {who, ...others}: AuditFilter,
    place: AuditPlace | null,
    count: number,
  ): Promise<AuditRow[]> {
    async function newestBy(column: 'who' | 'name' | null, value: string): Promise<AuditRow[]> {
      const {where, values} = auditConditions(column, value, others, place, (n) => `$${n}`)
      return queries.rows<AuditRow>(
        `SELECT * FROM docent.audit ${where} ORDER BY at DESC, line DESC LIMIT $${values.length + 1}`,
        [...values, count],
      )
    }

    if (who === undefined) return newestBy(null, '')
    const key = storable(nameKeyOf(who))
    const found = await newestBy('who', storable(who))
    const people = await queries.rows<{id: string}>('SELECT id FROM docent.people WHERE name_key = $1', [key])
    for (const {id} of people) found.push(...(await newestBy('who', id)))
    for (const name of await namesOfLines(queries)) {
      if (nameKeyOf(name) === key) found.push(...(await newestBy('name', name)))
    }
    return newestLines(found, count)
  }

  return {
    async record(entry) {
      await postgres.run(
        `INSERT INTO docent.audit (at, who, name, role, what, which, details, address)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [now(), ...auditValuesOf(entry).map((value) => (value === null ? null : storable(value)))],
      )
    },
    async audit(filter, {cursor, limit = 50} = {}) {
      const place = auditPlaceOf(cursor)
      const rows = await postgres.transaction(async (queries) => {
        // All reads see the lines of one moment: else a page could skip a line that is older than its last one.
        await queries.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
        return newestOf(queries, filter, place, limit + 1)
      })
      return auditPageOf(rows, limit)
    },
    async removeSome(before, maxLines) {
      // Lines that another process removes now are left to it.
      const old =
        before === null
          ? 0
          : await postgres.run(
              `DELETE FROM docent.audit WHERE line IN
                 (SELECT line FROM docent.audit WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
              [before, auditRemovalBatchSize],
            )
      const tooMany = await postgres.run(
        `DELETE FROM docent.audit WHERE line IN
           (SELECT line FROM docent.audit WHERE line <= (SELECT max(line) FROM docent.audit) - $1::bigint
            ORDER BY line LIMIT $2 FOR UPDATE SKIP LOCKED)`,
        [maxLines, auditRemovalBatchSize],
      )
      return old + tooMany
    },
  }
}

/** Each name that lines have, by one look into the index, however many lines have it. */
async function namesOfLines(queries: Queries): Promise<string[]> {
  const rows = await queries.rows<{name: string}>(
    `WITH RECURSIVE names (name) AS (
       SELECT min(name) FROM docent.audit
       UNION ALL
       SELECT (SELECT min(name) FROM docent.audit WHERE name > names.name) FROM names WHERE name IS NOT NULL
     ) SELECT name FROM names WHERE name IS NOT NULL`,
  )
  return rows.map(({name}) => name)
}
