import type {ShownSection} from '../../answers/index.ts'
import {DocentError} from '../../domain/index.ts'
import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {type RedactorRecipe, redactorFrom} from '../../redaction/index.ts'
import {type AnswerRow, itemOf, transcriptOf} from '../answer-row.ts'
import {type AskedQuestion, type AskedRow, askedOf} from '../asked-questions.ts'
import type {CatalogSelection, Found, MatchCount} from '../catalog/catalog-reads.ts'
import {cursorOf, parseCursor, selectionOf} from '../list-order.ts'
import {
  charsOf,
  hasTextInEvents,
  idsPageSize,
  maxMatches,
  maxReadChars,
  pageSizeOf,
  roundedIfMore,
  withTextSoFar,
} from '../list-page.ts'
import {type MemoryRecord, overlayEvents, overlayRow} from '../overlay.ts'
import {redactedTranscript} from '../redacted-transcript.ts'
import {textsIn, unpacked} from '../shared-texts.ts'
import type {AsyncStaffReads} from '../transcript-reader.ts'
import type {KeptMaterial, NamedCount, Transcript, TranscriptFilter, ValueKind} from '../transcript-store.ts'
import {answerColumns, createAnswerReads} from './answer-reads.ts'
import {shortEventsOf} from './answer-writer.ts'
import {boundValues, conditionsOf} from './filter-sql.ts'
import {createPostgresFigures, type PostgresFigures} from './postgres-figures.ts'

/** Counting all matches may take so long, in milliseconds; then up to `maxInBrief` of them are counted. */
const countMs = 500
const maxInBrief = 1_000
/** That may take so long; then only what is on the page is known to match. */
const briefCountMs = 1_500
/** SQLSTATE of a statement that took too long. */
const canceled = '57014'
/** Values of a filter are counted among so many of the newest answers. */
const maxValued = 100_000
/** Questions whose events are read at once. */
const askedAtOnce = 20

type Selection = Pick<CatalogSelection, 'measure' | 'order' | 'after' | 'limit'>

/**
 * Reads for staff from PostgreSQL. Answers in memory are laid over those that are read whole; lists are of what is in the
 * database. Every read rejects with DocentError `storage` if the database cannot be reached, or takes too long.
 * @param figures counts answers before figures are read; default: those of the same database.
 */
