import {DocentError} from '../../domain/index.ts'
import {type Postgres, type Queries, schema} from '../../postgres/index.ts'
import {firstNumberAt} from './answer-numbers.ts'
import {endedBetween, type RemoveAllOptions, removeAll} from './removal.ts'

/** Of an advisory lock: who makes or drops partitions. Any number, the same for all versions. */
const partitionLock = 4_021_863_502
/** Everybody who asks for a table waits behind whoever waits for all of it: rather tried again later. */
const lockTimeoutMs = 3_000
/** Rows of the default partition that are moved to a new one. */
const maxMovedRows = 10_000
/** SQLSTATE of a lock that was waited for too long, and of two that were waited for by each other. */
const busyCodes: readonly unknown[] = ['55P03', '40P01']

interface PartitionedTable {
  readonly table: 'answers' | 'events'
  /** The column with the number of the answer. */
  readonly key: string
}

const partitioned: readonly PartitionedTable[] = [
  {table: 'answers', key: 'row'},
  {table: 'events', key: 'answer'},
]

/** A calendar month (UTC), whose answers are in partitions of their own. */
export interface Month {
  /** `2026_11`, the end of the names of its partitions. */
  readonly name: string
  /** The least number of an answer of it. */
  readonly from: number
  /** The least number of an answer of the next one. */
  readonly to: number
  /** When it ends, in milliseconds since the epoch, exclusive. */
  readonly endsAt: number
}

/** @param at milliseconds since the epoch */
export function monthAt(at: number): Month {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const endsAt = Date.UTC(year, month + 1)
  return {
    name: `${year}_${String(month + 1).padStart(2, '0')}`,
    from: firstNumberAt(Date.UTC(year, month)),
    to: firstNumberAt(endsAt),
    endsAt,
  }
}

/** The month after the one that a time is in. */
export function nextMonth(at: number): Month {
  return monthAt(monthAt(at).endsAt)
}

/**
 * Makes the partitions of `docent.answers` and `docent.events` for all months (UTC) from one time to another, both inclusive
 * and in milliseconds since the epoch, where they are missing. Any number of processes may do it at once.
 *
 * Rows of such a month that are in the default partition, because there was no other when they were written, are moved. More
 * than 10,000 of them stay there, as nothing can be read meanwhile, and so do those that come for that month: they are found
 * and removed like all others, but their space is given back by vacuum alone.
 * @throws DocentError `storage`, also if a table is in use for more than three seconds.
 */
export async function ensurePartitions(
  postgres: Postgres,
  {from, to}: {readonly from: number; readonly to: number},
): Promise<void> {
  for (let month = monthAt(from); ; month = monthAt(month.endsAt)) {
    for (const {table, key} of partitioned) {
      if (await exists(postgres, `${table}_${month.name}`)) continue
      await postgres.transaction((queries) => create(queries, {table, key, month}))
    }
    if (month.endsAt > to) return
  }
}

