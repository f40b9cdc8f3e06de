import type {SqliteDatabase} from '../native/index.ts'

/** Answers removed in one transaction: enough to be quick, few enough that nobody waits long for the lock. */
export const answersAtOnce = 200

/**
 * Removes some of the answers that a condition names for a value, `answersAtOnce` at most, in one transaction.
 * @returns their number: fewer than `answersAtOnce` when none is left.
 */
export type RemovalStep = (value: string | number) => number

/**
 * Removes answers by a condition of SQL with one `?`, with their events and search entries. `secure_delete` must be on
 * for the words to be gone from the file.
 */
export function prepareRemoval(db: SqliteDatabase, condition: string): RemovalStep {
  const some = db
    .prepare<[string | number], number>(`SELECT row FROM answers WHERE ${condition} LIMIT ${answersAtOnce}`)
    .pluck()
  const dropEvents = db.prepare('DELETE FROM events WHERE answer = ?')
  const dropAnswer = db.prepare('DELETE FROM answers WHERE row = ?')
  const step = db.transaction((value: string | number) => {
    const rows = some.all(value)
    for (const row of rows) {
      dropEvents.run(row)
      dropAnswer.run(row)
    }
    return rows.length
  })
  return (value) => step.immediate(value)
}

/** Takes steps until none is left. @returns the number of answers removed. */
export function removeAll(step: RemovalStep, value: string | number): number {
  let removed = 0
  let gone: number
  do {
    gone = step(value)
    removed += gone
  } while (gone === answersAtOnce)
  return removed
}

/**
 * Moves what the write-ahead log holds into the file and empties it, so that no copy of removed words stays.
 * @returns false while another process reads what was there before, or when the disk does not take it.
 */
export function emptyWriteAheadLog(db: SqliteDatabase): boolean {
  try {
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as {readonly busy: number}[]
    return result?.busy === 0
  } catch {
    // The copies are there as before; whoever writes next learns what is wrong with the disk.
    return false
  }
}

/** Sees to it that removed words leave the write-ahead log as well. */
export interface Eraser {
  /** Whether they have. */
  readonly isDone: boolean
  /** Empties the log now or, while another process holds that up, again and again until it went through. */
  erase(): void
  /** Tries a last time where something is left, or another process has removed something. */
  close(): void
}

const firstPauseMs = 250
const maxPauseMs = 10_000
/** How often it is looked whether another process has written, as a purge does. */
const lookEveryMs = 60_000

/**
 * `onChange` is called with false when copies are left, and with true when they are gone. What a purge beside the server had to
 * leave is erased within a minute of being possible.
 */
export function createEraser(db: SqliteDatabase, onChange?: (isDone: boolean) => void): Eraser {
  let isDone = true
  let pauseMs = firstPauseMs
  let timer: ReturnType<typeof setTimeout> | null = null
  let version = versionOf(db)
  // Nobody else writes what is in memory alone.
  const looking = db.memory ? null : setInterval(look, lookEveryMs)
  looking?.unref?.()

  function look(): void {
    if (othersWrote()) erase()
  }

  function othersWrote(): boolean {
    const before = version
    version = versionOf(db)
    return version !== before
  }

  function erase(): void {
    stopWaiting()
    const wasDone = isDone
    isDone = emptyWriteAheadLog(db)
    if (isDone) pauseMs = firstPauseMs
    else {
      timer = setTimeout(erase, pauseMs)
      timer.unref?.()
      pauseMs = Math.min(maxPauseMs, pauseMs * 2)
    }
    if (isDone !== wasDone) onChange?.(isDone)
  }

  function stopWaiting(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  return {
    get isDone() {
      return isDone
    },
    erase,
    close() {
      if (looking !== null) clearInterval(looking)
      if (othersWrote() || !isDone) erase()
      stopWaiting()
    },
  }
}

/** Another number whenever another connection has written; null while it cannot be read. */
function versionOf(db: SqliteDatabase): number | null {
  try {
    return db.pragma('data_version', {simple: true}) as number
  } catch {
    return null
  }
}
