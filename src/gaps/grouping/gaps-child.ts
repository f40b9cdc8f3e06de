import {constants, setPriority} from 'node:os'
import {type ErrorCode, toDocentError} from '../../domain/index.ts'
import {openEmbedder} from '../../embedding/index.ts'
import {makeFilesPrivate, takeExclusiveLock} from '../../native/index.ts'
import {serveTasks} from '../../processes/index.ts'
import {type GroupingTask, runGrouping} from './run-grouping.ts'

/** The embedding model, as `openEmbedder` has it. */
export interface GapsSetup {
  readonly model: string | null
  readonly cacheDir: string
  readonly languages?: Parameters<typeof openEmbedder>[0]['languages']
}

export type GroupingReply =
  | {readonly isDone: boolean}
  | {readonly problem: {readonly code: ErrorCode; readonly message: string}}

/** How long another process that groups the same gaps is waited for, in milliseconds. */
const lockWaitMs = 60_000

serveTasks<GapsSetup, GroupingTask>(async ({model, cacheDir, languages}) => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const embedder = await openEmbedder({model, cacheDir, ...(languages === undefined ? {} : {languages})})
  return {
    ready: null,
    async perform(task): Promise<GroupingReply> {
      try {
        makeFilesPrivate(`${task.gaps}.lock`)
        const lock = takeExclusiveLock(`${task.gaps}.lock`, lockWaitMs)
        // The other one does what this one would have done.
        if (lock === null) return {isDone: false}
        try {
          return {isDone: await runGrouping(task, embedder)}
        } finally {
          lock.release()
        }
      } catch (error) {
        const {code, message} = toDocentError(error)
        return {problem: {code, message}}
      }
    },
  }
})
