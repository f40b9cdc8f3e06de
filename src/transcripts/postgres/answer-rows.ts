import type {SequencedEvent} from '../../domain/index.ts'
import {type Queries, storable} from '../../postgres/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {type EventRow, eventsOf} from '../event-rows.ts'

/** The columns of an `AnswerRow`. */
export const answerColumns = [
  ...[
    'row',
    'id',
    'ref',
    'conversation',
    'question',
    'version',
    'lang',
    'page',
    'build',
    'generator',
    'model',
  ],
  ...[
    'embedding',
    'started_at',
    'settings',
    'channel',
    'idempotency_key',
    'chat',
    'visitor',
    'ending',
    'abstained',
  ],
  ...[
    'finish_reason',
    'text',
    'usage',
    'timings',
    'facts',
    'rating',
    'rating_reasons',
    'rating_comment',
    'rated_at',
  ],
  ...[
    'missing',
    'verdict',
    'review_note',
    'corrected_answer',
    'reviewed_at',
    'reviewer',
    'resumes',
    'opened',
  ],
].join(', ')

/** Answers by these ids and refs, by each of them; unknown ones are left out. @throws DocentError `storage`. */
export async function rowsNamed(
  queries: Queries,
  names: readonly string[],
): Promise<ReadonlyMap<string, AnswerRow>> {
  const rows = await queries.rows<AnswerRow>(
    `SELECT ${answerColumns} FROM docent.answers WHERE id = ANY ($1) OR ref = ANY ($1) ORDER BY row DESC`,
    [names.map(storable)],
  )
  const byRef = new Map(rows.map((row) => [row.ref, row]))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return new Map(
    names.flatMap((name): [string, AnswerRow][] => {
      const row = byId.get(name) ?? byRef.get(name)
      return row === undefined ? [] : [[name, row]]
    }),
  )
}

/** Events of each of these answers, by their numbers, in order. @throws DocentError `storage`. */
export async function eventsByAnswer(
  queries: Queries,
  answers: readonly number[],
): Promise<ReadonlyMap<number, SequencedEvent[]>> {
  if (answers.length === 0) return new Map()
  const rows = await queries.rows<EventRow & {readonly answer: number}>(
    'SELECT answer, seq, last_seq, at, data, pieces FROM docent.events WHERE answer = ANY ($1) ORDER BY answer, seq',
    [answers],
  )
  const byAnswer = new Map<number, EventRow[]>()
  for (const row of rows) {
    const own = byAnswer.get(row.answer)
    if (own === undefined) byAnswer.set(row.answer, [row])
    else own.push(row)
  }
  return new Map([...byAnswer].map(([answer, own]) => [answer, eventsOf(own)]))
}
