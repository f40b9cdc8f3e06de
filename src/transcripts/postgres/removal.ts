import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {removalBatchSize} from '../removal.ts'
import {untilNoDeadlock} from './deadlocks.ts'

/**
 * Called in the transaction that removes answers, before anything of them is gone, with their numbers, which are locked. The
 * figures count what they have not counted of them yet, and forget as what they were counted. May be called again for the same
 * answers, if the transaction is rolled back.
 */
export type OnRemoving = (queries: Queries, rows: readonly number[]) => Promise<void>

/** Which answers: a condition on `docent.answers`, and its values, `$1` and so on. */
export interface RemovalCondition {
  readonly where: string
  readonly values: readonly unknown[]
}

export const withId = (id: string): RemovalCondition => ({where: 'id = $1', values: [storable(id)]})

export const ofConversation = (conversation: string): RemovalCondition => ({
  where: 'conversation = $1',
  values: [storable(conversation)],
})

export const ofVisitor = (visitor: string): RemovalCondition => ({
  where: 'visitor = $1',
  values: [storable(visitor)],
})

/** @param time milliseconds since the epoch, exclusive */
export const startedBefore = (time: number): RemovalCondition => ({
  where: 'started_at < $1',
  values: [time],
})

/** Of these, the ones that have ended. */
export const endedOf = ({where, values}: RemovalCondition): RemovalCondition => ({
  where: `ending IS NOT NULL AND (${where})`,
  values,
})

/** Ended answers with numbers from `from` to before `to`. */
export const endedBetween = (from: number, to: number): RemovalCondition => ({
  where: 'ending IS NOT NULL AND row >= $1 AND row < $2',
  values: [from, to],
})

export const ended: RemovalCondition = {where: 'ending IS NOT NULL', values: []}

interface FoundAnswer {
  readonly row: number
  readonly id: string
  readonly ref: string
}

/**
 * Removes the oldest answers that match, with everything that belongs to them, within a transaction.
 * @param limit maximum number of answers; default `removalBatchSize`
 * @returns the `ref` of each: fewer than `limit` if none is left.
 * @throws DocentError `storage`.
 */
export async function removeSome(
  queries: Queries,
  {where, values}: RemovalCondition,
  onRemoving: OnRemoving,
  limit = removalBatchSize,
): Promise<readonly string[]> {
  // All lock in one order, so that no two removals wait for each other.
  const found = await queries.rows<FoundAnswer>(
    `SELECT row, id, ref FROM docent.answers WHERE ${where} ORDER BY row LIMIT ${limit} FOR UPDATE`,
    values,
  )
  if (found.length === 0) return []
  const rows = found.map(({row}) => row)
  // Before `uncounted` is touched: who counts holds rows of it while others wait to count.
  await onRemoving(queries, rows)
  // Only the partitions between these are looked into.
  const between = [rows, rows[0], rows.at(-1)]
  await queries.run('DELETE FROM docent.answers WHERE row = ANY($1) AND row BETWEEN $2 AND $3', between)
  await queries.run('DELETE FROM docent.events WHERE answer = ANY($1) AND answer BETWEEN $2 AND $3', between)
  await queries.run('DELETE FROM docent.prompts WHERE answer = ANY($1)', [rows])
  await queries.run('DELETE FROM docent.shown_sections WHERE answer = ANY($1)', [rows])
  await queries.run('DELETE FROM docent.uncounted WHERE answer = ANY($1)', [rows])
  await queries.run('DELETE FROM docent.claimed_keys WHERE answer = ANY($1)', [found.map(({id}) => id)])
  const used = await queries.rows<{readonly text: number}>(
    'DELETE FROM docent.text_uses WHERE answer = ANY($1) RETURNING text',
    [rows],
  )
  await dropUnusedTexts(queries, used)
  return found.map(({ref}) => ref)
}

/** Drops those of these shared texts that no answer uses, within the transaction that took the uses away. */
export async function dropUnusedTexts(
  queries: Queries,
  used: readonly {readonly text: number}[],
): Promise<void> {
  const texts = [...new Set(used.map(({text}) => text))]
  if (texts.length === 0) return
  // Whoever begins to use a text, or takes another use away, holds its row until it has committed, in the order of the hashes.
  // What it did is seen by the next statement only.
  await queries.rows('SELECT id FROM docent.shared_texts WHERE id = ANY($1) ORDER BY hash FOR UPDATE', [
    texts,
  ])
  await queries.run(
    `DELETE FROM docent.shared_texts AS shared WHERE id = ANY($1)
       AND NOT EXISTS (SELECT 1 FROM docent.text_uses WHERE text = shared.id)`,
    [texts],
  )
}

export interface RemoveAllOptions {
  readonly onRemoving: OnRemoving
  /** Called after each transaction with the `ref` of each answer that it removed, at least one. */
  readonly onStep?: (refs: readonly string[]) => Promise<void>
  /**
   * Called first in each transaction: false ends the removal, as another process does it.
   * Default: none does.
   */
  readonly mayGoOn?: (queries: Queries) => Promise<boolean>
}

/**
 * Removes all answers that match, the oldest first, `removalBatchSize` in a transaction. What was removed before a failure
 * stays removed. PostgreSQL overwrites what is gone when it vacuums.
 * @returns the number of answers removed.
 * @throws DocentError `storage`, and what `onStep` rejects with.
 */
export async function removeAll(
  postgres: Postgres,
  condition: RemovalCondition,
  {onRemoving, onStep = async () => {}, mayGoOn = async () => true}: RemoveAllOptions,
): Promise<number> {
  let removed = 0
  for (;;) {
    const refs = await untilNoDeadlock(() =>
      postgres.transaction(async (queries) =>
        (await mayGoOn(queries)) ? removeSome(queries, condition, onRemoving) : [],
      ),
    )
    removed += refs.length
    if (refs.length > 0) await onStep(refs)
    if (refs.length < removalBatchSize) return removed
  }
}
