import {isAliveSql, type Postgres, type Queries} from '../../postgres/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {type RecoveredAnswer, recoveryOf} from '../recover-answers.ts'
import {answerColumns, createAnswerReads} from './answer-reads.ts'
import {endAnswersWith, shortEventsOf, tellWritten, writeEvents} from './answer-writer.ts'
import {searchColumnsOf} from './search-columns.ts'

/** Answers that are ended in one transaction. */
const atOnce = 50

/** The lease of this process, by which others see that it is alive. */
export interface Lease {
  readonly name: string
  /** Milliseconds. */
  readonly leaseMs: number
}

/**
 * Ends the answers of replicas that are no longer alive, and takes them over, so that a replica that was only away cannot go on
 * writing them. Of several processes that do this together, each answer is ended by one. Does nothing before this process has
 * itself been alive for as long as a lease: after a database was away, all of them get the time to say that they live.
 * @returns these answers.
 * @throws DocentError `storage`.
 */
export async function recoverAbandoned(postgres: Postgres, lease: Lease): Promise<RecoveredAnswer[]> {
  const all: RecoveredAnswer[] = []
  let some: RecoveredAnswer[]
  do {
    some = await postgres.transaction((queries) => recoverSome(queries, lease))
    all.push(...some)
  } while (some.length === atOnce)
  return all
}

async function recoverSome(queries: Queries, {name, leaseMs}: Lease): Promise<RecoveredAnswer[]> {
  const open = await queries.rows<AnswerRow>(
    `SELECT ${answerColumns} FROM docent.answers
     WHERE ending IS NULL AND replica IS NOT NULL AND replica <> $1 AND NOT ${isAliveSql('answers.replica')}
       AND EXISTS (
         SELECT FROM docent.replicas
         WHERE name = $1 AND alive_until > now() AND started_at <= now() - $2 * interval '1 millisecond'
       )
     ORDER BY row LIMIT ${atOnce} FOR UPDATE SKIP LOCKED`,
    [name, leaseMs],
  )
  if (open.length === 0) return []
  const reads = createAnswerReads(queries)
  const ended = []
  for (const row of open) {
    const recovery = recoveryOf(row, await reads.events(row.row, 0))
    const {state, terminal} = recovery
    if (terminal !== null) await writeEvents(queries, [{row: row.row, events: [terminal]}])
    ended.push({
      recovery,
      row: {
        ...row,
        ending: state.ending,
        abstained: state.abstained ? 1 : 0,
        finish_reason: state.finishReason,
        text: state.text,
        usage: JSON.stringify(state.usage),
        timings: JSON.stringify(state.timings()),
      },
    })
  }
  const rows = open.map(({row}) => row)
  const events = await shortEventsOf(queries, rows)
  await endAnswersWith(
    queries,
    ended.map(({row}) => ({...row, ...searchColumnsOf(row, events.get(row.row) ?? [])})),
  )
  await queries.run('UPDATE docent.answers SET replica = $2 WHERE row = ANY($1::bigint[])', [rows, name])
  await tellWritten(queries, rows)
  return ended.map(({recovery}) => recovery.recovered)
}
