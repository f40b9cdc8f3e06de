import {createHash} from 'node:crypto'
import {refOf} from '../../../src/answers/ids.ts'
import type {SequencedEvent} from '../../../src/domain/index.ts'
import {applyPostgresMigrations, type Postgres, type Queries} from '../../../src/postgres/index.ts'
import {rowsOf} from '../../../src/transcripts/event-rows.ts'
import {createAnswerNumbers} from '../../../src/transcripts/postgres/answer-numbers.ts'
import {transcriptMigrations} from '../../../src/transcripts/postgres/migrations.ts'
import {sampleEvents} from '../samples.ts'

export interface StoredAnswer {
  readonly startedAt?: number
  readonly conversation?: string
  readonly visitor?: string
  readonly question?: string
  readonly text?: string
  readonly facts?: object
  readonly page?: object
  readonly cited?: readonly string[]
  /** Default `complete`. */
  readonly ending?: 'complete' | null
  readonly events?: readonly SequencedEvent[]
  /** Texts that its prompt shares with others. */
  readonly texts?: readonly string[]
}

/** Makes the tables of the transcripts. */
export async function migrated(postgres: Postgres): Promise<Postgres> {
  await applyPostgresMigrations(postgres, 'transcripts', transcriptMigrations)
  return postgres
}

const numbers = new WeakMap<Queries, ReturnType<typeof createAnswerNumbers>>()

/** Stores an answer with all that can belong to one. @returns its number. */
export async function storeAnswer(
  postgres: Postgres,
  id: string,
  answer: StoredAnswer = {},
): Promise<number> {
  const {startedAt = Date.UTC(2026, 9, 15), ending = 'complete', texts = []} = answer
  const {events = sampleEvents(id, undefined, ending), text = 'Set `PORT`.'} = answer
  const ofDatabase = numbers.get(postgres) ?? createAnswerNumbers()
  numbers.set(postgres, ofDatabase)
  await ofDatabase.reserve(1, postgres)
  const row = ofDatabase.take(startedAt)
  await postgres.run(
    `INSERT INTO docent.answers (row, id, ref, conversation, question, build, generator, embedding, started_at, settings,
       channel, visitor, ending, text, facts, page, cited)
     VALUES ($1, $2, $3, $4, $5, 'build-1', 'scripted', 'test', $6, '{}', 'test', $7, $8, $9, $10, $11, $12)`,
    [
      row,
      id,
      refOf(id),
      answer.conversation ?? `conversation-of-${id}`,
      answer.question ?? 'How do I set the port?',
      startedAt,
      answer.visitor ?? null,
      ending,
      ending === null ? '' : text,
      JSON.stringify(answer.facts ?? {}),
      answer.page === undefined ? null : JSON.stringify(answer.page),
      answer.cited ?? [],
    ],
  )
  for (const {seq, last_seq, at, data, pieces} of rowsOf(events)) {
    await postgres.run('INSERT INTO docent.events VALUES ($1, $2, $3, $4, $5, $6)', [
      row,
      seq,
      last_seq,
      at,
      data,
      pieces,
    ])
  }
  await postgres.run('INSERT INTO docent.claimed_keys VALUES ($1, $2, $3, $4)', [
    `key-of-${id}`,
    id,
    startedAt,
    '{}',
  ])
  await postgres.run('INSERT INTO docent.prompts VALUES ($1, 1, $2, $3)', [row, startedAt, '"@t1"'])
  if (ending !== null) await postgres.run('INSERT INTO docent.uncounted VALUES ($1)', [row])
  for (const [index, shared] of texts.entries()) {
    await useText(postgres, row, shared)
    await postgres.run(
      `INSERT INTO docent.shown_sections
       SELECT $1, $2, 'section', 'page.md', id, 0 FROM docent.shared_texts WHERE hash = $3`,
      [row, index + 1, hashOf(shared)],
    )
  }
  return row
}

const hashOf = (text: string) => createHash('sha256').update(text).digest()

/** Has an answer use a text, as the journal does. */
export async function useText(queries: Queries, row: number, text: string): Promise<void> {
  await queries.run('INSERT INTO docent.shared_texts (hash, text) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    hashOf(text),
    text,
  ])
  await queries.rows('SELECT id FROM docent.shared_texts WHERE hash = $1 FOR KEY SHARE', [hashOf(text)])
  await queries.run(
    'INSERT INTO docent.text_uses SELECT $1, id FROM docent.shared_texts WHERE hash = $2 ON CONFLICT DO NOTHING',
    [row, hashOf(text)],
  )
}

/** The ids of all stored answers, in order of their numbers. */
export async function storedIds(queries: Queries): Promise<string[]> {
  const rows = await queries.rows<{readonly id: string}>('SELECT id FROM docent.answers ORDER BY row')
  return rows.map(({id}) => id)
}

/** How many rows each table has that says something of answers. */
export async function storedRows(queries: Queries): Promise<Record<string, number>> {
  const tables = [
    'answers',
    'events',
    'prompts',
    'shown_sections',
    'text_uses',
    'shared_texts',
    'claimed_keys',
    'uncounted',
  ]
  const counts: Record<string, number> = {}
  for (const table of tables) {
    const row = await queries.row<{readonly n: number}>(`SELECT count(*) AS n FROM docent.${table}`)
    counts[table] = row?.n ?? 0
  }
  return counts
}
