import type {Queries} from '../../postgres/index.ts'
import type {TranscriptStorage} from '../transcript-store.ts'

/** Tables of what is kept of answers, each with its indexes and its partitions. */
const kept = ['answers', 'events', 'prompts', 'shown_sections', 'shared_texts', 'text_uses']
/** Tables of what lies beside. */
const beside = ['claimed_keys', 'uncounted', 'roll_ups', 'page_days', 'counted', 'question_days', 'questions']

interface Sizes {
  readonly bytes: number
  readonly besideBytes: number
  readonly oldestAt: number | null
}

/**
 * What the transcripts of all servers take, with room that removed ones have left until it is used again.
 * @throws DocentError `storage`.
 */
export async function postgresStorage(queries: Queries): Promise<TranscriptStorage> {
  const size = (tables: string) =>
    `SELECT coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
     FROM unnest(${tables}::text[]) AS name CROSS JOIN pg_partition_tree(to_regclass('docent.' || name))`
  const found = await queries.row<Sizes>(
    `SELECT (${size('$1')}) AS bytes, (${size('$2')}) AS "besideBytes",
       (SELECT started_at FROM docent.answers ORDER BY row LIMIT 1) AS "oldestAt"`,
    [kept, beside],
  )
  return {bytes: 0, besideBytes: 0, oldestAt: null, ...found, maxBytes: null}
}
