import {
  holdsIdempotencyKey,
  idempotencyWindowMs,
  type JournalEntry,
  type JournalledAnswer,
} from '../../answers/index.ts'
import {isAliveSql, type Queries} from '../../postgres/index.ts'
import {rowsAsJson} from './answer-writer.ts'

/** Longer than an answer holds its key. */
export const claimedKeyMs = 2 * 24 * 60 * 60 * 1000

/** How often a key is claimed again whose holder was removed in between. */
const maxTries = 5

/**
 * Claims an idempotency key for an answer that is about to begin, for all replicas: of two that claim it together one gets it.
 * A replica that died before it had written the answer holds it no longer, or the key would name an answer that never comes.
 * @param replica the name of this process
 * @param kept what is known of the answer to whoever joins it before it is in the store
 * @returns the answer that holds the key; null if it is this one now.
 * @throws DocentError `storage`.
 */
export async function claimKey(
  queries: Queries,
  key: string,
  kept: JournalEntry,
  replica: string,
): Promise<JournalledAnswer | null> {
  const {answerId, startedAt} = kept
  for (let tries = 0; tries < maxTries; tries++) {
    const claimed = await queries.row(
      `INSERT INTO docent.claimed_keys AS known (key, answer, started_at, entry, replica)
       SELECT key, answer, started_at, entry, replica
         FROM json_to_recordset($1) AS given(key text, answer text, started_at bigint, entry text, replica text)
       ON CONFLICT (key) DO UPDATE SET answer = excluded.answer, started_at = excluded.started_at,
           entry = excluded.entry, replica = excluded.replica
         WHERE known.answer = excluded.answer OR known.started_at <= excluded.started_at - $2::bigint
           OR NOT ${isAliveSql('known.replica')}
             AND NOT EXISTS (SELECT FROM docent.answers WHERE id = known.answer)
       RETURNING key`,
      [
        rowsAsJson([{key, answer: answerId, started_at: startedAt, entry: JSON.stringify(kept), replica}]),
        idempotencyWindowMs,
      ],
    )
    if (claimed !== null) return null
    const holder = await queries.row<{readonly entry: string}>(
      'SELECT entry FROM docent.claimed_keys WHERE key = $1',
      [key],
    )
    // Without one it was removed between the two statements.
    if (holder === null) continue
    const entry = JSON.parse(holder.entry) as JournalEntry
    if (holdsIdempotencyKey(entry, startedAt)) return {...entry, ending: null}
  }
  return null
}