export function createPostgresReads(
  postgres: Postgres,
  figures: PostgresFigures = createPostgresFigures(postgres),
): AsyncStaffReads {
  const answers = createAnswerReads(postgres)

  /** Answers that are searched for by id or ref. */
  async function namedBy({q = ''}: TranscriptFilter): Promise<number[]> {
    const name = q.trim()
    if (name === '') return []
    const sql = 'SELECT row FROM docent.answers WHERE id = $1 OR ref = $1'
    return (await postgres.rows<{readonly row: number}>(sql, [storable(name)])).map(({row}) => row)
  }

  async function select<Row extends Pick<AnswerRow, 'row'>>(
    selected: string,
    filter: TranscriptFilter,
    named: readonly number[],
    {measure, order, after, limit}: Selection,
  ): Promise<Row[]> {
    const {values, bind} = boundValues()
    const conditions = conditionsOf(filter, named, {values, bind})
    const columns = measure === null ? ['row'] : [measure, 'row']
    if (measure !== null) conditions.push(`${measure} IS NOT NULL`)
    if (after !== null) {
      const last = measure === null ? [after.row] : [after.value, after.row]
      const place = last.map((value) => `${bind(value)}::bigint`).join(', ')
      conditions.push(`(${columns.join(', ')}) ${order === 'DESC' ? '<' : '>'} (${place})`)
    }
    return postgres.rows<Row>(
      `SELECT ${selected}${measure === null ? '' : `, ${measure} AS value`} FROM docent.answers ${where(conditions)}
       ORDER BY ${columns.map((column) => `${column} ${order}`).join(', ')} LIMIT ${limit}`,
      values,
    )
  }

  /** How many match, up to a limit; null if it takes longer than `withinMs`. */
  async function countUpTo(
    limit: number,
    withinMs: number,
    filter: TranscriptFilter,
    named: readonly number[],
    {measure}: Pick<Selection, 'measure'>,
  ): Promise<MatchCount | null> {
    const {values, bind} = boundValues()
    const conditions = conditionsOf(filter, named, {values, bind})
    if (measure !== null) conditions.push(`${measure} IS NOT NULL`)
    try {
      return await postgres.transaction(async (queries) => {
        await queries.run("SELECT set_config('statement_timeout', $1, true)", [String(withinMs)])
        const row = await queries.row<{readonly answers: number}>(
          `SELECT count(*) AS answers FROM (SELECT 1 FROM docent.answers ${where(conditions)} LIMIT ${limit + 1}) AS found`,
          values,
        )
        const answers = row?.answers ?? 0
        return {answers: Math.min(limit, answers), isAll: answers <= limit}
      })
    } catch (error) {
      if (error instanceof DocentError && error.details?.postgres === canceled) return null
      throw error
    }
  }

  /** Rows of running answers with their text so far. */
  async function toShow(rows: readonly AnswerRow[]): Promise<readonly AnswerRow[]> {
    const shown: AnswerRow[] = []
    // Few are running at a time.
    for (const row of rows)
      shown.push(hasTextInEvents(row) ? withTextSoFar(row, await answers.events(row.row, 0)) : row)
    return shown
  }

  return {
    async list(filter, {cursor, sort = 'newest', limit = 50}) {
      const size = pageSizeOf(limit)
      const selection = selectionOf(sort)
      const after = cursor === undefined ? null : parseCursor(cursor, sort)
      const named = await namedBy(filter)
      const found = await select<AnswerRow>(answerColumns, filter, named, {
        ...selection,
        after,
        limit: size + 1,
      })
      const last = found[size - 1]
      const hasMore = found.length > size && last !== undefined
      const counted = async (): Promise<MatchCount> =>
        hasMore
          ? ((await countUpTo(maxMatches, countMs, filter, named, selection)) ??
            (await countUpTo(maxInBrief, briefCountMs, filter, named, selection)) ?? {
              answers: size,
              isAll: false,
            })
          : {answers: found.length, isAll: true}
      return {
        items: (await toShow(found.slice(0, size))).map((row) => itemOf(row, filter.q)),
        nextCursor: hasMore ? cursorOf(placeOf(last), sort) : null,
        total: cursor === undefined ? roundedIfMore(await counted()) : null,
      }
    },
    async ids(filter, after) {
      const start = after === null ? null : {row: after, value: null}
      const found = await select<Pick<AnswerRow, 'row' | 'id'>>('row, id', filter, await namedBy(filter), {
        ...selectionOf('oldest'),
        after: start,
        limit: idsPageSize,
      })
      return {
        ids: found.map(({id}) => id),
        next: found.length < idsPageSize ? null : (found.at(-1)?.row ?? null),
      }
    },
    read: (names, memory, redacted = null) =>
      // Of one moment: an answer may end, or be removed, between its row and its events.
      postgres.transaction(async (queries) => {
        await queries.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
        return readTranscripts(queries, names, memory, redacted)
      }),
    async material(name) {
      const found = await answers.rowByIdOrRef(storable(name))
      return found === null ? null : materialOf(postgres, found)
    },
    async asked(refs) {
      const found: AskedQuestion[] = []
      for (let from = 0; from < refs.length; from += askedAtOnce) {
        found.push(...(await readAsked(postgres, refs.slice(from, from + askedAtOnce))))
      }
      return found
    },
    analytics: (request) => figures.analytics(request),
    pageFigures: (request) => figures.pageFigures(request),
    values: (kind, limit) => readValues(postgres, kind, limit),
  }
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}

/** Where an answer is in a list. */
function placeOf(row: AnswerRow & {readonly value?: number}): Found {
  return {row: row.row, value: row.value ?? null}
}

/** Answers by these ids and refs, by each of them; unknown ones are left out. */
async function rowsNamed(
  queries: Queries,
  names: readonly string[],
): Promise<ReadonlyMap<string, AnswerRow>> {
  const rows = await queries.rows<AnswerRow>(
    `SELECT ${answerColumns} FROM docent.answers WHERE id = ANY ($1) OR ref = ANY ($1) ORDER BY row DESC`,
    [names.map(storable)],
  )
  return new Map([
    ...rows.map((row) => [row.ref, row] as const),
    ...rows.map((row) => [row.id, row] as const),
  ])
}

