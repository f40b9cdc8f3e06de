import {applyPostgresMigrations, type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {type DecidedChange, decideChange} from '../decide-change.ts'
import type {GapEvent, GapQuestion, GapScope, GapState} from '../gap.ts'
import {
  cursorOf,
  maxClosed,
  maxHistory,
  maxSearchable,
  maxSearchableOfOne,
  parsedCursor,
  wantedColumns,
  where,
} from '../gap-list.ts'
import {type GapRow, gapColumns, gapOf} from '../gap-rows.ts'
import type {ForgottenQuestions, GapChange, GapClosedByBuild, GapFilter, GapOrder, Gaps} from '../gaps.ts'
import {forgetPageInGaps, forgetQuestions} from './forget.ts'
import {changeGaps} from './gap-lock.ts'
import {postgresGapMigrations} from './migrations.ts'
import {takeOverDecisions} from './take-over.ts'

export interface PostgresGapsOptions {
  /** Stays open when the gaps are closed. */
  readonly postgres: Postgres
  /**
   * The SQLite file of gaps whose decisions by staff, and closings by builds, are taken over by a database that has no gaps
   * yet. Default: none.
   */
  readonly takeOver?: string
  /** Called if that file cannot be taken over; the next start tries again while the database has no gaps. */
  readonly onProblem?: (error: unknown) => void
  /** Milliseconds since the epoch; default: the clock of this process. */
  readonly now?: () => number
}

/** What a list is sorted by, the greatest first; equal ones by their ids. */
const sortedBy: Readonly<Record<GapOrder, string>> = {
  severity: '(severity * 1e9::float8 + least(weight, 1e8::float8))',
  size: 'size::float8',
  trend: '(recent - before)::float8',
  latest: 'last_asked_at::float8',
}

interface SearchableRow {
  readonly id: string
  readonly scope: GapScope
  readonly title_ref: string
  readonly example_refs: string
  readonly refs: readonly string[]
}

/**
 * Opens the gaps in a PostgreSQL that any number of processes may use.
 * @throws DocentError `storage` if the database cannot be reached, or was written by a newer Docent.
 */
export async function openPostgresGaps({
  postgres,
  takeOver,
  onProblem = () => {},
  now = Date.now,
}: PostgresGapsOptions): Promise<Gaps> {
  await applyPostgresMigrations(postgres, 'gaps', postgresGapMigrations)
  if (takeOver !== undefined) await takeOverDecisions(postgres, takeOver).catch(onProblem)

  async function byId(queries: Queries, id: string): Promise<GapRow | null> {
    return queries.row<GapRow>(`SELECT ${gapColumns} FROM docent.gaps WHERE id = $1`, [storable(id)])
  }

  async function stateOf(name: string): Promise<string | null> {
    const row = await postgres.row<{value: string}>('SELECT value FROM docent.gap_state WHERE name = $1', [
      name,
    ])
    return row?.value ?? null
  }

  async function write(
    queries: Queries,
    id: string,
    {assignee, note, state, events}: DecidedChange,
    {by}: GapChange,
  ): Promise<void> {
    for (const event of events)
      await queries.run(
        'INSERT INTO docent.gap_history (gap, at, by, what, detail) VALUES ($1, $2, $3, $4, $5)',
        [id, event.at, event.by, event.what, event.detail],
      )
    await queries.run(
      'UPDATE docent.gaps SET assignee = $2, note = $3, revision = revision + 1 WHERE id = $1',
      [id, assignee, note],
    )
    if (state === null) return
    const at = now()
    await queries.run(
      `UPDATE docent.gaps SET state = $2, closed_at = $3, closed_by = $4, closed_build = NULL, closed_section = NULL,
         closed_because = NULL WHERE id = $1`,
      [id, state, ...(state === 'closed' ? [at, by] : [null, null])],
    )
    if (state === 'open')
      await queries.run('UPDATE docent.gaps SET reopened_at = $2, reopened_by = $3 WHERE id = $1', [
        id,
        at,
        by,
      ])
  }

  return {
    async list(filter, {sort, cursor, limit, ids}) {
      const {conditions, values} = conditionsOf(filter)
      const bind = (value: unknown) => `$${values.push(value)}`
      const key = sortedBy[sort]
      if (ids !== undefined) conditions.push(`id = ANY (${bind(ids.map(storable))}::text[])`)
      if (cursor !== null) {
        const [sorted, id] = parsedCursor(cursor, sort)
        conditions.push(`(${key}, id) < (${bind(sorted)}::float8, ${bind(storable(id))}::text)`)
      }
      const rows = await postgres.rows<GapRow & {readonly sorted: number}>(
        `SELECT ${gapColumns}, ${key} AS sorted FROM docent.gaps ${where(conditions)}
         ORDER BY sorted DESC, id DESC LIMIT ${bind(limit + 1)}`,
        values,
      )
      const last = rows[limit - 1]
      const nextCursor = rows.length > limit && last !== undefined ? cursorOf(sort, last) : null
      return {items: rows.slice(0, limit).map(gapOf), nextCursor}
    },
    async searchable(filter) {
      const {conditions, values} = conditionsOf(filter)
      const rows = await postgres.rows<SearchableRow>(
        `SELECT id, scope, title_ref, example_refs, ARRAY(
           SELECT ref FROM docent.gap_questions WHERE gap = gaps.id ORDER BY asked_at DESC LIMIT ${maxSearchableOfOne}
         ) AS refs
         FROM docent.gaps ${where(conditions)} ORDER BY last_asked_at DESC`,
        values,
      )
      let left = maxSearchable
      return rows.map(({id, scope, title_ref, example_refs, refs}) => {
        const newest = refs.slice(0, left)
        left -= newest.length
        return {id, scope, refs: new Set([title_ref, ...(JSON.parse(example_refs) as string[]), ...newest])}
      })
    },
    async counts(filter) {
      const {conditions, values} = conditionsOf(filter)
      const rows = await postgres.rows<{state: GapState; n: number}>(
        `SELECT state, count(*) AS n FROM docent.gaps ${where(conditions)} GROUP BY state`,
        values,
      )
      const counts = {open: 0, closed: 0, dismissed: 0}
      for (const {state, n} of rows) counts[state] = n
      return counts
    },
    async asOf() {
      const at = await stateOf('asOf')
      return at === null ? null : Number(at)
    },
    async isGroupedElsewhere() {
      const row = await postgres.row<{isGrouped: boolean}>(
        'SELECT coalesce(grouped_until > now(), false) AS "isGrouped" FROM docent.gap_lock',
      )
      return row?.isGrouped === true
    },
    async get(id) {
      const row = await byId(postgres, id)
      return row === null ? null : gapOf(row)
    },
    async idsStartingWith(start, limit) {
      if (start === '') return []
      const rows = await postgres.rows<{id: string}>(
        'SELECT id FROM docent.gaps WHERE starts_with(id, $1) ORDER BY id LIMIT $2',
        [storable(start), limit],
      )
      return rows.map(({id}) => id)
    },
    questions: (id, limit) =>
      postgres.rows<GapQuestion>(
        `SELECT ref, asked_at AS "askedAt", reason FROM docent.gap_questions WHERE gap = $1
         ORDER BY asked_at DESC, ref COLLATE "C" LIMIT $2`,
        [storable(id), limit],
      ),
    history: (id) =>
      postgres.rows<GapEvent>(
        'SELECT at, by, what, detail FROM docent.gap_history WHERE gap = $1 ORDER BY id DESC LIMIT $2',
        [storable(id), maxHistory],
      ),
    change: (given, change) =>
      changeGaps(postgres, async (queries) => {
        const storableChange = withStorableWords(change)
        const {before, decided} = decideChange(await byId(queries, given), storableChange, now())
        if (decided === null) return gapOf(before)
        await write(queries, before.id, decided, storableChange)
        return gapOf((await byId(queries, before.id))!)
      }),
    async closedBy(build) {
      const closed = await postgres.rows<GapClosedByBuild>(
        `SELECT id, title_ref AS "titleRef", size FROM docent.gaps
         WHERE id IN (SELECT gap FROM docent.gap_history WHERE build = $1 AND what = 'closed')
         ORDER BY size DESC, id LIMIT $2`,
        [storable(build), maxClosed],
      )
      return closed.length > 0 || (await stateOf('checked')) === build ? closed : null
    },
    async gapOf(ref) {
      const row = await postgres.row<{gap: string | null}>(
        'SELECT gap FROM docent.gap_questions WHERE ref = $1',
        [storable(ref)],
      )
      return row?.gap ?? null
    },
    forget: (whose) => forgetQuestions(postgres, storableNames(whose)),
    forgetPage: (isOfPage) => forgetPageInGaps(postgres, isOfPage),
    close() {},
  }
}

function conditionsOf(filter: GapFilter): {readonly conditions: string[]; readonly values: unknown[]} {
  const wanted = wantedColumns(filter)
  return {
    conditions: wanted.map(([column], index) => `${column} IS NOT DISTINCT FROM $${index + 1}`),
    values: wanted.map(([, value]) => (typeof value === 'string' ? storable(value) : value)),
  }
}

function withStorableWords(change: GapChange): GapChange {
  const {by, assignee, note} = change
  return {
    ...change,
    by: storable(by),
    ...(assignee == null ? {} : {assignee: storable(assignee)}),
    ...(note == null ? {} : {note: storable(note)}),
  }
}

function storableNames(whose: ForgottenQuestions): ForgottenQuestions {
  if ('ref' in whose) return {ref: storable(whose.ref)}
  if ('refs' in whose) return {refs: whose.refs.map(storable)}
  return 'conversation' in whose ? {conversation: storable(whose.conversation)} : whose
}
