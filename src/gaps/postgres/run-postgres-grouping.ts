import {randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import type {Embedder} from '../../embedding/index.ts'
import {applyPostgresMigrations, type Postgres} from '../../postgres/index.ts'
import {readUnansweredFromPostgres} from '../../transcripts/index.ts'
import {type GroupingWork, groupQuestions} from '../grouping/run-grouping.ts'
import {ClaimLost, claimGrouping} from './gap-lock.ts'
import {postgresGapMigrations} from './migrations.ts'
import {postgresGroupingStore} from './postgres-grouping-store.ts'

export interface PostgresGroupingOptions {
  /** How long another process that groups is waited for, in milliseconds. */
  readonly waitMs: number
  /** Milliseconds since the epoch; default: the clock of this process. */
  readonly now?: () => number
}

/** How often it is looked whether another process still groups, in milliseconds. */
const pollMs = 500

/**
 * Groups the questions of a database, as `runGrouping` does those of a data folder. One process does so at a time.
 * @returns whether nothing is left to be done; false also while another process groups.
 * @throws DocentError `storage`, and what opening the build throws.
 */
export async function runPostgresGrouping(
  task: GroupingWork,
  postgres: Postgres,
  embedder: Embedder,
  {waitMs, now = Date.now}: PostgresGroupingOptions,
): Promise<boolean> {
  await applyPostgresMigrations(postgres, 'gaps', postgresGapMigrations)
  const name = randomUUID()
  const waitUntil = performance.now() + waitMs
  let claim = await claimGrouping(postgres, name)
  while (claim === null) {
    if (performance.now() >= waitUntil) return false
    await delay(pollMs)
    claim = await claimGrouping(postgres, name)
  }
  const transcripts = readUnansweredFromPostgres(postgres)
  try {
    const store = postgresGroupingStore(postgres, claim)
    return await groupQuestions(task, {store, transcripts, embedder, now})
  } catch (error) {
    // The other one does what is left.
    if (error instanceof ClaimLost) return false
    throw error
  } finally {
    await claim.release()
  }
}
