import {refOf} from '../../../src/answers/index.ts'
import type {AnswerEvent, Channel, FinishReason} from '../../../src/domain/index.ts'
import type {SqliteDatabase} from '../../../src/native/index.ts'
import type {Postgres} from '../../../src/postgres/index.ts'
import type {AnswerRow} from '../../../src/transcripts/answer-row.ts'
import {eventsOfJson} from '../../../src/transcripts/catalog/facets-of.ts'
import type {EventRow} from '../../../src/transcripts/event-rows.ts'
import type {Transcripts} from '../../../src/transcripts/open-transcripts.ts'
import {firstNumberAt} from '../../../src/transcripts/postgres/answer-numbers.ts'
import {answerColumns} from '../../../src/transcripts/postgres/answer-reads.ts'
import {rowsAsJson} from '../../../src/transcripts/postgres/answer-writer.ts'
import {forgetCounted} from '../../../src/transcripts/postgres/postgres-figures.ts'
import {searchColumnsOf} from '../../../src/transcripts/postgres/search-columns.ts'
import {schemaSqlOf} from '../../../src/transcripts/schema-sql.ts'
import type {TranscriptFilter} from '../../../src/transcripts/transcript-store.ts'
import {chance, type Random, whole} from '../../support/random.ts'
import {appendEvent, beginAnswer} from '../samples.ts'

export const oneOf = <T>(random: Random, items: readonly T[]): T => items[whole(random, items.length - 1)]!

const words = [
  'port',
  'proxies',
  'node.js',
  'resume',
  'C++',
  'Größe',
  '環境変数',
  '--max-size',
  'café',
  '🙂',
  '?!',
]
const pages = ['/docs/install', '/docs/ports', '/docs/proxies', '/docs/stop']
const langs = ['en', 'de', 'pt-BR', 'pt', null]
const finishReasons: readonly FinishReason[] = ['end', 'max_tokens', 'refusal', 'context_exceeded', 'extract']
/** When the first one begins. */
export const firstAt = 1_767_225_600_000

export function sourceOf(n: number, url: string) {
  return {
    n,
    id: `${url}#${n}`,
    title: url,
    headings: [],
    url,
    anchor: '',
    score: 1,
    snippet: 'About.',
    highlights: [],
  }
}

/** When an answer with a number begins: a few minutes after the one before. */
const startOf = (number: number) => firstAt + number * 300_000

/** Journals an answer with random properties. @returns its id. */
export function journalRandom(transcripts: Transcripts, number: number, random: Random): string {
  const answerId = `answer-${number}`
  const startedAt = startOf(number)
  const question = `How about ${oneOf(random, words)} and ${oneOf(random, words)}?`
  beginAnswer(transcripts, answerId, {
    conversation: refOf(`c${whole(random, 200)}`),
    visitor: chance(random, 0.2) ? null : `visitor-${whole(random, 5)}`,
    question,
    channel: oneOf<Channel>(random, ['http', 'openai', 'docs-ask']),
    build: `build-${Math.floor(number / 250)}`,
    model: chance(random, 0.2) ? null : oneOf(random, ['small', 'large']),
    version: chance(random, 0.5) ? null : oneOf(random, ['1.x', '2.x']),
    lang: oneOf(random, langs),
    startedAt,
  })
  if (chance(random, 0.1)) transcripts.note(answerId, {writtenBy: {generator: 'extractive', model: null}})
  const isAbstained = chance(random, 0.15)
  if (isAbstained) transcripts.note(answerId, {considered: [sourceOf(1, oneOf(random, pages))]})
  for (const [index, event] of eventsOf(random, question, isAbstained).entries())
    appendEvent(transcripts, answerId, {seq: index + 1, at: startedAt + index, event})
  return answerId
}

function eventsOf(random: Random, query: string, abstained: boolean): AnswerEvent[] {
  const shown = Array.from({length: whole(random, 3)}, () => oneOf(random, pages))
  const events: AnswerEvent[] = [
    {
      type: 'sources',
      round: 1,
      query,
      sources: shown.map((url, index) => sourceOf(index + 1, url)),
      ...(chance(random, 0.15) ? {answerability: 'partly'} : {}),
    },
    {type: 'delta', text: `Set ${oneOf(random, words)}`},
    {type: 'delta', text: ` and ${oneOf(random, words)}.`},
    ...(shown.length > 0 && chance(random, 0.7) ? [{type: 'citation', n: 1, start: 0, end: 2} as const] : []),
  ]
  const luck = random()
  if (luck < 0.1) return events
  if (luck < 0.2) {
    const code = oneOf(random, ['upstream_cut', 'upstream_auth'] as const)
    return [...events, {type: 'error', ending: 'error', code, message: 'No.', retryable: true}]
  }
  const ending = luck < 0.35 ? oneOf(random, ['stopped', 'disconnected'] as const) : 'complete'
  return [
    ...events,
    {
      type: 'done',
      ending,
      abstained,
      ...(ending === 'complete' && chance(random, 0.5) ? {finishReason: oneOf(random, finishReasons)} : {}),
      usage: {inputTokens: 1, outputTokens: whole(random, 3), cacheReadTokens: 0, cacheWriteTokens: 0},
      timings: {
        sourcesMs: 5,
        firstTokenMs: chance(random, 0.8) ? whole(random, 4) * 50 : null,
        longestStallMs: chance(random, 0.1) ? 15_000 : whole(random, 5) * 100,
        totalMs: 1_000 + whole(random, 9) * 100,
      },
    },
  ]
}

