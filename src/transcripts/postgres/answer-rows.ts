import type {AnswerEvent, SequencedEvent} from '../../domain/index.ts'
import {type Queries, storable} from '../../postgres/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {eventsOfJson} from '../catalog/facets-of.ts'
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
  return byAnswer(rows, eventsOf)
}

/** The same without deltas and without times. @throws DocentError `storage`. */
export async function eventsWithoutText(
  queries: Queries,
  answers: readonly number[],
): Promise<ReadonlyMap<number, AnswerEvent[]>> {
  if (answers.length === 0) return new Map()
  const rows = await queries.rows<{readonly answer: number; readonly data: string}>(
    'SELECT answer, data FROM docent.events WHERE answer = ANY ($1) AND pieces IS NULL ORDER BY answer, seq',
    [answers],
  )
  return byAnswer(rows, (own) => eventsOfJson(own.map(({data}) => data)))
}

function byAnswer<Row extends {readonly answer: number}, Events>(
  rows: readonly Row[],
  eventsOf: (own: readonly Row[]) => Events,
): Map<number, Events> {
  const groups = new Map<number, Row[]>()
  for (const row of rows) {
    const own = groups.get(row.answer)
    if (own === undefined) groups.set(row.answer, [row])
    else own.push(row)
  }
  return new Map([...groups].map(([answer, own]) => [answer, eventsOf(own)]))
}
