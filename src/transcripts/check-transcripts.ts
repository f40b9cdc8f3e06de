import {existsSync} from 'node:fs'
import {openSqlite, type SqliteDatabase} from '../native/index.ts'
import {catalogFileOf} from './catalog/catalog-file.ts'
import {openSharedDatabase, storageError} from './open-database.ts'

export interface TranscriptsCheck {
  readonly answers: number
  /** What is wrong with the transcripts, and what to do; none if all is well. */
  readonly problems: readonly string[]
}

const maxProblems = 20

/**
 * Reads the whole transcripts file and its catalog and checks that they are sound, also while a server runs. Changes
 * nothing.
 * @throws DocentError `storage` if the file cannot be opened.
 */
export function checkTranscripts(file: string): TranscriptsCheck {
  const db = openSharedDatabase(file, 'read')
  try {
    const damage = damageOf(db)
    if (damage.length > 0) {
      const advice =
        'Restore a backup, or move the file away to start with an empty one; `sqlite3 FILE .recover` may recover its content.'
      return {answers: 0, problems: [...damage.map((line) => `${file}: ${line}`), advice]}
    }
    const count = (sql: string) => db.prepare<[], number>(sql).pluck().get()!
    const problems: string[] = []
    const orphans = count('SELECT count(*) FROM events WHERE answer NOT IN (SELECT row FROM answers)')
    if (orphans > 0) problems.push(`${file}: events that belong to no answer: ${orphans}.`)
    const unreadable = count(
      'SELECT count(DISTINCT answer) FROM events WHERE pieces IS NULL AND json_valid(data) = 0',
    )
    if (unreadable > 0) problems.push(`${file}: answers with events that cannot be read: ${unreadable}.`)
    return {
      answers: count('SELECT count(*) FROM answers'),
      problems: [...problems, ...catalogProblems(catalogFileOf(file))],
    }
  } catch (error) {
    throw storageError(error, file)
  } finally {
    db.close()
  }
}

function damageOf(db: SqliteDatabase): string[] {
  const lines = db.prepare<[], string>(`PRAGMA integrity_check(${maxProblems})`).pluck().all()
  return lines.filter((line) => line !== 'ok')
}

/** A catalog that is damaged is made anew when a server opens it; one that is damaged while it runs is told of here. */
function catalogProblems(file: string): string[] {
  if (!existsSync(file)) return []
  const advice = 'Stop the server, remove the file, and start again: it is made anew.'
  try {
    const db = openSqlite(file, {readonly: true, fileMustExist: true, timeout: 15_000})
    try {
      const damage = damageOf(db)
      return damage.length === 0 ? [] : [...damage.map((line) => `${file}: ${line}`), advice]
    } finally {
      db.close()
    }
  } catch (error) {
    return [`${file}: ${(error as Error).message}`, advice]
  }
}
