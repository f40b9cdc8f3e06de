import {DocentError} from '../../domain/index.ts'
import type {Postgres, Queries} from '../../postgres/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {facetsOf} from '../catalog/facets-of.ts'
import {
  type Analytics,
  type AnalyticsRequest,
  createAnalyticsSums,
  daysOf,
  hoursOf,
  maxCountedPages,
  maxPages,
  type PageFigures,
  type PagesRequest,
  type RollUpRow,
} from '../figures/analytics.ts'
import {
  addedCounts,
  type Counted,
  createFigureSums,
  entryOf,
  type FigureSums,
} from '../figures/figure-sums.ts'
import {
  type AskedSum,
  maxCandidates,
  maxQuestions,
  maxScanned,
  type QuestionFigures,
} from '../figures/top-questions.ts'
import {answerColumns} from './answer-reads.ts'
import {shortEventsOf} from './answer-writer.ts'
import {indexedPage} from './indexed-page.ts'

/** Of an advisory lock: whoever has it may change sums. Any number, the same for all versions. */
const figuresLock = 4_021_863_504
/** SQLSTATE of a lock that was waited for too long. */
const lockNotAvailable = '55P03'
/** Answers that are counted in one transaction. */
const batchSize = 200
/** Sums that are read at once: adding them up holds up this process. */
const rollUpsAtOnce = 500
/** How long figures wait for answers to be counted, in milliseconds; then they are without the rest. */
const countingMs = 5_000

/** What ended answers add up to, for all servers that share a database. @throws DocentError `storage`. */
export interface PostgresFigures {
  /**
   * Counts answers that ended or changed since they were counted. Several servers may do so at once: each answer is counted
   * once.
   * @param withinMs ends after the transaction in which so many milliseconds are over, or once another server has counted for
   *   as long; default: when none is left.
   */
  count(withinMs?: number): Promise<void>
  /** Counts for at most five seconds before. */
  analytics(request: AnalyticsRequest): Promise<Analytics>
  /** Counts for at most five seconds before. */
  pageFigures(request: PagesRequest): Promise<PageFigures[]>
}

export function createPostgresFigures(postgres: Postgres): PostgresFigures {
  const countOnce = async (withinMs: number): Promise<void> => {
    const until = performance.now() + withinMs
    let counted: number
    do {
      try {
        counted = await postgres.transaction((queries) => countSome(queries, until - performance.now()))
      } catch (error) {
        if (error instanceof DocentError && error.details?.postgres === lockNotAvailable) return
        throw error
      }
    } while (counted === batchSize && performance.now() < until)
  }
  let counting: Promise<void> | null = null
  /** Reads that come while answers are counted wait for one more count, instead of one each: waiting takes a connection. */
  let next: Promise<void> | null = null
  let nextMs = 0

  function count(withinMs = Number.POSITIVE_INFINITY): Promise<void> {
    if (counting === null) {
      counting = countOnce(withinMs).finally(() => {
        counting = null
      })
      return counting
    }
    nextMs = Math.max(nextMs, withinMs)
    next ??= counting
      .catch(() => {})
      .then(() => {
        const ms = nextMs
        next = null
        nextMs = 0
        return count(ms)
      })
    return next
  }

  return {
    count,
    async analytics(request) {
      await count(countingMs)
      return readAnalytics(postgres, request)
    },
    async pageFigures(request) {
      await count(countingMs)
      return postgres.rows<PageFigures>(`${ofPages} LIMIT $3`, [...daysOf(request), maxCountedPages])
    },
  }
}

/**
 * Takes answers that are being removed out of what is counted of kept answers: their questions. All other sums keep them,
 * and what was not counted yet is counted first. Within the transaction that removes them, before it does.
 * @param answers their numbers, up to a few hundred
 * @throws DocentError `storage`.
 */
export async function forgetCounted(queries: Queries, answers: readonly number[]): Promise<void> {
  await lock(queries)
  // Before their rows in `uncounted`, as whoever changes an answer does.
  await queries.run('SELECT 1 FROM docent.answers WHERE row = ANY ($1) ORDER BY row FOR UPDATE', [answers])
  const sums = createFigureSums()
  const uncounted = await queries.rows<{readonly answer: number}>(
    'DELETE FROM docent.uncounted WHERE answer = ANY ($1) RETURNING answer',
    [answers],
  )
  await countAnswers(
    queries,
    sums,
    uncounted.map(({answer}) => answer),
  )
  for (const counted of (await countedBefore(queries, answers)).values()) sums.forget(counted)
  await queries.run('DELETE FROM docent.counted WHERE row = ANY ($1)', [answers])
  await store(queries, sums)
}

async function lock(queries: Queries): Promise<void> {
  await queries.run('SELECT pg_advisory_xact_lock($1)', [figuresLock])
}

