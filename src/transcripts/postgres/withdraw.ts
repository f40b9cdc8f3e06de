import {setTimeout as delay} from 'node:timers/promises'
import type {SequencedEvent} from '../../domain/index.ts'
import type {Postgres, Queries} from '../../postgres/index.ts'
import {type EventRow, eventsOf} from '../event-rows.ts'
import type {Withdrawal, WithdrawOptions} from '../withdraw-page.ts'
import {type IsOfPage, pageTest, withoutPage, withoutRepeatedWords} from '../withdrawn-answer.ts'
import {writeEvents} from './answer-writer.ts'
import {untilNoDeadlock} from './deadlocks.ts'
import {indexedPage} from './indexed-page.ts'
import {dropUnusedTexts} from './removal.ts'
import {tsvectorOf} from './words.ts'

/** Answers that are read at a time. */
const answersAtOnce = 50
const runningPollMs = 500

interface FoundAnswer {
  readonly row: number
  readonly conversation: string
  readonly question: string
  readonly text: string
  readonly facts: string
  readonly page: string | null
  /** Addresses of the pages that it cites. */
  readonly cited: readonly string[]
}

const columns = 'row, conversation, question, text, facts, page, cited'

/**
 * Takes a page out of all answers that have ended, as `withdrawPage` of SQLite does, while any number of servers run. Also its
 * address goes from sums by day and from what a filter can ask for. `isErased` is always true: nobody can read what is gone,
 * and PostgreSQL overwrites it when it vacuums.
 *
 * @param urls the addresses of the page, as its sources have them, without a fragment
 * @throws DocentError `storage`. What was changed before stays changed; a repetition does the rest.
 */
export async function withdrawPageFromPostgres(
  postgres: Postgres,
  urls: readonly string[],
  {isDryRun = false, waitMs = 120_000, onWait = () => {}, now = Date.now}: WithdrawOptions = {},
): Promise<Withdrawal> {
  // Columns with an index keep a long address cut.
  const isOfPage = pageTest([...urls, ...urls.map(indexedPage)])
  const at = now()
  let running = await runningWith(postgres, isOfPage, at)
  if (!isDryRun && running > 0) {
    onWait(running)
    const until = performance.now() + waitMs
    while (running > 0 && performance.now() < until) {
      await delay(runningPollMs)
      running = await runningWith(postgres, isOfPage, at)
    }
  }
  let answers = 0
  let emptied = 0
  for await (const each of endedAnswers(postgres)) {
    let left = withoutPage(each.answer, each.events, isOfPage, at)
    if (left === null) continue
    if (!isDryRun) left = await untilNoDeadlock(() => withdrawFrom(postgres, each.answer, isOfPage, at))
    if (left === null) continue
    answers += 1
    if (left.isEmptied) emptied += 1
  }
  if (!isDryRun) await forgetPages(postgres, isOfPage)
  return {answers, emptied, running, isErased: true}
}

async function runningWith(queries: Queries, isOfPage: IsOfPage, at: number): Promise<number> {
  const found = await queries.rows<FoundAnswer>(`SELECT ${columns} FROM docent.answers WHERE ending IS NULL`)
  let running = 0
  for (let from = 0; from < found.length; from += answersAtOnce) {
    const some = found.slice(from, from + answersAtOnce)
    const events = await eventsOfAll(queries, some)
    running += some.filter((each) => withoutPage(each, events(each.row), isOfPage, at) !== null).length
  }
  return running
}

async function* endedAnswers(
  queries: Queries,
): AsyncGenerator<{readonly answer: FoundAnswer; readonly events: readonly SequencedEvent[]}> {
  let after = Number.MIN_SAFE_INTEGER
  for (;;) {
    const found = await queries.rows<FoundAnswer>(
      `SELECT ${columns} FROM docent.answers WHERE row > $1 AND ending IS NOT NULL ORDER BY row LIMIT ${answersAtOnce}`,
      [after],
    )
    const last = found.at(-1)
    if (last === undefined) return
    const events = await eventsOfAll(queries, found)
    for (const answer of found) yield {answer, events: events(answer.row)}
    after = last.row
  }
}

