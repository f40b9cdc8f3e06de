import {randomBytes, randomUUID, timingSafeEqual} from 'node:crypto'
import {digestOf} from '../lib/secrets.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {
  endedHandoverMs,
  type Handover,
  type HandoverPage,
  type MadeHandover,
  maxHandovers,
} from './handover.ts'
import {
  type HandoverRow,
  handoverOf,
  handoverPageOf,
  handoversBefore,
  maxKeptHandovers,
} from './handover-row.ts'
import {refusals} from './refusals.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Links that show a conversation, in SQLite. */
export function createHandoversTable(db: SqliteDatabase, now: () => number) {
  const insert = db.prepare<(string | number | Buffer | null)[], HandoverRow>(
    `INSERT INTO handovers (id, key, ref, made_at, who, made_by, note, ends_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
  )
  const countOpen = db
    .prepare<[number], number>('SELECT count(*) FROM handovers WHERE withdrawn_at IS NULL AND ends_at > ?')
    .pluck()
  const removeEnded = db.prepare(
    'DELETE FROM handovers WHERE min(ends_at, ifnull(withdrawn_at, ends_at)) < ?',
  )
  const removeBeyond = db.prepare(
    `DELETE FROM handovers WHERE number IN
       (SELECT number FROM handovers WHERE withdrawn_at IS NOT NULL OR ends_at <= ? ORDER BY number
        LIMIT max(0, (SELECT count(*) FROM handovers) - ?))`,
  )
  const byId = db.prepare<[string], HandoverRow>('SELECT * FROM handovers WHERE id = ?')
  const byKey = db.prepare<[Buffer], HandoverRow>('SELECT * FROM handovers WHERE key = ?')
  const newest = db.prepare<[number, number], HandoverRow>(
    'SELECT * FROM handovers WHERE number < ? ORDER BY number DESC LIMIT ?',
  )
  const opened = db.prepare('UPDATE handovers SET openings = openings + 1, opened_at = ? WHERE id = ?')
  const withdraw = db.prepare<[number, string], HandoverRow>(
    'UPDATE handovers SET withdrawn_at = ? WHERE id = ? AND withdrawn_at IS NULL RETURNING *',
  )

  return {
    make(given: {ref: string; who: string; by: string; note: string | null; days: number}): MadeHandover {
      const {ref, who, by, note, days} = given
      removeEnded.run(now() - endedHandoverMs)
      removeBeyond.run(now(), maxKeptHandovers - 1)
      if ((countOpen.get(now()) ?? 0) >= maxHandovers) throw refusals.tooManyHandovers()
      const key = randomBytes(24).toString('base64url')
      const row = insert.get(randomUUID(), digestOf(key), ref, now(), who, by, note, now() + days * dayMs)
      return {handover: handoverOf(row!), key}
    },
    list({cursor, limit = 50}: {cursor?: string; limit?: number} = {}): HandoverPage {
      return handoverPageOf(newest.all(handoversBefore(cursor), limit + 1), limit)
    },
    find(id: string): Handover | null {
      const row = byId.get(id)
      return row === undefined ? null : handoverOf(row)
    },
    ofKey(key: string): Handover | null {
      const digest = digestOf(key)
      const row = byKey.get(digest)
      return row === undefined || !timingSafeEqual(row.key, digest) ? null : handoverOf(row)
    },
    countOpening(id: string): void {
      opened.run(now(), id)
    },
    withdraw(id: string): Handover {
      const row = withdraw.get(now(), id)
      if (row === undefined) throw refusals.noHandover()
      return handoverOf(row)
    },
  }
}