/** What visitors and staff make of some of the answers. */
export async function judgeRandomly(
  transcripts: Transcripts,
  ids: readonly string[],
  random: Random,
): Promise<void> {
  for (const id of ids) {
    const said = {reasons: [], comment: null}
    if (chance(random, 0.2))
      await transcripts.setFeedback(id, {...said, rating: oneOf(random, ['up', 'down'])})
    if (chance(random, 0.1)) await transcripts.setFeedback(id, {...said, missing: true})
    if (chance(random, 0.1)) await transcripts.countResume(id)
    if (chance(random, 0.2)) await transcripts.noteOpened(id, 1)
    if (chance(random, 0.1)) {
      const verdict = oneOf(random, ['good', 'wrong', 'should_abstain'] as const)
      await transcripts.setReview(id, {verdict, note: null, correctedAnswer: null, by: 'Ada'})
    }
  }
}

export function randomFilter(random: Random, answers: number): TranscriptFilter {
  const at = () => startOf(whole(random, answers)) + whole(random, 2_000) - 1_000
  const number = () => whole(random, answers)
  const parts: (() => TranscriptFilter)[] = [
    () => ({q: oneOf(random, words)}),
    () => ({q: `${oneOf(random, words)} ${oneOf(random, words)}`}),
    () => ({
      q: oneOf(random, ['answer', 'po', 'prox', '変数', '.', '%', '_', "'", '?', 'set -max', 'no such word']),
    }),
    () => ({q: chance(random, 0.5) ? `answer-${number()}` : refOf(`answer-${number()}`)}),
    () => ({ending: oneOf(random, ['complete', 'stopped', 'error', 'running', 'timeout'])}),
    () => ({rating: oneOf(random, ['up', 'down', 'none'])}),
    () => ({missing: chance(random, 0.5)}),
    () => ({verdict: oneOf(random, ['wrong', 'good', 'any', 'none'])}),
    () => ({attention: true}),
    () => ({unanswered: true}),
    () => ({broke: true}),
    () => ({abstained: chance(random, 0.5)}),
    () => ({partial: chance(random, 0.5)}),
    () => ({fallback: chance(random, 0.5)}),
    () => ({channel: oneOf(random, ['http', 'openai', 'docs-ask'])}),
    () => ({build: `build-${whole(random, 4)}`}),
    () => ({generator: oneOf(random, ['scripted', 'anthropic'])}),
    () => ({model: oneOf(random, ['small', 'large', 'none such', ''])}),
    () => ({version: oneOf(random, ['1.x', '2.x', ''])}),
    () => ({page: oneOf(random, [...pages, '/none', ''])}),
    () => ({error: oneOf(random, ['upstream_cut', 'upstream_auth', ''])}),
    () => ({lang: oneOf(random, ['pt', 'pt-BR', 'en', 'p'])}),
    () => ({from: at()}),
    () => ({to: at()}),
    () => ({conversation: refOf(`c${whole(random, 200)}`)}),
    () => ({visitor: `visitor-${whole(random, 6)}`}),
    () => ({left: oneOf(random, ['before_first_word', 'before_end'])}),
    () => ({resumed: chance(random, 0.5)}),
  ]
  return Object.assign({}, ...Array.from({length: whole(random, 3)}, () => oneOf(random, parts)()))
}

const tables = ['answers', 'events', 'prompts', 'shown_sections', 'text_uses'] as const

/** Makes the answers of PostgreSQL those of a file, and has those counted that changed. The file's clock never went back. */
export async function copyAnswers(db: SqliteDatabase, postgres: Postgres): Promise<void> {
  const rows = db.prepare<[], AnswerRow>(`SELECT ${schemaSqlOf(db).columns} FROM answers`).all()
  const events = db.prepare<[number], EventRow>(
    'SELECT seq, last_seq, at, data, pieces FROM events WHERE answer = ?',
  )
  const numberOf = ({row, started_at: at}: AnswerRow) => firstNumberAt(at) + row
  const copies = rows.map((row) => {
    const short = events.all(row.row).filter(({pieces}) => pieces === null)
    const columns = searchColumnsOf(row, eventsOfJson(short.map(({data}) => data)))
    return {...row, ...columns, row: numberOf(row)}
  })
  const copiedEvents = rows.flatMap((row) =>
    events.all(row.row).map((event) => ({answer: numberOf(row), ...event})),
  )
  const names = [
    ...answerColumns.split(/,\s+/),
    ...[
      'error',
      'answerability',
      'fallback',
      'first_token_ms',
      'longest_stall_ms',
      'total_ms',
      'cited',
      'words',
    ],
  ]
  await postgres.transaction(async (queries) => {
    const kept = copies.map(({row}) => row)
    const gone = await queries.rows<{row: number}>('SELECT row FROM docent.answers WHERE row <> ALL ($1)', [
      kept,
    ])
    const goneRows = gone.map(({row}) => row)
    await forgetCounted(queries, goneRows)
    for (const table of tables) {
      const column = table === 'answers' ? 'row' : 'answer'
      await queries.run(`DELETE FROM docent.${table} WHERE ${column} = ANY ($1)`, [goneRows])
    }
    await queries.run(
      `INSERT INTO docent.answers (${names.join(', ')})
       SELECT ${names.join(', ')} FROM json_populate_recordset(NULL::docent.answers, $1)
       ON CONFLICT (row) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      [rowsAsJson(copies)],
    )
    await queries.run(
      `INSERT INTO docent.events SELECT * FROM json_populate_recordset(NULL::docent.events, $1)
       ON CONFLICT DO NOTHING`,
      [rowsAsJson(copiedEvents)],
    )
    await queries.run('INSERT INTO docent.uncounted SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING', [
      kept,
    ])
  })
}
