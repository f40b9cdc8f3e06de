import {randomBytes, randomUUID, timingSafeEqual} from 'node:crypto'
import {digestOf} from '../../lib/secrets.ts'
import {type Postgres, storable} from '../../postgres/index.ts'
import {endedHandoverMs, type HandoverStore, maxHandovers} from '../handover.ts'
import {
  type HandoverRow,
  handoverOf,
  handoverPageOf,
  handoversBefore,
  maxKeptHandovers,
} from '../handover-row.ts'
import {refusals} from '../refusals.ts'

const dayMs = 24 * 60 * 60 * 1000
/** Of an advisory lock, which has links counted and added one at a time: any number, the same for all versions. */
const handoversLock = 4_021_863_512

/** Links that show a conversation, in PostgreSQL. */
export function postgresHandovers(postgres: Postgres, now: () => number): HandoverStore {
  return {
    makeHandover: ({ref, who, by, note, days}) =>
      postgres.transaction(async (queries) => {
        await queries.run('SELECT pg_advisory_xact_lock($1)', [handoversLock])
        const at = now()
        await queries.run(
          'DELETE FROM docent.handovers WHERE least(ends_at, coalesce(withdrawn_at, ends_at)) < $1',
          [at - endedHandoverMs],
        )
        await queries.run(
          `DELETE FROM docent.handovers WHERE number IN
             (SELECT number FROM docent.handovers WHERE withdrawn_at IS NOT NULL OR ends_at <= $1 ORDER BY number
              LIMIT greatest(0, (SELECT count(*) FROM docent.handovers) - $2))`,
          [at, maxKeptHandovers - 1],
        )
        const {open} = (await queries.row<{open: number}>(
          'SELECT count(*) AS open FROM docent.handovers WHERE withdrawn_at IS NULL AND ends_at > $1',
          [at],
        ))!
        if (open >= maxHandovers) throw refusals.tooManyHandovers()
        const key = randomBytes(24).toString('base64url')
        const row = await queries.row<HandoverRow>(
          `INSERT INTO docent.handovers (id, key, ref, made_at, who, made_by, note, ends_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *`,
          [
            randomUUID(),
            digestOf(key),
            storable(ref),
            at,
            storable(who),
            storable(by),
            note === null ? null : storable(note),
            at + days * dayMs,
          ],
        )
        return {handover: handoverOf(row!), key}
      }),
    async handovers({cursor, limit = 50} = {}) {
      const rows = await postgres.rows<HandoverRow>(
        'SELECT * FROM docent.handovers WHERE number < $1 ORDER BY number DESC LIMIT $2',
        [handoversBefore(cursor), limit + 1],
      )
      return handoverPageOf(rows, limit)
    },
    async findHandover(id) {
      const row = await postgres.row<HandoverRow>('SELECT * FROM docent.handovers WHERE id = $1', [
        storable(id),
      ])
      return row === null ? null : handoverOf(row)
    },
    async handoverOfKey(key) {
      const digest = digestOf(key)
      const row = await postgres.row<HandoverRow>('SELECT * FROM docent.handovers WHERE key = $1', [digest])
      return row === null || !timingSafeEqual(row.key, digest) ? null : handoverOf(row)
    },
    async countOpening(id) {
      await postgres.run(
        'UPDATE docent.handovers SET openings = openings + 1, opened_at = $2 WHERE id = $1',
        [storable(id), now()],
      )
    },
    async withdrawHandover(id) {
      const row = await postgres.row<HandoverRow>(
        'UPDATE docent.handovers SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL RETURNING *',
        [storable(id), now()],
      )
      if (row === null) throw refusals.noHandover()
      return handoverOf(row)
    },
  }
}