async function create(
  queries: Queries,
  {table, key, month}: PartitionedTable & {readonly month: Month},
): Promise<void> {
  await lockPartitions(queries)
  const local = `${table}_${month.name}`
  if (await exists(queries, local)) return
  const name = `docent.${local}`
  const bounds = `FOR VALUES FROM (${month.from}) TO (${month.to})`
  const isOfMonth = `${key} >= ${month.from} AND ${key} < ${month.to}`
  // Made apart and attached: what asks for the whole table meanwhile neither waits nor is in the way.
  await queries.run(`CREATE TABLE ${name} (LIKE docent.${table} INCLUDING DEFAULTS)`)
  await queries.run(`LOCK TABLE docent.${table} IN SHARE UPDATE EXCLUSIVE MODE`)
  // Nothing may come into it between what is moved and the new partition.
  await queries.run(`LOCK TABLE docent.${table}_other IN ACCESS EXCLUSIVE MODE`)
  const early = await queries.row<{readonly n: number}>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM docent.${table}_other WHERE ${isOfMonth} LIMIT ${maxMovedRows + 1}) AS early`,
  )
  const rows = early?.n ?? 0
  if (rows > maxMovedRows) {
    await queries.run(`DROP TABLE ${name}`)
    return
  }
  await queries.run(
    `WITH moved AS (DELETE FROM docent.${table}_other WHERE ${isOfMonth} RETURNING *)
     INSERT INTO ${name} SELECT * FROM moved`,
  )
  await queries.run(`ALTER TABLE docent.${table} ATTACH PARTITION ${name} ${bounds}`)
}

/**
 * Removes the ended answers of whole months (UTC) that end before a time, in milliseconds since the epoch, with everything that
 * belongs to them, some at a time, and drops the partitions that are empty then, which gives their space back at once. A month
 * with an answer that has not ended keeps its partitions, and so does one that is in use for more than three seconds: the next
 * call drops it.
 * @returns the number of answers removed.
 * @throws DocentError `storage`.
 */
export async function dropPartitionsBefore(
  postgres: Postgres,
  before: number,
  options: RemoveAllOptions,
): Promise<number> {
  let removed = 0
  for (const month of await monthsOf(postgres)) {
    if (month.endsAt > before) break
    removed += await removeAll(postgres, endedBetween(month.from, month.to), options)
    await dropIfEmpty(postgres, month)
  }
  return removed
}

/** Drops the partitions of months that end before a time and have no answer any more. @throws DocentError `storage`. */
export async function dropEmptyPartitions(postgres: Postgres, before: number): Promise<void> {
  for (const month of await monthsOf(postgres)) if (month.endsAt <= before) await dropIfEmpty(postgres, month)
}

/** Months with a partition, the oldest first. @throws DocentError `storage`. */
async function monthsOf(queries: Queries): Promise<Month[]> {
  const names = new Set((await partitionsOf(queries)).flatMap(({month}) => month ?? []))
  return [...names].sort().map((name) => {
    const [year, month] = name.split('_').map(Number)
    return monthAt(Date.UTC(year!, month! - 1))
  })
}

/** A table that has a part of the answers or of the events. */
export interface Partition {
  readonly parent: 'answers' | 'events'
  /** With its schema. */
  readonly name: string
  /** `2026_11`; null for the default partition. */
  readonly month: string | null
}

/** @throws DocentError `storage`. */
export async function partitionsOf(queries: Queries): Promise<Partition[]> {
  const rows = await queries.rows<{readonly parent: 'answers' | 'events'; readonly name: string}>(
    `SELECT parent.relname AS parent, part.relname AS name FROM pg_inherits
       JOIN pg_class AS parent ON parent.oid = inhparent JOIN pg_class AS part ON part.oid = inhrelid
     WHERE inhparent IN ('docent.answers'::regclass, 'docent.events'::regclass) ORDER BY name`,
  )
  return rows.map(({parent, name}) => ({
    parent,
    name: `docent.${name}`,
    month: /_(\d{4}_\d\d)$/.exec(name)?.[1] ?? null,
  }))
}

/** Not both in one transaction: whoever reads answers and their events may hold one and wait for the other. */
async function dropIfEmpty(postgres: Postgres, month: Month): Promise<void> {
  for (const {table} of partitioned) {
    const name = `${table}_${month.name}`
    try {
      if (!(await exists(postgres, name)) || (await hasAnswers(postgres, month))) continue
      await postgres.transaction(async (queries) => {
        await lockPartitions(queries)
        if (!(await exists(queries, name))) return
        await queries.run(`LOCK TABLE ONLY docent.${table} IN ACCESS EXCLUSIVE MODE`)
        if (!(await hasAnswers(queries, month))) await queries.run(`DROP TABLE docent.${name}`)
      })
    } catch (error) {
      if (!isBusy(error)) throw error
    }
  }
}

async function hasAnswers(queries: Queries, {from, to}: Month): Promise<boolean> {
  const sql = 'SELECT 1 FROM docent.answers WHERE row >= $1 AND row < $2 LIMIT 1'
  return (await queries.row(sql, [from, to])) !== null
}

async function lockPartitions(queries: Queries): Promise<void> {
  await queries.run('SELECT pg_advisory_xact_lock($1)', [partitionLock])
  await queries.run(`SET LOCAL lock_timeout = ${lockTimeoutMs}`)
}

/** Not by `to_regclass`: within a transaction that may not see what another process has committed meanwhile. */
async function exists(queries: Queries, table: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = $2::regnamespace'
  return (await queries.row(sql, [table, schema])) !== null
}

function isBusy(error: unknown): boolean {
  return error instanceof DocentError && busyCodes.includes(error.details['postgres'])
}