/** @returns how many answers were taken. */
async function countSome(queries: Queries, withinMs: number): Promise<number> {
  if (withinMs < Number.POSITIVE_INFINITY) {
    const ms = Math.max(1, Math.round(withinMs))
    await queries.run("SELECT set_config('lock_timeout', $1, true)", [String(ms)])
  }
  await lock(queries)
  // An answer that is being changed is locked, and is left for the next count: its change is not to be seen yet. One that is
  // counted cannot be changed until this has ended, and is then to be counted again.
  const rows = await queries.rows<{readonly answer: number}>(
    `DELETE FROM docent.uncounted WHERE answer = ANY (ARRAY(
       SELECT answer FROM docent.uncounted JOIN docent.answers ON answers.row = uncounted.answer
       ORDER BY answer LIMIT ${batchSize} FOR UPDATE OF uncounted SKIP LOCKED FOR SHARE OF answers SKIP LOCKED
     )) RETURNING answer`,
  )
  const sums = createFigureSums()
  await countAnswers(
    queries,
    sums,
    rows.map(({answer}) => answer),
  )
  await store(queries, sums)
  return rows.length
}

/** Adds ended answers to sums, and keeps as what they are counted. */
async function countAnswers(queries: Queries, sums: FigureSums, answers: readonly number[]): Promise<void> {
  if (answers.length === 0) return
  const rows = await queries.rows<AnswerRow & {readonly isFirst: boolean}>(
    `SELECT ${answerColumns}, NOT EXISTS (
       SELECT 1 FROM docent.answers AS earlier WHERE earlier.conversation = answers.conversation AND earlier.row < answers.row
     ) AS "isFirst"
     FROM docent.answers WHERE row = ANY ($1) AND ending IS NOT NULL ORDER BY row`,
    [answers],
  )
  const before = await countedBefore(queries, answers)
  const events = await shortEventsOf(queries, answers)
  const counted: (Counted & {readonly row: number})[] = []
  for (const {isFirst, ...answer} of rows) {
    const facets = facetsOf(answer, events.get(answer.row) ?? [])
    const now = sums.count(entryOf(answer, facets, isFirst), before.get(answer.row) ?? null)
    if (now !== null) counted.push({row: answer.row, ...now})
  }
  await queries.run(
    `INSERT INTO docent.counted (row, rating, missing, resumes, opened, day, question, unanswered)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::integer[], $5::text[], $6::integer[], $7::bigint[],
       $8::smallint[])
     ON CONFLICT (row) DO UPDATE SET rating = excluded.rating, missing = excluded.missing, resumes = excluded.resumes,
       opened = excluded.opened, day = excluded.day, question = excluded.question, unanswered = excluded.unanswered`,
    columnsOf(counted, ['row', 'rating', 'missing', 'resumes', 'opened', 'day', 'question', 'unanswered']),
  )
}

async function countedBefore(
  queries: Queries,
  answers: readonly number[],
): Promise<ReadonlyMap<number, Counted>> {
  const rows = await queries.rows<Counted & {readonly row: number}>(
    'SELECT row, rating, missing, resumes, opened, day, question, unanswered FROM docent.counted WHERE row = ANY ($1)',
    [answers],
  )
  return new Map(rows.map((row) => [row.row, row]))
}

/** Adds sums to those in the database. */
async function store(queries: Queries, sums: FigureSums): Promise<void> {
  await storeHours(queries, sums)
  await storePages(queries, sums)
  await storeQuestions(queries, sums)
}

async function storeHours(queries: Queries, sums: FigureSums): Promise<void> {
  const hours = [...sums.hours()]
  if (hours.length === 0) return
  const keys = columnsOf(hours, ['hour', 'build'])
  const before = await queries.rows<RollUpRow>(
    `SELECT hour, build, counts FROM docent.roll_ups
     JOIN unnest($1::bigint[], $2::text[]) AS asked (hour, build) USING (hour, build)`,
    keys,
  )
  const known = new Map(before.map(({hour, build, counts}) => [`${hour} ${build}`, counts]))
  await queries.run(
    `INSERT INTO docent.roll_ups (hour, build, counts) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
     ON CONFLICT (hour, build) DO UPDATE SET counts = excluded.counts`,
    [...keys, hours.map(({hour, build, counts}) => addedCounts(known.get(`${hour} ${build}`), counts))],
  )
}

async function storePages(queries: Queries, sums: FigureSums): Promise<void> {
  const pages = [...sums.pages()].map(({page, ...sum}) => ({...sum, page: indexedPage(page)}))
  // Of long addresses that begin alike there may be several rows here, which one statement cannot add to one row.
  await queries.run(
    `INSERT INTO docent.page_days (day, page, shown, cited, disliked, unanswered, opened)
     SELECT day, page, sum(shown), sum(cited), sum(disliked), sum(unanswered), sum(opened)
     FROM unnest($1::integer[], $2::text[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[])
       AS added (day, page, shown, cited, disliked, unanswered, opened)
     GROUP BY day, page
     ON CONFLICT (day, page) DO UPDATE SET shown = page_days.shown + excluded.shown,
       cited = page_days.cited + excluded.cited, disliked = page_days.disliked + excluded.disliked,
       unanswered = page_days.unanswered + excluded.unanswered, opened = page_days.opened + excluded.opened`,
    columnsOf(pages, ['day', 'page', 'shown', 'cited', 'disliked', 'unanswered', 'opened']),
  )
}

