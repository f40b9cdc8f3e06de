import type {SqliteDatabase} from '../native/index.ts'

/** Answers removed in one transaction: enough to be quick, few enough that nobody waits long for the lock. */
export const answersAtOnce = 200

/**
 * Removes the answers a condition names, their events and search rows with them, in steps of one transaction
 * each, `maxSteps` at most. Gives their number. `secure_delete` must be on for the words to be gone from the file.
 */
export function removeAnswers(
  db: SqliteDatabase,
  condition: string,
  value: string | number,
  maxSteps = Number.POSITIVE_INFINITY,
): number {
  const some = db
    .prepare<[string | number], number>(`SELECT row FROM answers WHERE ${condition} LIMIT ${answersAtOnce}`)
    .pluck()
  const dropEvents = db.prepare('DELETE FROM events WHERE answer = ?')
  const dropAnswer = db.prepare('DELETE FROM answers WHERE row = ?')
  const step = db.transaction(() => {
    const rows = some.all(value)
    for (const row of rows) {
      dropEvents.run(row)
      dropAnswer.run(row)
    }
    return rows.length
  })
  let removed = 0
  for (let steps = 0; steps < maxSteps; steps++) {
    const gone = step.immediate()
    removed += gone
    if (gone < answersAtOnce) break
  }
  return removed
}

/**
 * Moves what the write-ahead log holds into the file and empties it, so that no copy of removed words stays. False
 * while another process reads what was there before, or when the disk does not take it.
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
 * `onChange` is told false when copies are left, and true when they are gone. What a purge beside the server had to
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
