import type {SqliteDatabase} from '../native/index.ts'
import {prepareRemoval, removeAll} from './removal.ts'

export interface RetentionOptions {
  /** Answers older than so many days are removed; 0 keeps them. */
  readonly days: number
  /** The oldest answers that have ended are removed before the file holds more; 0 for no bound. */
  readonly maxBytes: number
  readonly now: () => number
  /** Runs one removal, which may wait a moment for another process. Returns 0 when it cannot be done now. */
  readonly attempt: (remove: () => number) => number
  /** Leaves no copy of what was removed. */
  readonly erase: () => void
  /** Called once, when answers are removed for want of room for the first time. */
  readonly onFull: () => void
}

export interface Retention {
  /** To be called after each write: makes room where the file comes near its bound. */
  written(): void
  close(): void
}

const everyMs = 60 * 60 * 1000
const pauseMs = 100
const dayMs = 24 * 60 * 60 * 1000
/** Answers removed in one step to make room, at most. */
const oldestAtOnce = 50
/** Shares of the bound: room is made from the first on, down to the second, so that it is not made for each answer. */
const fullFrom = 0.95
const fullUntil = 0.9

/** Removes what is too old, at once and every hour, and what there is no room for. */
export function startRetention(db: SqliteDatabase, options: RetentionOptions): Retention {
  const {days, maxBytes, now, attempt, erase, onFull} = options
  let isClosed = false
  let isMakingRoom = false
  let wasFull = false

  const olderThan = prepareRemoval(db, 'started_at < ?')
  const removeOldest = prepareOldest(db)
  const tooOldBefore = () => now() - days * dayMs

  /** In small steps with time between them for the answers under way, until a step removes nothing. */
  async function gently(removeSome: () => number): Promise<void> {
    let removed = 0
    let gone: number
    do {
      gone = isClosed ? 0 : attempt(removeSome)
      removed += gone
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref?.())
    } while (gone > 0)
    if (removed > 0 && !isClosed) erase()
  }

  function removeOld(): void {
    const before = tooOldBefore()
    void gently(() => olderThan(before))
  }

  function written(): void {
    if (maxBytes === 0 || isMakingRoom || isClosed || usedBytes(db) <= maxBytes * fullFrom) return
    isMakingRoom = true
    if (!wasFull) onFull()
    wasFull = true
    void gently(() => removeOldest(maxBytes * fullUntil)).finally(() => {
      isMakingRoom = false
    })
  }

  if (days > 0 && attempt(() => removeAll(olderThan, tooOldBefore())) > 0) erase()
  written()
  const timer = days > 0 ? setInterval(removeOld, everyMs) : null
  timer?.unref?.()

  return {
    written,
    close() {
      isClosed = true
      if (timer !== null) clearInterval(timer)
    },
  }
}

/** What the file holds, without the room that removed answers have left in it. */
function usedBytes(db: SqliteDatabase): number {
  const of = (name: string) => db.pragma(name, {simple: true}) as number
  return (of('page_count') - of('freelist_count')) * of('page_size')
}

/** One step that makes room until the file holds `downTo` bytes; removes no more than that needs, by the usual size of an answer. */
function prepareOldest(db: SqliteDatabase): (downTo: number) => number {
  const lastOfOldest = db
    .prepare<[number], number | null>(
      'SELECT max(row) FROM (SELECT row FROM answers WHERE ending IS NOT NULL ORDER BY row LIMIT ?)',
    )
    .pluck()
  // Looked up at both ends: counting the rows would read them all.
  const rows = db.prepare<[], number | null>('SELECT max(row) - min(row) + 1 FROM answers').pluck()
  const upTo = prepareRemoval(db, 'ending IS NOT NULL AND row <= ?')
  return (downTo) => {
    const used = usedBytes(db)
    if (used <= downTo) return 0
    const needed = Math.ceil((rows.get() ?? 0) * (1 - downTo / used))
    const last = lastOfOldest.get(Math.min(oldestAtOnce, needed))
    return last == null ? 0 : upTo(last)
  }
}