/** At least one, and no more than fit in a message of limited size. */
async function readTranscripts(
  queries: Queries,
  names: readonly string[],
  memory: readonly MemoryRecord[],
  redacted: RedactorRecipe | null,
): Promise<(Transcript | null)[]> {
  const redactor = redacted === null ? null : redactorFrom(redacted)
  const newer = new Map(memory.map((record) => [record.row.id, record]))
  const rows = await rowsNamed(queries, names)
  const answers = createAnswerReads(queries)
  const found: (Transcript | null)[] = []
  let chars = 0
  for (const name of names) {
    const row = rows.get(name) ?? null
    const record = newer.get(name)
    const events = row === null ? [] : await answers.events(row.row, 0)
    const kept =
      record !== undefined
        ? transcriptOf(overlayRow(row, record.row), overlayEvents(events, record.events))
        : row === null
          ? null
          : transcriptOf(row, events)
    const transcript = kept === null || redactor === null ? kept : redactedTranscript(kept, redactor)
    found.push(transcript)
    chars += transcript === null ? 0 : charsOf(transcript.events)
    if (chars >= maxReadChars) break
  }
  return found
}

async function materialOf(queries: Queries, {ref, row}: AnswerRow): Promise<KeptMaterial> {
  const prompts = await queries.rows<{readonly n: number; readonly at: number; readonly body: string}>(
    'SELECT n, at, body FROM docent.prompts WHERE answer = $1 ORDER BY n',
    [row],
  )
  const sections = await queries.rows<ShownSection & {readonly isPart: boolean}>(
    `SELECT n, s.id, path, t.text AS markdown, is_part = 1 AS "isPart" FROM docent.shown_sections s
       JOIN docent.shared_texts t ON t.id = s.text WHERE answer = $1 ORDER BY n`,
    [row],
  )
  const texts = await queries.rows<{readonly id: number; readonly text: string}>(
    'SELECT id, text FROM docent.shared_texts WHERE id = ANY ($1)',
    [[...new Set(prompts.flatMap(({body}) => textsIn(body)))]],
  )
  const textById = new Map(texts.map(({id, text}) => [id, text]))
  const textOf = (id: number): string => {
    const found = textById.get(id)
    if (found === undefined)
      throw new DocentError('storage', `The text ${id} of a prompt is not in the database`)
    return found
  }
  const requests = prompts.map(({n, at, body}) => ({n, at, body: unpacked(body, textOf)}))
  return {ref, requests: JSON.stringify(requests), sections}
}

async function readAsked(queries: Queries, refs: readonly string[]): Promise<AskedQuestion[]> {
  const rows = await queries.rows<AskedRow & {readonly ref: string}>(
    `SELECT ref, row, id, question, ending, rating FROM docent.answers
     WHERE ref = ANY ($1) AND question <> '' ORDER BY row DESC`,
    [refs.map(storable)],
  )
  const byRef = new Map(rows.map((row) => [row.ref, row]))
  const events = await shortEventsOf(
    queries,
    rows.map(({row}) => row),
  )
  return refs.flatMap((ref) => {
    const row = byRef.get(ref)
    return row === undefined ? [] : [askedOf(ref, row, events.get(row.row) ?? [])]
  })
}

/** Where the values of each kind are, and how each is one row. */
const valueColumns: Readonly<Record<ValueKind, readonly [column: string, value: string]>> = {
  model: ['model', 'model'],
  build: ['build', 'build'],
  version: ['version', 'version'],
  generator: ['generator', 'generator'],
  error: ['error', 'error'],
  lang: ['lang', 'lang'],
  page: ['cited', 'unnest(cited)'],
}

/** The values of a kind, the most frequent first: of the newest 100,000 answers. */
function readValues(queries: Queries, kind: ValueKind, limit: number): Promise<NamedCount[]> {
  const [column, value] = valueColumns[kind]
  return queries.rows<NamedCount>(
    `SELECT name, count(*) AS answers FROM (
       SELECT ${value} AS name FROM (SELECT ${column} FROM docent.answers ORDER BY row DESC LIMIT ${maxValued}) AS newest
     ) AS named
     WHERE name <> '' GROUP BY name ORDER BY answers DESC, name COLLATE "C" LIMIT $1`,
    [limit],
  )
}
