import {DocentError} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {AuditDetails, AuditEntry, AuditFilter, AuditLine, AuditPage} from './audit.ts'
import {nameKeyOf} from './person-name.ts'

type AuditRow = Omit<AuditLine, 'details'> & {readonly details: string | null}

/** Of the last line of the page before. */
type Place = readonly [at: number, line: number]

const maxTextLength = 200
const maxDetailsLength = 4_000
/** Maximum lines that are removed in one transaction. */
const removalBatchSize = 500

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
  function newestOf(filter: AuditFilter, place: Place | null, count: number): AuditRow[] {
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
    const lines = new Map(found.flat().map((row) => [row.line, row]))
    return [...lines.values()].sort((a, b) => b.at - a.at || b.line - a.line).slice(0, count)
  }

  /** Of one value in one column, so that an index has them in this order. */
  function newestBy(
    column: 'who' | 'name' | null,
    value: string,
    {what, from, to}: AuditFilter,
    place: Place | null,
    count: number,
  ): AuditRow[] {
    const conditions: string[] = []
    const values: (string | number)[] = []
    const where = (condition: string, ...given: readonly (string | number | undefined)[]) => {
      const present = given.filter((one) => one !== undefined)
      if (present.length === 0) return
      conditions.push(condition)
      values.push(...present)
    }
    if (column !== null) where(`${column} = ?`, value)
    where('what = ?', what)
    where('at >= ?', from)
    where('at < ?', to)
    if (place !== null) where('(at, line) < (?, ?)', ...place)
    return db
      .prepare<(string | number)[], AuditRow>(
        `SELECT * FROM audit ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
         ORDER BY at DESC, line DESC LIMIT ?`,
      )
      .all(...values, count)
  }

  return {
    record(entry: AuditEntry): void {
      const {who, name, role, what, which, details, address} = entry
      const short = (text: string | null) => (text === null ? null : headOf(text, maxTextLength))
      insert.run(now(), short(who), short(name), role, what, short(which), detailsJson(details), address)
    },
    audit(filter: AuditFilter, {cursor, limit = 50}: {cursor?: string; limit?: number} = {}): AuditPage {
      const place = cursor === undefined ? null : placeOf(cursor)
      // In one transaction, so that what other processes write meanwhile is not seen.
      const rows = db.transaction(() => newestOf(filter, place, limit + 1))()
      const items = rows.slice(0, limit).map(lineOf)
      const last = items.at(-1)
      return {items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null}
    },
    /** Removes some lines from before a time, or beyond a number of lines. @returns how many. */
    removeSome(before: number | null, maxLines: number): number {
      const old = before === null ? 0 : removeBefore.run(before, removalBatchSize).changes
      return old + removeUpTo.run((lastLine.get() ?? 0) - maxLines, removalBatchSize).changes
    },
  }
}

/** JSON of the details; of those that are too long the names alone. */
function detailsJson(details: AuditDetails | null): string | null {
  if (details === null) return null
  const json = JSON.stringify(details)
  return json.length <= maxDetailsLength
    ? json
    : JSON.stringify({tooLong: headOf(Object.keys(details).join(' '), maxTextLength)})
}

function lineOf(row: AuditRow): AuditLine {
  return {...row, details: row.details === null ? null : (JSON.parse(row.details) as AuditDetails)}
}

function cursorOf({at, line}: AuditLine): string {
  return Buffer.from(`${at}.${line}`).toString('base64url')
}

/** @throws DocentError `invalid_request`. */
function placeOf(cursor: string): Place {
  const [, at, line] = /^(\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined || line === undefined) {
    throw new DocentError(
      'invalid_request',
      'cursor: is not one of this list; leave it out to start at the beginning',
    )
  }
  return [Number(at), Number(line)]
}
