import type {SqliteDatabase} from '../../native/index.ts'
import {addedCounts, type Counted, createFigureSums, dayMs, type Entry, hourMs} from './figure-sums.ts'
import {createQuestionRollUps} from './question-roll-ups.ts'

/**
 * Sums of what ended answers count, by hour (UTC) and build, and by day for pages. They have no words of anybody, and stay
 * when answers are removed. Those of questions go with them, see `question-roll-ups.ts`.
 *
 * `counted` says as what each answer was counted: all else of an answer that has ended stays.
 */
const rollUpTables = `
  CREATE TABLE IF NOT EXISTS roll_ups (hour INTEGER NOT NULL, build TEXT NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (hour, build))
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS page_days (
    day INTEGER NOT NULL, page TEXT NOT NULL, shown INTEGER NOT NULL, cited INTEGER NOT NULL, disliked INTEGER NOT NULL,
    unanswered INTEGER NOT NULL DEFAULT 0, opened INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, page)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counted (
    row INTEGER PRIMARY KEY, rating TEXT, missing INTEGER NOT NULL, resumes INTEGER NOT NULL, opened TEXT NOT NULL,
    day INTEGER NOT NULL, question INTEGER, unanswered INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS counted_by_question ON counted (question, row) WHERE question IS NOT NULL;
`

/** The tables of an earlier version stay, with columns more. */
function addColumns(db: SqliteDatabase): void {
  const columns = db.pragma('table_info(page_days)') as {readonly name: string}[]
  for (const added of ['unanswered', 'opened']) {
    if (columns.some(({name}) => name === added)) continue
    db.exec(`ALTER TABLE page_days ADD COLUMN ${added} INTEGER NOT NULL DEFAULT 0`)
  }
}

/** Whether a catalog has sums already. */
export function hasRollUps(db: SqliteDatabase): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'page_days'").get() !== undefined
}

/** Every method must be called within a transaction. */
export interface RollUps {
  /** Counts an answer as it is now, instead of as it was before. */
  count(entry: Entry): void
  /** Forgets as what a removed answer was counted: the sums keep it, those of its question do not. */
  forget(row: number): void
  /** Begins a pass through the whole file: the sums begin at zero from when its oldest answer began; null without answers. */
  beginPass(oldest: number | null): void
  /** Adds what was counted since. */
  flush(): void
  /** Drops what was counted since, after a transaction that failed. */
  discard(): void
}

export function createRollUps(db: SqliteDatabase): RollUps {
  db.exec(rollUpTables)
  addColumns(db)
  const questions = createQuestionRollUps(db)
  const countedBefore = db.prepare<[number], Counted>(
    'SELECT rating, missing, resumes, opened, day, question, unanswered FROM counted WHERE row = ?',
  )
  const keep = db.prepare(
    'INSERT OR REPLACE INTO counted (row, rating, missing, resumes, opened, day, question, unanswered) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const drop = db.prepare('DELETE FROM counted WHERE row = ?')
  const sumOf = db
    .prepare<[number, string], string>('SELECT counts FROM roll_ups WHERE hour = ? AND build = ?')
    .pluck()
  const keepSum = db.prepare('INSERT OR REPLACE INTO roll_ups (hour, build, counts) VALUES (?, ?, ?)')
  const addToPage = db.prepare(
    `INSERT INTO page_days (day, page, shown, cited, disliked, unanswered, opened) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (day, page) DO UPDATE SET shown = shown + excluded.shown, cited = cited + excluded.cited,
       disliked = disliked + excluded.disliked, unanswered = unanswered + excluded.unanswered,
       opened = opened + excluded.opened`,
  )

  const sums = createFigureSums()

  return {
    count(entry) {
      const now = sums.count(entry, countedBefore.get(entry.row) ?? null)
      if (now === null) return
      const {rating, missing, resumes, opened, day, question, unanswered} = now
      keep.run(entry.row, rating, missing, resumes, opened, day, question, unanswered)
    },
    forget(row) {
      const before = countedBefore.get(row)
      if (before === undefined) return
      sums.forget(before)
      drop.run(row)
    },
    beginPass(oldest) {
      const from = oldest === null ? Number.MAX_SAFE_INTEGER : oldest
      db.prepare('DELETE FROM roll_ups WHERE hour >= ?').run(Math.floor(from / hourMs))
      db.prepare('DELETE FROM page_days WHERE day >= ?').run(Math.floor(from / dayMs))
      db.exec('DELETE FROM counted')
      questions.clear()
    },
    flush() {
      for (const {hour, build, counts} of sums.hours()) {
        keepSum.run(hour, build, addedCounts(sumOf.get(hour, build), counts))
      }
      questions.add(sums.questions())
      for (const {day, page, shown, cited, disliked, unanswered, opened} of sums.pages()) {
        addToPage.run(day, page, shown, cited, disliked, unanswered, opened)
      }
      sums.clear()
    },
    discard: () => sums.clear(),
  }
}