async function storeQuestions(queries: Queries, sums: FigureSums): Promise<void> {
  const added = columnsOf([...sums.questions()], ['day', 'question', 'asked', 'unanswered'])
  await queries.run(
    `INSERT INTO docent.question_days (day, question, asked, unanswered)
     SELECT * FROM unnest($1::integer[], $2::bigint[], $3::integer[], $4::integer[])
     ON CONFLICT (day, question) DO UPDATE SET asked = question_days.asked + excluded.asked,
       unanswered = question_days.unanswered + excluded.unanswered`,
    added,
  )
  const [days, questions, asked] = added
  await queries.run(
    `INSERT INTO docent.questions (question, asked)
     SELECT question, sum(asked) FROM unnest($1::bigint[], $2::integer[]) AS added (question, asked) GROUP BY question
     ON CONFLICT (question) DO UPDATE SET asked = questions.asked + excluded.asked`,
    [questions, asked],
  )
  await queries.run(
    `DELETE FROM docent.question_days USING unnest($1::integer[], $2::bigint[]) AS added (day, question)
     WHERE question_days.day = added.day AND question_days.question = added.question AND asked <= 0`,
    [days, questions],
  )
  await queries.run('DELETE FROM docent.questions WHERE question = ANY ($1) AND asked <= 0', [questions])
}

/** Rows as arrays of their columns, for `unnest`. */
function columnsOf<Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]))
}

const ofPages = `SELECT page AS url, sum(shown) AS shown, sum(cited) AS cited, sum(disliked) AS disliked,
    sum(unanswered) AS unanswered, sum(opened) AS opened
  FROM docent.page_days WHERE day >= $1 AND day < $2 GROUP BY page`

async function readAnalytics(queries: Queries, request: AnalyticsRequest): Promise<Analytics> {
  const sums = createAnalyticsSums(request)
  const [firstHour, endHour] = hoursOf(request)
  let rows: readonly RollUpRow[] = []
  let after: readonly [hour: number, build: string] = [firstHour - 1, '']
  do {
    rows = await queries.rows<RollUpRow>(
      `SELECT hour, build, counts FROM docent.roll_ups WHERE (hour, build) > ($1, $2) AND hour >= $3 AND hour < $4
       ORDER BY hour, build LIMIT ${rollUpsAtOnce}`,
      [...after, firstHour, endHour],
    )
    for (const row of rows) sums.add(row)
    const last = rows.at(-1)
    if (last !== undefined) after = [last.hour, last.build]
  } while (rows.length === rollUpsAtOnce)
  return sums.analytics({
    pages: await most(queries, 'cited', request),
    openedPages: await most(queries, 'opened', request),
    questions: await topQuestions(queries, daysOf(request)),
  })
}

function most(queries: Queries, what: 'cited' | 'opened', request: PagesRequest): Promise<PageFigures[]> {
  return queries.rows<PageFigures>(
    `${ofPages} HAVING sum(shown) > 0 ORDER BY sum(${what}) DESC, page COLLATE "C" LIMIT $3`,
    [...daysOf(request), maxPages],
  )
}

/** The questions that were asked most in these days, the most frequent first. */
async function topQuestions(
  queries: Queries,
  days: readonly [from: number, to: number],
): Promise<QuestionFigures[]> {
  const scanned = await queries.row<{readonly sums: number}>(
    `SELECT count(*) AS sums FROM (
       SELECT 1 FROM docent.question_days WHERE day >= $1 AND day < $2 LIMIT ${maxScanned + 1}
     ) AS found`,
    days,
  )
  const candidates =
    (scanned?.sums ?? 0) > maxScanned
      ? `AND question IN (SELECT question FROM docent.questions ORDER BY asked DESC LIMIT ${maxCandidates})`
      : ''
  return queries.rows<QuestionFigures & AskedSum>(
    `SELECT example.question, example.ref, top.asked, top.unanswered FROM (
       SELECT question, sum(asked) AS asked, sum(unanswered) AS unanswered FROM docent.question_days
       WHERE day >= $1 AND day < $2 ${candidates} GROUP BY question HAVING sum(asked) > 1
       ORDER BY asked DESC, question LIMIT ${maxQuestions}
     ) AS top CROSS JOIN LATERAL (
       SELECT answers.question, answers.ref FROM docent.counted JOIN docent.answers ON answers.row = counted.row
       WHERE counted.question = top.question AND answers.question <> '' ORDER BY counted.row DESC LIMIT 1
     ) AS example
     ORDER BY top.asked DESC, top.question`,
    days,
  )
}
