import type {SqliteDatabase} from '../native/index.ts'
import {prepareDeletion, prepareRemoval, removeAll} from './removal.ts'

export interface RetentionOptions {
  /** Answers older than this many days are removed; 0 keeps them. */
  readonly days: number
  /** The oldest ended answers are removed before the file reaches this size; 0 for no limit. */
  readonly maxBytes: number
  readonly now: () => number
  /** Runs one removal, which may wait a moment for another process. Returns 0 if it cannot be done now. */
  readonly attempt: (remove: () => number) => number
  /** Erases all copies of removed data. */
  readonly erase: () => void
  /** Called once, when answers are removed for the first time because of `maxBytes`. */
  readonly onFull: () => void
}

export interface Retention {
  /** Call it after each write: removes answers if the file is near its limit. */
  written(): void
  close(): void
}

const everyMs = 60 * 60 * 1000
const pauseMs = 100
const dayMs = 24 * 60 * 60 * 1000
/** Maximum number of answers removed in one step because of `maxBytes`. */
const maxRemovedPerStep = 50
/** Shares of the limit: removal starts at the first and stops at the second, so that it does not run for each answer. */
const trimStartShare = 0.95
const trimTargetShare = 0.9

/** Removes answers that are too old, now and every hour, and the oldest ones if the file is too large. */
export function startRetention(db: SqliteDatabase, options: RetentionOptions): Retention {
  const {days, maxBytes, now, attempt, erase, onFull} = options
  let isClosed = false
  let isTrimming = false
  /** Whether something was written while the last steps ran, which they may not have seen. */
  let hasGrown = false
  let wasFull = false

  const olderThan = prepareRemoval(db, 'started_at < ?')
  const removeOldest = prepareOldest(db)
  const tooOldBefore = () => now() - days * dayMs

  /** Removes in small steps, with pauses for running answers, until a step removes nothing. */
  async function removeInSteps(removeSome: () => number): Promise<void> {
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
    void removeInSteps(() => olderThan(before))
  }

  function written(): void {
    hasGrown = isTrimming
    if (maxBytes === 0 || isTrimming || isClosed || usedBytes(db) <= maxBytes * trimStartShare) return
    isTrimming = true
    if (!wasFull) onFull()
    wasFull = true
    void removeInSteps(() => removeOldest(maxBytes * trimTargetShare)).finally(() => {
      isTrimming = false
      if (hasGrown) written()
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

/** Bytes used in the file, without the free pages that removed answers have left. */
export function usedBytes(db: SqliteDatabase): number {
  const of = (name: string) => db.pragma(name, {simple: true}) as number
  return (of('page_count') - of('freelist_count')) * of('page_size')
}

/** A step towards `downTo` bytes, in one transaction. It looks at the size after each answer, so none goes without need. */
function prepareOldest(db: SqliteDatabase): (downTo: number) => number {
  const oldest = db
    .prepare<[], number>(
      `SELECT row FROM answers WHERE ending IS NOT NULL ORDER BY row LIMIT ${maxRemovedPerStep}`,
    )
    .pluck()
  const drop = prepareDeletion(db)
  const step = db.transaction((downTo: number) => {
    let removed = 0
    for (const row of oldest.all()) {
      if (usedBytes(db) <= downTo) break
      drop(row)
      removed += 1
    }
    return removed
  })
  return (downTo) => (usedBytes(db) <= downTo ? 0 : step.immediate(downTo))
}
