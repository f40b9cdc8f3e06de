import {constants, setPriority} from 'node:os'
import {type ErrorCode, toDocentError} from '../../domain/index.ts'
import {type Embedder, openEmbedder} from '../../embedding/index.ts'
import {makeFilesPrivate, takeExclusiveLock} from '../../native/index.ts'
import {openPostgres} from '../../postgres/index.ts'
import {serveTasks} from '../../processes/index.ts'
import {runPostgresGrouping} from '../postgres/run-postgres-grouping.ts'
import {type GroupingTask, type GroupingWork, runGrouping} from './run-grouping.ts'

/** The embedding model, as `openEmbedder` has it. */
export interface GapsSetup {
  readonly model: string | null
  readonly cacheDir: string
  readonly languages?: Parameters<typeof openEmbedder>[0]['languages']
  /** Where questions and gaps are that are in no data folder. */
  readonly databaseUrl?: string | null
}

/** Of a data folder, or of the database of the setup. */
export type AnyGroupingTask = GroupingTask | GroupingWork

export type GroupingReply =
  | {readonly isDone: boolean}
  | {readonly problem: {readonly code: ErrorCode; readonly message: string}}

/** How long another process that groups the same gaps is waited for, in milliseconds. */
const lockWaitMs = 60_000

/** One statement follows the other, and the claim is renewed meanwhile. */
const connections = 2

serveTasks<GapsSetup, AnyGroupingTask>(async ({model, cacheDir, languages, databaseUrl: url = null}) => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const embedder = await openEmbedder({model, cacheDir, ...(languages === undefined ? {} : {languages})})
  const postgres = url === null ? null : await openPostgres({url, connections})
  const perform = (task: AnyGroupingTask): Promise<boolean> => {
    if ('gaps' in task) return groupInFolder(task, embedder)
    if (postgres !== null) return runPostgresGrouping(task, postgres, embedder, {waitMs: lockWaitMs})
    throw new TypeError('a task without files needs the address of a database')
  }
  return {
    ready: null,
    async perform(task): Promise<GroupingReply> {
      try {
        return {isDone: await perform(task)}
      } catch (error) {
        const {code, message} = toDocentError(error)
        return {problem: {code, message}}
      }
    },
  }
})

async function groupInFolder(task: GroupingTask, embedder: Embedder): Promise<boolean> {
  makeFilesPrivate(`${task.gaps}.lock`)
  const lock = takeExclusiveLock(`${task.gaps}.lock`, lockWaitMs)
  // The other one does what this one would have done.
  if (lock === null) return false
  try {
    return await runGrouping(task, embedder)
  } finally {
    lock.release()
  }
}
