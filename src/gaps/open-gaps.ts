import {openSmallDatabase, type SmallDatabase, type SmallDatabaseOptions} from '../native/index.ts'
import {type DecidedChange, decideChange} from './decide-change.ts'
import {prepareForgettingPage} from './forget-page.ts'
import {prepareForgetting} from './forget-questions.ts'
import type {Gap, GapEvent, GapQuestion, GapScope, GapState} from './gap.ts'
import {
  cursorOf,
  maxClosed,
  maxHistory,
  maxSearchable,
  maxSearchableOfOne,
  parsedCursor,
  wantedColumns,
  where,
} from './gap-list.ts'
import {type GapRow, gapColumns, gapOf} from './gap-rows.ts'
import type {GapChange, GapClosedByBuild, GapFilter, GapOrder, Gaps, SearchableGap} from './gaps.ts'
import {gapMigrations} from './migrations.ts'

export interface GapsOptions extends Pick<SmallDatabaseOptions, 'file' | 'waitMs' | 'onExposed'> {
  readonly now?: () => number
}

/** What a list is sorted by, the greatest first; equal ones by their ids. */
const sortedBy: Readonly<Record<GapOrder, string>> = {
  severity: 'severity * 1e9 + min(weight, 1e8)',
  size: 'size',
  trend: 'recent - before',
  latest: 'last_asked_at',
}

/** Gaps that are read before anything else may run. */
const gapsAtOnce = 100

interface SearchableRow {
  readonly id: string
  readonly scope: GapScope
  readonly title_ref: string
  readonly example_refs: string
}

/** The store that the grouping process opens as well. @throws DocentError `storage` if the file cannot be used. */
export function openGapsDatabase(options: GapsOptions): SmallDatabase {
  return openSmallDatabase({
    ...options,
    migrations: gapMigrations,
    ifMovedAway: 'what staff noted on gaps is lost then, and questions are grouped anew',
  })
}