/** Returns a function from the number of an answer to its events. */
async function eventsOfAll(
  queries: Queries,
  answers: readonly {readonly row: number}[],
): Promise<(row: number) => readonly SequencedEvent[]> {
  const numbers = answers.map(({row}) => row)
  const found = await queries.rows<EventRow & {readonly answer: number}>(
    `SELECT answer, seq, last_seq, at, data, pieces FROM docent.events
     WHERE answer = ANY($1::bigint[]) AND answer BETWEEN $2 AND $3 ORDER BY answer, seq`,
    [numbers, Math.min(...numbers), Math.max(...numbers)],
  )
  const byAnswer = new Map<number, EventRow[]>(numbers.map((row) => [row, []]))
  for (const {answer, ...event} of found) byAnswer.get(answer)?.push(event)
  return (row) => eventsOf(byAnswer.get(row) ?? [])
}

/** Changes one answer, as it is now, in a transaction. Null if it is gone, or does not name the page any more. */
function withdrawFrom(postgres: Postgres, {row, conversation}: FoundAnswer, isOfPage: IsOfPage, at: number) {
  return postgres.transaction(async (queries) => {
    // All of its conversation, whose later answers may repeat its words, in the order in which all lock answers.
    const ofConversation = await queries.rows<FoundAnswer>(
      `SELECT ${columns} FROM docent.answers WHERE conversation = $1 AND ending IS NOT NULL ORDER BY row FOR UPDATE`,
      [conversation],
    )
    const answer = ofConversation.find((each) => each.row === row)
    if (answer === undefined) return null
    const left = withoutPage(answer, (await eventsOfAll(queries, [answer]))(row), isOfPage, at)
    if (left === null) return null
    await dropMaterial(queries, row, left.numbers)
    await replaceEvents(queries, row, left.events)
    await queries.run(
      `UPDATE docent.answers SET text = $2, facts = $3, page = $4, cited = $5, words = $6::tsvector WHERE row = $1`,
      [
        row,
        left.text,
        left.facts,
        left.page,
        answer.cited.filter((url) => !isOfPage(url)),
        tsvectorOf(answer.question, left.text),
      ],
    )
    if (left.isEmptied) for (const each of ofConversation) await dropRepeated(queries, each)
    return left
  })
}

/** Searches and prompts of a conversation are made of the answers before, so they may repeat the words of one that is emptied. */
async function dropRepeated(
  queries: Queries,
  {row, question}: Pick<FoundAnswer, 'row' | 'question'>,
): Promise<void> {
  await dropMaterial(queries, row, [])
  const left = withoutRepeatedWords((await eventsOfAll(queries, [{row}]))(row), question)
  if (left !== null) await replaceEvents(queries, row, left)
}

async function replaceEvents(
  queries: Queries,
  row: number,
  events: readonly SequencedEvent[],
): Promise<void> {
  await queries.run('DELETE FROM docent.events WHERE answer = $1', [row])
  await writeEvents(queries, [{row, events}])
}

/** Drops the prompts of an answer, the sections with these numbers as they were shown, and the texts that nothing uses then. */
async function dropMaterial(queries: Queries, row: number, numbers: readonly number[]): Promise<void> {
  await queries.run('DELETE FROM docent.prompts WHERE answer = $1', [row])
  await queries.run('DELETE FROM docent.shown_sections WHERE answer = $1 AND n = ANY($2::integer[])', [
    row,
    numbers,
  ])
  const used = await queries.rows<{readonly text: number}>(
    `DELETE FROM docent.text_uses WHERE answer = $1
       AND text NOT IN (SELECT text FROM docent.shown_sections WHERE answer = $1) RETURNING text`,
    [row],
  )
  await dropUnusedTexts(queries, used)
}

/** Takes pages out of the sums by day. */
async function forgetPages(queries: Queries, isOfPage: IsOfPage): Promise<void> {
  const found = await queries.rows<{readonly page: string}>('SELECT DISTINCT page FROM docent.page_days')
  const pages = found.map(({page}) => page).filter(isOfPage)
  if (pages.length > 0) await queries.run('DELETE FROM docent.page_days WHERE page = ANY($1)', [pages])
}
