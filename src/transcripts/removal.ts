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

/** Moves what the write-ahead log holds into the file and empties it, so that no copy of removed words stays. */
export function emptyWriteAheadLog(db: SqliteDatabase): void {
  db.pragma('wal_checkpoint(TRUNCATE)')
}
