import type {Postgres, Queries} from '../../postgres/index.ts'
import {purgeStored} from './changes.ts'
import {claimedKeyMs} from './claimed-keys.ts'
import {untilNoDeadlock} from './deadlocks.ts'
import {dropEmptyPartitions, ensurePartitions, nextMonth} from './partitions.ts'
import {ended, type OnRemoving, removeSome} from './removal.ts'
import {usedBytes} from './storage.ts'

export interface PostgresRetentionOptions {
  readonly postgres: Postgres
  /** Answers older than this many days are removed; 0 keeps them. */
  readonly days: number
  /** The oldest ended answers are removed before the transcripts take this many bytes; 0 for no limit. */
  readonly maxBytes: number
  readonly now: () => number
  readonly onRemoving: OnRemoving
  /** Counts answers for the figures, which nobody may have read for long. */
  readonly count: () => Promise<void>
  /** Called once, when this process removes answers for the first time because of `maxBytes`. */
  readonly onFull: () => void
  /** Called when something could not be done now. It is tried again with the next step. */
  readonly onProblem: (error: unknown) => void
}

export interface PostgresRetention {
  /** Does now what is done every hour, and looks at the size. Never rejects. */
  run(): Promise<void>
  /** Ends it. Resolves when nothing is being removed. */
  close(): Promise<void>
}

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
/** How often the size is looked at. */
const sizeEveryMs = 60_000
/** Answers that are counted to say how many are removed at a time. */
const maxCounted = 10_000
/** Shares of the limit: removal starts at the first and stops at the second, so that it does not run for each answer. */
const trimStartShare = 0.95
const trimTargetShare = 0.9
/** Of an advisory lock: who removes because of retention. Any number, the same for all versions. */
const retentionLock = 4_021_863_503

/**
 * Removes answers that are too old, at start and every hour, and the oldest ones where they take too much, every minute; makes
 * the partitions of this month and of the next; and forgets idempotency keys of two days ago. Of any number of processes that
 * do this, one at a time removes.
 *
 * The limit is for what is kept, see `usedBytes`. PostgreSQL fills the room of removed answers again, but only with answers
 * of the same month, and gives it back to the disk when that month is dropped, which is done once it is empty. So a disk
 * needs room for the limit and for the answers of about one month more.
 */
export function startPostgresRetention(options: PostgresRetentionOptions): PostgresRetention {
  const {postgres, days, maxBytes, now, onRemoving, count, onFull, onProblem} = options
  let isClosed = false
  let wasFull = false
  let running: Promise<void> = Promise.resolve()

  /** Whether this process may remove in this transaction: another one that does it goes on by itself. */
  async function isOurs(queries: Queries): Promise<boolean> {
    if (isClosed) return false
    const row = await queries.row<{readonly isOurs: boolean}>(
      'SELECT pg_try_advisory_xact_lock($1) AS "isOurs"',
      [retentionLock],
    )
    return row?.isOurs === true
  }

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    if (isClosed) return
    try {
      await work()
    } catch (error) {
      onProblem(error)
    }
  }

  async function removeOld(): Promise<void> {
    const before = now() - days * dayMs
    await purgeStored(postgres, before, {onRemoving, mayGoOn: isOurs})
  }

  async function forgetKeys(): Promise<void> {
    await postgres.run('DELETE FROM docent.claimed_keys WHERE started_at < $1', [now() - claimedKeyMs])
  }

  /** Removes some of the oldest answers if it must. @returns whether more are to be removed. */
  async function trimSome(shareAbove: number): Promise<boolean> {
    return untilNoDeadlock(() =>
      postgres.transaction(async (queries) => {
        // The size is looked at with the lock: what another process removes is not removed twice.
        if (!(await isOurs(queries))) return false
        const {kept} = await usedBytes(queries)
        if (kept <= maxBytes * shareAbove) return false
        if (!wasFull) onFull()
        wasFull = true
        const removed = await removeSome(queries, ended, onRemoving, await batchFor(queries, kept))
        return removed.length > 0
      }),
    )
  }

  /** At most half of what must go by their mean size, since the oldest may be larger; 1 to 200. */
  async function batchFor(queries: Queries, kept: number): Promise<number> {
    // Of more a batch is as large as it may be; counting all would take too long.
    const row = await queries.row<{readonly n: number}>(
      `SELECT count(*) AS n FROM (SELECT 1 FROM docent.answers LIMIT ${maxCounted}) AS counted`,
    )
    const answers = row?.n ?? 0
    const excess = (kept - maxBytes * trimTargetShare) / kept
    return Math.min(200, Math.max(1, Math.floor((answers * excess) / 2)))
  }

  async function trim(): Promise<void> {
    if (!(await trimSome(trimStartShare))) return
    for (let isMore = true; isMore; ) isMore = await trimSome(trimTargetShare)
    await dropEmptyPartitions(postgres, now())
    // Its room is filled again after this; PostgreSQL does it later by itself where this takes too long.
    for (const table of ['answers', 'events', 'prompts', 'shared_texts', 'shown_sections', 'text_uses']) {
      await postgres.run(`VACUUM docent.${table}`).catch(() => {})
    }
  }

  async function hourly(): Promise<void> {
    await attempt(() => ensurePartitions(postgres, {from: now(), to: nextMonth(now()).endsAt - 1}))
    if (days > 0) await attempt(removeOld)
    await attempt(forgetKeys)
    await attempt(count)
  }

  /** One at a time in this process. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    running = running.then(work)
    return running
  }

  const look = () => inTurn(() => (maxBytes > 0 ? attempt(trim) : Promise.resolve()))
  const run = async () => {
    await inTurn(hourly)
    await look()
  }

  void run()
  const timers = [setInterval(() => void inTurn(hourly), hourMs)]
  if (maxBytes > 0) timers.push(setInterval(() => void look(), sizeEveryMs))
  for (const timer of timers) timer.unref?.()

  return {
    run,
    async close() {
      isClosed = true
      for (const timer of timers) clearInterval(timer)
      await running
    },
  }
}
