import {DocentError} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {AuditDetails, AuditEntry, AuditFilter, AuditLine, AuditPage} from './audit.ts'

type AuditRow = Omit<AuditLine, 'details'> & {readonly details: string | null}

const maxTextLength = 200
const maxDetailsLength = 4_000
/** Maximum lines that are removed in one transaction. */
const removalBatchSize = 500

/** The audit log in SQLite. Lines are appended and, when they are too old or too many, removed from the oldest on. */
export function createAuditTable(db: SqliteDatabase, now: () => number) {
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

  return {
    record(entry: AuditEntry): void {
      const {who, name, role, what, which, details, address} = entry
      const short = (text: string | null) => (text === null ? null : headOf(text, maxTextLength))
      insert.run(now(), short(who), short(name), role, what, short(which), detailsJson(details), address)
    },
    audit(filter: AuditFilter, {cursor, limit = 50}: {cursor?: string; limit?: number} = {}): AuditPage {
      const conditions: string[] = []
      const values: (string | number)[] = []
      const where = (condition: string, ...given: readonly (string | number | undefined)[]) => {
        const present = given.filter((value) => value !== undefined)
        if (present.length === 0) return
        conditions.push(condition)
        values.push(...present)
      }
      where('who = ?', filter.who)
      where('what = ?', filter.what)
      where('at >= ?', filter.from)
      where('at < ?', filter.to)
      if (cursor !== undefined) where('(at, line) < (?, ?)', ...placeOf(cursor))
      const rows = db
        .prepare<(string | number)[], AuditRow>(
          `SELECT * FROM audit ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
           ORDER BY at DESC, line DESC LIMIT ?`,
        )
        .all(...values, limit + 1)
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
function placeOf(cursor: string): [at: number, line: number] {
  const [, at, line] = /^(\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined || line === undefined) {
    throw new DocentError(
      'invalid_request',
      'cursor: is not one of this list; leave it out to start at the beginning',
    )
  }
  return [Number(at), Number(line)]
}
