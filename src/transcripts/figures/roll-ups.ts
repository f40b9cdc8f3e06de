import type {SqliteDatabase} from '../../native/index.ts'
import type {Counts} from './answer-counts.ts'
import {type Asked, createQuestionRollUps} from './question-roll-ups.ts'

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

/** What is counted of a page. */
export type PageCount = 'shown' | 'cited' | 'disliked' | 'unanswered' | 'opened'

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

export const hourMs = 60 * 60 * 1000
export const dayMs = 24 * hourMs

/** What visitors say of an answer, and do with it, after it has ended. */
export interface Judgement {
  readonly rating: 'up' | 'down' | null
  /** 1 where a visitor said that the docs lack this. */
  readonly missing: number
  /** How often it was taken up again. */
  readonly resumes: number
  /** Numbers of the sources that were opened, as JSON. */
  readonly opened: string
}

/** An answer that has ended. */
export interface Entry extends Judgement {
  readonly row: number
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  readonly build: string
  /** What it adds if it is judged so. */
  readonly countsIf: (judgement: Judgement) => Counts
  /** Addresses of the pages that it showed, and whether it cites each. */
  readonly pages: ReadonlyMap<string, boolean>
  /** Addresses of the pages that were found, and not good enough to show, as the answer abstained. */
  readonly nearest: ReadonlySet<string>
  /** Addresses of the sources that it showed, by their numbers. */
  readonly sources: ReadonlyMap<number, string>
  /** Stands for its question and all that are the same; null where no words are kept. */
  readonly question: number | null
  readonly isAbstained: boolean
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

function isSame(a: Judgement, b: Judgement): boolean {
  return a.rating === b.rating && a.missing === b.missing && a.resumes === b.resumes && a.opened === b.opened
}

export function createRollUps(db: SqliteDatabase): RollUps {
  db.exec(rollUpTables)
  addColumns(db)
  const questions = createQuestionRollUps(db)
  const countedBefore = db.prepare<[number], Judgement & Asked>(
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

  /** What is to be added, by hour and build, and by day and page. */
  const sums = new Map<string, Map<string, number>>()
  const pages = new Map<string, Record<PageCount, number>>()

  function pageOn(day: number, url: string): Record<PageCount, number> {
    const key = `${day} ${url}`
    const page = pages.get(key) ?? {shown: 0, cited: 0, disliked: 0, unanswered: 0, opened: 0}
    pages.set(key, page)
    return page
  }

  function add(
    {at, build, countsIf, pages: used, nearest, sources}: Entry,
    judgement: Judgement,
    sign: 1 | -1,
  ): void {
    const key = `${Math.floor(at / hourMs)} ${build}`
    const sum = sums.get(key) ?? new Map<string, number>()
    sums.set(key, sum)
    for (const [name, by] of Object.entries(countsIf(judgement)))
      sum.set(name, (sum.get(name) ?? 0) + sign * by)
    const day = Math.floor(at / dayMs)
    for (const [url, isCited] of used) {
      const page = pageOn(day, url)
      page.shown += sign
      if (isCited) page.cited += sign
      if (isCited && judgement.rating === 'down') page.disliked += sign
    }
    const lacking = judgement.missing === 0 ? nearest : new Set([...nearest, ...used.keys()])
    for (const url of lacking) pageOn(day, url).unanswered += sign
    const opened = new Set((JSON.parse(judgement.opened) as number[]).map((n) => sources.get(n) ?? ''))
    for (const url of opened) if (url !== '') pageOn(day, url).opened += sign
  }

  return {
    count(entry) {
      const {row, at, rating, missing, resumes, opened, question} = entry
      const before = countedBefore.get(row)
      if (before !== undefined && isSame(before, entry)) return
      if (before !== undefined) add(entry, before, -1)
      add(entry, entry, 1)
      const unanswered = entry.isAbstained || missing === 1 ? 1 : 0
      const asked = {day: Math.floor(at / dayMs), question, unanswered}
      if (before !== undefined) questions.add(before, -1)
      questions.add(asked, 1)
      keep.run(row, rating, missing, resumes, opened, asked.day, question, unanswered)
    },
    forget(row) {
      const before = countedBefore.get(row)
      if (before === undefined) return
      questions.add(before, -1)
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
      for (const [key, sum] of sums) {
        const [, hour, build] = /^(\d+) (.*)$/s.exec(key)!
        const before = JSON.parse(sumOf.get(Number(hour), build!) ?? '{}') as Record<string, number>
        for (const [name, by] of sum) {
          const value = (before[name] ?? 0) + by
          if (value === 0) delete before[name]
          else before[name] = value
        }
        keepSum.run(Number(hour), build, JSON.stringify(before))
      }
      questions.flush()
      for (const [key, {shown, cited, disliked, unanswered, opened}] of pages) {
        const [, day, url] = /^(\d+) (.*)$/s.exec(key)!
        addToPage.run(Number(day), url, shown, cited, disliked, unanswered, opened)
      }
      sums.clear()
      pages.clear()
    },
    discard() {
      questions.discard()
      sums.clear()
      pages.clear()
    },
  }
}
