import {setTimeout as delay} from 'node:timers/promises'
import {emptyWriteAheadLog, type SqliteDatabase} from '../native/index.ts'

/** Answers removed in one transaction: enough to be fast, few enough that nobody waits long for the lock. */
export const removalBatchSize = 200

/**
 * Removes some of the answers that match a condition with this value, at most `removalBatchSize`, in one transaction.
 * @returns the number removed: less than `removalBatchSize` if none is left.
 */
export type RemovalStep = (value: string | number) => number

/**
 * Prepares the removal of answers by an SQL condition with one `?`, with their events; the catalog follows.
 * `secure_delete` must be on for the text to be erased from the file.
 */
export function prepareRemoval(db: SqliteDatabase, condition: string): RemovalStep {
  const step = prepareNamedRemoval(db, condition, 'NULL')
  return (value) => step(value).length
}

/** The same, which returns the `ref` of each answer that it removed. For a file in the current schema. */
export function prepareRemovalByRef(
  db: SqliteDatabase,
  condition: string,
): (value: string | number) => readonly string[] {
  return prepareNamedRemoval(db, condition, 'ref') as (value: string | number) => string[]
}

/** Deletes one answer by its row, with its events. Call it in a transaction. */
export function prepareDeletion(db: SqliteDatabase): (row: number) => void {
  const dropEvents = db.prepare('DELETE FROM events WHERE answer = ?')
  const dropAnswer = db.prepare('DELETE FROM answers WHERE row = ?')
  return (row) => {
    dropEvents.run(row)
    dropAnswer.run(row)
  }
}

function prepareNamedRemoval(
  db: SqliteDatabase,
  condition: string,
  name: 'ref' | 'NULL',
): (value: string | number) => readonly (string | null)[] {
  const some = db.prepare<[string | number], {readonly row: number; readonly name: string | null}>(
    `SELECT row, ${name} AS name FROM answers WHERE ${condition} LIMIT ${removalBatchSize}`,
  )
  const drop = prepareDeletion(db)
  const step = db.transaction((value: string | number) => {
    const found = some.all(value)
    for (const {row} of found) drop(row)
    return found.map((answer) => answer.name)
  })
  return (value) => step.immediate(value)
}

/** Repeats a step until no answer is left. @returns the number of answers removed. */
export function removeAll(step: RemovalStep, value: string | number): number {
  let removed = 0
  let gone: number
  do {
    gone = step(value)
    removed += gone
  } while (gone === removalBatchSize)
  return removed
}

/** How often a command tries to truncate the write-ahead log while readers use it. Between attempts the server can write. */
const eraseAttempts = 10
const erasePauseMs = 300

/** `emptyWriteAheadLog` for a command, which tries for some seconds. */
export async function eraseCopies(db: SqliteDatabase): Promise<boolean> {
  // While this waits for the lock the server cannot write.
  db.pragma('busy_timeout = 20')
  let isErased = emptyWriteAheadLog(db)
  for (let tries = 1; !isErased && tries < eraseAttempts; tries++) {
    await delay(erasePauseMs)
    isErased = emptyWriteAheadLog(db)
  }
  return isErased
}

/** Erases removed text from the write-ahead log as well. */
export interface Eraser {
  /** Whether everything is erased. */
  readonly isDone: boolean
  /** Truncates the log now or, while another process prevents that, retries until it succeeds. */
  erase(): void
  /** Tries a last time if something is left, or if another process has removed something. */
  close(): void
}

const firstPauseMs = 250
const maxPauseMs = 10_000
/** How often it is checked whether another process, such as a purge, has written. */
const pollMs = 60_000

/**
 * Calls `onChange` with false when copies are left, and with true when they are gone. What a purge in another process had
 * to leave is erased within a minute of becoming possible.
 */
export function createEraser(db: SqliteDatabase, onChange?: (isDone: boolean) => void): Eraser {
  let isDone = true
  let pauseMs = firstPauseMs
  let timer: ReturnType<typeof setTimeout> | null = null
  let version = versionOf(db)
  // No other process can write a database in memory.
  const pollTimer = db.memory ? null : setInterval(eraseIfChanged, pollMs)
  pollTimer?.unref?.()

  function eraseIfChanged(): void {
    if (hasChanged()) erase()
  }

  function hasChanged(): boolean {
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
      if (pollTimer !== null) clearInterval(pollTimer)
      if (hasChanged() || !isDone) erase()
      stopWaiting()
    },
  }
}

/** A number that changes whenever another connection has written; null if it cannot be read. */
function versionOf(db: SqliteDatabase): number | null {
  try {
    return db.pragma('data_version', {simple: true}) as number
  } catch {
    return null
  }
}
