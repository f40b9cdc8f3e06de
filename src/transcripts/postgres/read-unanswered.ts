import type {Postgres} from '../../postgres/index.ts'
import type {QuestionFacts} from '../asked-questions.ts'
import type {UnansweredReader} from '../read-unanswered.ts'
import {boundValues, conditionsOf} from './filter-sql.ts'
import {createPostgresReads} from './postgres-reads.ts'

type FactsRow = Omit<QuestionFacts, 'isAbstained' | 'isMissing'> & {
  readonly isAbstained: number
  readonly isMissing: number
}

/** Facts that are read in one statement. */
const readAtOnce = 5_000

/**
 * Reads questions that the docs may have failed from a database that a server of this version has migrated. It does not close
 * the connections.
 */
export function readUnansweredFromPostgres(postgres: Postgres): UnansweredReader {
  const reads = createPostgresReads(postgres)
  return {
    async facts(limit) {
      const newest: QuestionFacts[] = []
      while (newest.length < limit) {
        const {values, bind} = boundValues()
        const conditions = [
          'ending IS NOT NULL',
          "question <> ''",
          ...conditionsOf({unanswered: true}, [], {values, bind}),
        ]
        const last = newest.at(-1)
        if (last !== undefined) conditions.push(`row < ${bind(last.row)}`)
        const size = Math.min(readAtOnce, limit - newest.length)
        const rows = await postgres.rows<FactsRow>(
          `SELECT ref, row, conversation, started_at AS "startedAt", build, version, lang, ending,
             abstained AS "isAbstained", rating, missing AS "isMissing", verdict
           FROM docent.answers WHERE ${conditions.join(' AND ')} ORDER BY row DESC LIMIT ${size}`,
          values,
        )
        for (const row of rows)
          newest.push({...row, isAbstained: row.isAbstained === 1, isMissing: row.isMissing === 1})
        if (rows.length < size) break
      }
      return newest.reverse()
    },
    asked: (refs) => reads.asked(refs),
    close() {},
  }
}