/** @throws DocentError `storage` if the file cannot be used; it is left unchanged then. */
export function openGaps(options: GapsOptions): Gaps {
  const {now = Date.now} = options
  const database = openGapsDatabase(options)
  const {db, read, change} = database
  const byId = db.prepare<[string], GapRow>(`SELECT ${gapColumns} FROM gaps WHERE id = ?`)
  const beginning = db
    .prepare<[string, string, number], string>(
      'SELECT id FROM gaps WHERE substr(id, 1, length(?)) = ? ORDER BY id LIMIT ?',
    )
    .pluck()
  const ofGap = db.prepare<[string, number], GapQuestion>(
    'SELECT ref, asked_at AS askedAt, reason FROM questions WHERE gap = ? ORDER BY asked_at DESC, ref LIMIT ?',
  )
  const events = db.prepare<[string, number], GapEvent>(
    'SELECT at, by, what, detail FROM history WHERE gap = ? ORDER BY id DESC LIMIT ?',
  )
  const addEvent = db.prepare(
    'INSERT INTO history (gap, at, by, what, detail) VALUES (@id, @at, @by, @what, @detail)',
  )
  const stateOf = db.prepare<[string], string>('SELECT value FROM state WHERE name = ?').pluck()
  const closedBy = db.prepare<[string, number], GapClosedByBuild>(
    `SELECT id, title_ref AS titleRef, size FROM gaps
     WHERE id IN (SELECT gap FROM history WHERE build = ? AND what = 'closed') ORDER BY size DESC, id LIMIT ?`,
  )
  const gapOfQuestion = db.prepare<[string], string | null>('SELECT gap FROM questions WHERE ref = ?').pluck()
  const newestOf = db
    .prepare<[string, number], string>(
      'SELECT ref FROM questions WHERE gap = ? ORDER BY asked_at DESC LIMIT ?',
    )
    .pluck()
  const update = db.prepare(
    'UPDATE gaps SET assignee = @assignee, note = @note, revision = revision + 1 WHERE id = @id',
  )
  const setState = db.prepare(
    `UPDATE gaps SET state = @state, closed_at = @closedAt, closed_by = @closedBy, closed_build = NULL,
       closed_section = NULL, closed_because = NULL, reopened_at = ifnull(@reopenedAt, reopened_at),
       reopened_by = CASE WHEN @reopenedAt IS NULL THEN reopened_by ELSE @reopenedBy END WHERE id = @id`,
  )
  const forget = prepareForgetting(database)

  function write(id: string, {assignee, note, state, events}: DecidedChange, {by}: GapChange): void {
    for (const event of events) addEvent.run({...event, id})
    update.run({id, assignee, note})
    if (state === null) return
    const at = now()
    const isOpen = state === 'open'
    const isClosed = state === 'closed'
    setState.run({
      ...{id, state},
      ...{closedAt: isClosed ? at : null, closedBy: isClosed ? by : null},
      ...{reopenedAt: isOpen ? at : null, reopenedBy: isOpen ? by : null},
    })
  }

  return {
    list: (filter, {sort, cursor, limit, ids}) =>
      read(() => {
        const {conditions, values} = conditionsOf(filter)
        const key = sortedBy[sort]
        if (ids !== undefined) {
          conditions.push('id IN (SELECT value FROM json_each(?))')
          values.push(JSON.stringify(ids))
        }
        if (cursor !== null) {
          conditions.push(`(${key}, id) < (?, ?)`)
          values.push(...parsedCursor(cursor, sort))
        }
        const rows = db
          .prepare<unknown[], GapRow & {readonly sorted: number}>(
            `SELECT ${gapColumns}, ${key} AS sorted FROM gaps ${where(conditions)} ORDER BY sorted DESC, id DESC LIMIT ?`,
          )
          .all(...values, limit + 1)
        const last = rows[limit - 1]
        const nextCursor = rows.length > limit && last !== undefined ? cursorOf(sort, last) : null
        return {items: rows.slice(0, limit).map(gapOf), nextCursor}
      }),
    async searchable(filter) {
      const {conditions, values} = conditionsOf(filter)
      const gaps = await read(() =>
        db
          .prepare<unknown[], SearchableRow>(
            `SELECT id, scope, title_ref, example_refs FROM gaps ${where(conditions)} ORDER BY last_asked_at DESC`,
          )
          .all(...values),
      )
      let left = maxSearchable
      const refsOf = ({id, title_ref, example_refs}: SearchableRow): Set<string> => {
        const refs = newestOf.all(id, Math.min(left, maxSearchableOfOne))
        left -= refs.length
        return new Set([title_ref, ...(JSON.parse(example_refs) as string[]), ...refs])
      }
      const found: SearchableGap[] = []
      for (let at = 0; at < gaps.length; at += gapsAtOnce) {
        const step = gaps.slice(at, at + gapsAtOnce)
        found.push(...(await read(() => step.map((row) => ({...row, refs: refsOf(row)})))))
        // Answers go on in between.
        await new Promise(setImmediate)
      }
      return found.map(({id, scope, refs}) => ({id, scope, refs}))
    },
    counts: (filter) =>
      read(() => {
        const {conditions, values} = conditionsOf(filter)
        const rows = db
          .prepare<unknown[], {state: GapState; n: number}>(
            `SELECT state, count(*) AS n FROM gaps ${where(conditions)} GROUP BY state`,
          )
          .all(...values)
        const counts = {open: 0, closed: 0, dismissed: 0}
        for (const {state, n} of rows) counts[state] = n
        return counts
      }),
    asOf: () => read(() => numberOf(stateOf.get('asOf'))),
    // A file is of one server.
    isGroupedElsewhere: async () => false,
    get: (id) => read(() => gapOrNull(byId.get(id))),
    idsStartingWith: (start, limit) => read(() => (start === '' ? [] : beginning.all(start, start, limit))),
    questions: (id, limit) => read(() => ofGap.all(id, limit)),
    history: (id) => read(() => events.all(id, maxHistory)),
    change: (id, given) =>
      change(() => {
        const {before, decided} = decideChange(byId.get(id) ?? null, given, now())
        if (decided === null) return gapOf(before)
        write(id, decided, given)
        return gapOf(byId.get(id)!)
      }),
    closedBy: (build) =>
      read(() => {
        const closed = closedBy.all(build, maxClosed)
        return closed.length > 0 || stateOf.get('checked') === build ? closed : null
      }),
    gapOf: (ref) => read(() => gapOfQuestion.get(ref) ?? null),
    forget,
    forgetPage: prepareForgettingPage(database),
    close: () => db.close(),
  }
}

function gapOrNull(row: GapRow | undefined): Gap | null {
  return row === undefined ? null : gapOf(row)
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}

function conditionsOf(filter: GapFilter): {
  readonly conditions: string[]
  readonly values: unknown[]
} {
  const wanted = wantedColumns(filter)
  return {conditions: wanted.map(([column]) => `${column} IS ?`), values: wanted.map(([, value]) => value)}
}
