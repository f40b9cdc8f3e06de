import type {SqliteDatabase} from '../native/index.ts'
import type {AuditEntry, AuditFilter, AuditPage} from './audit.ts'
import {
  type AuditPlace,
  type AuditRow,
  auditConditions,
  auditPageOf,
  auditPlaceOf,
  auditRemovalBatchSize,
  auditValuesOf,
  newestLines,
} from './audit-row.ts'
import {nameKeyOf} from './person-name.ts'

/**
 * The audit log in SQLite. Lines are appended and, when they are too old or too many, removed from the oldest on.
 * @param idsNamed the ids of people who have a name now
 */
export function createAuditTable(
  db: SqliteDatabase,
  now: () => number,
  idsNamed: (name: string) => readonly string[],
) {
  const insert = db.prepare(
    'INSERT INTO audit (at, who, name, role, what, which, details, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const removeBefore = db.prepare(
    'DELETE FROM audit WHERE line IN (SELECT line FROM audit WHERE at < ? ORDER BY at LIMIT ?)',
  )
  const removeUpTo = db.prepare(
    'DELETE FROM audit WHERE line IN (SELECT line FROM audit WHERE line <= ? ORDER BY line LIMIT ?)',
  )
  const lastLine = db.prepare<[], number | null>('SELECT max(line) FROM audit').pluck()
  /** Each name that lines have, by one look into the index, however many lines have it. */
  const names = db
    .prepare<[], string>(
      `WITH RECURSIVE names (name) AS (
         SELECT min(name) FROM audit
         UNION ALL
         SELECT (SELECT min(name) FROM audit WHERE name > names.name) FROM names WHERE name IS NOT NULL
       ) SELECT name FROM names WHERE name IS NOT NULL`,
    )
    .pluck()

  /** The newest lines, after `place` if that is given. */
  function newestOf(filter: AuditFilter, place: AuditPlace | null, count: number): AuditRow[] {
    const {who, ...others} = filter
    if (who === undefined) return newestBy(null, '', others, place, count)
    const key = nameKeyOf(who)
    const found = [
      ...[who, ...idsNamed(who)].map((id) => newestBy('who', id, others, place, count)),
      ...names
        .all()
        .filter((name) => nameKeyOf(name) === key)
        .map((name) => newestBy('name', name, others, place, count)),
    ]
    return newestLines(found.flat(), count)
  }

  /** Of one value in one column, so that an index has them in this order. */
  function newestBy(
    column: 'who' | 'name' | null,
    value: string,
    filter: Omit<AuditFilter, 'who'>,
    place: AuditPlace | null,
    count: number,
  ): AuditRow[] {
    const {where, values} = auditConditions(column, value, filter, place, () => '?')
    return db
      .prepare<(string | number)[], AuditRow>(
        `SELECT * FROM audit ${where} ORDER BY at DESC, line DESC LIMIT ?`,
      )
      .all(...values, count)
  }

  return {
    record(entry: AuditEntry): void {
      insert.run(now(), ...auditValuesOf(entry))
    },
    audit(filter: AuditFilter, {cursor, limit = 50}: {cursor?: string; limit?: number} = {}): AuditPage {
      const place = auditPlaceOf(cursor)
      // In one transaction, so that what other processes write meanwhile is not seen.
      const rows = db.transaction(() => newestOf(filter, place, limit + 1))()
      return auditPageOf(rows, limit)
    },
    /** Removes some lines from before a time, or beyond a number of lines. @returns how many. */
    removeSome(before: number | null, maxLines: number): number {
      const old = before === null ? 0 : removeBefore.run(before, auditRemovalBatchSize).changes
      return old + removeUpTo.run((lastLine.get() ?? 0) - maxLines, auditRemovalBatchSize).changes
    },
  }
}
