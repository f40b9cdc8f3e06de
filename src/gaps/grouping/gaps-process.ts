import {DocentError, shuttingDown} from '../../domain/index.ts'
import {builtFile} from '../../package/index.ts'
import {ChildFailure, IdlePool} from '../../processes/index.ts'
import type {AnyGroupingTask, GapsSetup, GroupingReply} from './gaps-child.ts'
import type {GroupingTask, GroupingWork} from './run-grouping.ts'

/** Groups questions in a process of its own, with its own model. Close it once. */
export interface GapsProcess {
  /**
   * Groups the questions of the files that the task names; without, those in the database of the setup.
   * @returns whether nothing is left to be done.
   * @throws DocentError `shutting_down` once closed; why it failed.
   */
  group(task: Omit<GroupingTask, 'budgetMs'> | Omit<GroupingWork, 'budgetMs'>): Promise<boolean>
  /** Kills the process; what it has done stays. */
  close(): Promise<void>
}

const memoryMb = 1_024
/** One run takes no longer than this and a moment; the next goes on. */
const budgetMs = 5 * 60_000
const limits = {cpuMs: 10 * 60_000, wallMs: 20 * 60_000}
/** The process ends after this long without work, and gives its memory back. */
const idleMs = 10_000

export function openGapsProcess(setup: GapsSetup): GapsProcess {
  const pool = new IdlePool<AnyGroupingTask, GroupingReply>(
    {entry: builtFile('gaps-child.js'), setup, size: 1, memoryMb},
    idleMs,
  )
  return {
    async group(task) {
      if (pool.isClosed) throw shuttingDown()
      try {
        const reply = await pool.use(({run}) => run({...task, budgetMs}, limits))
        if ('isDone' in reply) return reply.isDone
        throw new DocentError(reply.problem.code, reply.problem.message)
      } catch (error) {
        if (!(error instanceof ChildFailure)) throw error
        if (pool.isClosed) throw shuttingDown()
        throw new DocentError('internal', `Questions cannot be grouped: ${error.message}`, {cause: error})
      }
    },
    close: () => pool.close(),
  }
}
