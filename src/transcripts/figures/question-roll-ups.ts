import {createHash} from 'node:crypto'
import type {SqliteDatabase} from '../../native/index.ts'
import {questionKey} from '../../text/question-key.ts'

/**
 * How often each question was asked, by day (UTC) and in all, of the answers that are kept: a number stands for it, so there
 * is no word of anybody here. The table `counted` says which answers it stands for.
 */
const questionTables = `
  CREATE TABLE IF NOT EXISTS question_days (
    day INTEGER NOT NULL, question INTEGER NOT NULL, asked INTEGER NOT NULL, unanswered INTEGER NOT NULL,
    PRIMARY KEY (day, question)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS question_days_by_question ON question_days (question, day, asked, unanswered);
  CREATE TABLE IF NOT EXISTS questions (question INTEGER PRIMARY KEY, asked INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS questions_by_asked ON questions (asked);
`

/** A question as an answer was asked it. */
export interface Asked {
  /** Days since the epoch (UTC). */
  readonly day: number
  /** Null where no words are kept. */
  readonly question: number | null
  /** 1 where the docs did not have it. */
  readonly unanswered: number
}

/** A number that stands for a question and all that are the same after folding; null without words. */
export function questionNumber(question: string): number | null {
  // Not by its language, which is not known of every answer: the same words would be two questions.
  const key = questionKey(question, null)
  // 48 bits: two of a million questions share a number once in six hundred sites.
  return key === '' ? null : createHash('sha256').update(key).digest().readUIntBE(0, 6)
}

/** Every method must be called within a transaction. */
export interface QuestionRollUps {
  /** Counts an asked question, or takes it back. */
  add(asked: Asked, sign: 1 | -1): void
  clear(): void
  /** Adds what was counted since. */
  flush(): void
  /** Drops what was counted since. */
  discard(): void
}

export function createQuestionRollUps(db: SqliteDatabase): QuestionRollUps {
  db.exec(questionTables)
  const addToDay = db.prepare(
    `INSERT INTO question_days (day, question, asked, unanswered) VALUES (?, ?, ?, ?)
     ON CONFLICT (day, question) DO UPDATE SET asked = asked + excluded.asked,
       unanswered = unanswered + excluded.unanswered`,
  )
  const dropDay = db.prepare('DELETE FROM question_days WHERE day = ? AND question = ? AND asked <= 0')
  const addToAll = db.prepare(
    `INSERT INTO questions (question, asked) VALUES (?, ?)
     ON CONFLICT (question) DO UPDATE SET asked = asked + excluded.asked`,
  )
  const dropAll = db.prepare('DELETE FROM questions WHERE question = ? AND asked <= 0')
  const sums = new Map<string, {day: number; question: number; asked: number; unanswered: number}>()

  return {
    add({day, question, unanswered}, sign) {
      if (question === null) return
      const key = `${day} ${question}`
      const sum = sums.get(key) ?? {day, question, asked: 0, unanswered: 0}
      sums.set(key, sum)
      sum.asked += sign
      sum.unanswered += sign * unanswered
    },
    clear() {
      db.exec('DELETE FROM question_days')
      db.exec('DELETE FROM questions')
    },
    flush() {
      for (const {day, question, asked, unanswered} of sums.values()) {
        if (asked === 0 && unanswered === 0) continue
        addToDay.run(day, question, asked, unanswered)
        addToAll.run(question, asked)
        if (asked >= 0) continue
        dropDay.run(day, question)
        dropAll.run(question)
      }
      sums.clear()
    },
    discard: () => sums.clear(),
  }
}
