import type {SqliteDatabase} from '../../native/index.ts'
import type {QuestionSum} from './figure-sums.ts'

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

/** Every method must be called within a transaction. */
export interface QuestionRollUps {
  add(sums: Iterable<QuestionSum>): void
  clear(): void
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

  return {
    add(sums) {
      for (const {day, question, asked, unanswered} of sums) {
        addToDay.run(day, question, asked, unanswered)
        addToAll.run(question, asked)
        if (asked >= 0) continue
        dropDay.run(day, question)
        dropAll.run(question)
      }
    },
    clear() {
      db.exec('DELETE FROM question_days')
      db.exec('DELETE FROM questions')
    },
  }
}
