import type {SqliteDatabase} from '../../native/index.ts'

/** A question that was asked more than once, equal after folding case and punctuation. */
export interface QuestionFigures {
  /** As it was asked last, of the answers that are kept. */
  readonly question: string
  /** Of the answer to that. */
  readonly ref: string
  readonly asked: number
  /** Answers that abstained, or of which a visitor said that the docs lack them. */
  readonly unanswered: number
}

export const maxQuestions = 50
/** Up to so many sums of a day are added up; of more, those of the questions that were asked most in all. */
export const maxScanned = 100_000
export const maxCandidates = 2_000

/** How often a question was asked, by its number. */
export interface AskedSum {
  readonly question: number
  readonly asked: number
  readonly unanswered: number
}

/**
 * The questions that were asked most in these days, the most frequent first.
 * @param days from the first, up to the last without it, as days since the epoch
 * @throws what SQLite throws.
 */
export function topQuestions(
  db: SqliteDatabase,
  days: readonly [from: number, to: number],
): QuestionFigures[] {
  const sums = db
    .prepare<[number, number], number>(
      `SELECT count(*) FROM (SELECT 1 FROM question_days WHERE day >= ? AND day < ? LIMIT ${maxScanned + 1})`,
    )
    .pluck()
    .get(...days)!
  const from =
    sums > maxScanned
      ? `(SELECT question FROM questions ORDER BY asked DESC LIMIT ${maxCandidates}) CROSS JOIN question_days USING (question)`
      : 'question_days'
  const found = db
    .prepare<[number, number], AskedSum>(
      `SELECT question, sum(asked) AS asked, sum(unanswered) AS unanswered FROM ${from}
       WHERE day >= ? AND day < ? GROUP BY question HAVING sum(asked) > 1
       ORDER BY 2 DESC, question LIMIT ${maxQuestions}`,
    )
    .all(...days)
  const exampleOf = db.prepare<[number], {readonly question: string; readonly ref: string}>(
    `SELECT answers.question, answers.ref FROM counted JOIN answers ON answers.row = counted.row
     WHERE counted.question = ? AND answers.question <> '' ORDER BY counted.row DESC LIMIT 1`,
  )
  return found.flatMap(({question, asked, unanswered}) => {
    const example = exampleOf.get(question)
    return example === undefined ? [] : [{...example, asked, unanswered}]
  })
}
