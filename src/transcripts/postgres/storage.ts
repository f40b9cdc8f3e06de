import type {Queries} from '../../postgres/index.ts'
import type {TranscriptStorage} from '../transcript-store.ts'
import {partitionsOf} from './partitions.ts'

/** Pages of a table that are read to estimate what is kept in it. */
const sampledPages = 500
/** What a table of fewer pages has not filled is reported as taken, but for an empty one: the least answer takes it. */
const smallPages = 64
/** What rows take besides their values: headers of rows and of pages, and room that is too small for a row. */
const overheadShare = 1.1
/** Of the values of a row that have no text. */
const rowBytes = 100

const bytesOf = (...columns: readonly string[]) =>
  [rowBytes, ...columns.map((column) => `coalesce(pg_column_size(${column}), 0)`)].join(' + ')

/** The bytes of a row in each kind of table. What a row has in another place, as it is long, is counted without being read. */
const rowSizes = {
  answers: bytesOf(
    'id',
    'question',
    'page',
    'settings',
    'text',
    'usage',
    'timings',
    'facts',
    'rating_comment',
    'review_note',
    'corrected_answer',
    'cited',
    'words',
  ),
  events: bytesOf('data', 'pieces'),
  prompts: bytesOf('body'),
  shared_texts: bytesOf('text'),
  shown_sections: bytesOf('id', 'path'),
  text_uses: bytesOf(),
} as const

/** Bytes of the transcripts in PostgreSQL. */
export interface UsedBytes {
  /** Of answers with all that belongs to them, with their share of the indexes, without room that removed ones have left. */
  readonly kept: number
  /** What small tables have not filled yet, but for empty ones. */
  readonly unfilled: number
  /** Of the tables with all room: PostgreSQL fills that of removed answers again, and gives it back when a month is dropped. */
  readonly allocated: number
}

/** What the transcripts take in PostgreSQL, which is an estimate. @throws DocentError `storage`. */
export async function storageOf(queries: Queries, maxBytes: number): Promise<TranscriptStorage> {
  const {kept, unfilled, allocated} = await usedBytes(queries)
  const bytes = kept + unfilled
  const oldest = await queries.row<{readonly at: number}>(
    'SELECT started_at AS at FROM docent.answers ORDER BY row LIMIT 1',
  )
  const figures = await queries.row<{readonly bytes: number}>(
    `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
     WHERE relnamespace = 'docent'::regnamespace AND relkind = 'r'
       AND relname IN ('claimed_keys', 'uncounted', 'roll_ups', 'page_days', 'counted', 'question_days', 'questions')`,
  )
  return {
    bytes,
    maxBytes: maxBytes === 0 ? null : maxBytes,
    besideBytes: allocated - bytes + (figures?.bytes ?? 0),
    oldestAt: oldest?.at ?? null,
  }
}

/**
 * How much is kept. PostgreSQL does not say what of a table is empty, so that some pages of each are read: all of a small one,
 * and 500, by chance, of a large one, with an error of a few hundredths.
 * @throws DocentError `storage`.
 */
export async function usedBytes(queries: Queries): Promise<UsedBytes> {
  const partitions = (await partitionsOf(queries)).map(({parent, name}) => ({kind: parent, name}))
  const others = (['prompts', 'shared_texts', 'shown_sections', 'text_uses'] as const).map((kind) => ({
    kind,
    name: `docent.${kind}`,
  }))
  let kept = 0
  let unfilled = 0
  let allocated = 0
  for (const {kind, name} of [...partitions, ...others]) {
    const size = await queries.row<{readonly total: number; readonly table: number; readonly pages: number}>(
      `SELECT pg_total_relation_size(oid) AS total, pg_table_size(oid) AS table,
         pg_relation_size(oid) / current_setting('block_size')::bigint AS pages
       FROM pg_class WHERE oid = to_regclass($1)`,
      [name],
    )
    // It was dropped meanwhile.
    if (size === null) continue
    allocated += size.total
    const share = await keptShare(queries, {name, size: rowSizes[kind], ...size})
    kept += size.total * share
    if (share > 0 && size.pages < smallPages) unfilled += size.total * (1 - share)
  }
  return {kept: Math.round(kept), unfilled: Math.round(unfilled), allocated}
}

async function keptShare(
  queries: Queries,
  {
    name,
    size,
    table,
    pages,
  }: {readonly name: string; readonly size: string; readonly table: number; readonly pages: number},
): Promise<number> {
  if (pages === 0) return 0
  const percent = Math.min(100, (100 * sampledPages) / pages)
  const sampled = await queries.row<{readonly bytes: number}>(
    `SELECT coalesce(sum(${size}), 0)::bigint AS bytes FROM ${name} TABLESAMPLE SYSTEM (${percent})`,
  )
  const bytes = ((sampled?.bytes ?? 0) * 100) / percent
  return Math.min(1, (bytes * overheadShare) / table)
}
