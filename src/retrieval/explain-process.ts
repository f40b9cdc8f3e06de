import {DocentError, rateLimited, shuttingDown} from '../domain/index.ts'
import {builtFile} from '../package/index.ts'
import {ChildFailure, IdlePool} from '../processes/index.ts'
import type {ExplainReply, ExplainSetup, ExplainTask} from './explain-child.ts'
import type {Explanation} from './retriever.ts'

/**
 * Explains searches of builds that are not served, in a process of its own with its own model: opening one takes seconds
 * and memory that answers must not miss. Close it once.
 */
export interface BuildExplainer {
  /**
   * @throws DocentError `conflict` for a build that cannot be searched, as one of another model; `version_not_found`;
   * `rate_limited` while others wait; `shutting_down` once closed; the signal's reason.
   */
  explain(task: ExplainTask, signal: AbortSignal): Promise<Explanation>
  close(): void
}

const memoryMb = 1_024
const limits = {cpuMs: 120_000, wallMs: 10 * 60_000, queueMs: 60_000}
/** The process ends after this long without a search, and gives its memory back. */
const idleMs = 2 * 60_000

export function openBuildExplainer(setup: ExplainSetup): BuildExplainer {
  const pool = new IdlePool<ExplainTask, ExplainReply>(
    {entry: builtFile('explain-child.js'), setup, size: 1, memoryMb},
    idleMs,
  )
  return {
    async explain(task, signal) {
      if (pool.isClosed) throw shuttingDown()
      try {
        const reply = await pool.use(({run}) => run(task, {...limits, signal}))
        if ('explanation' in reply) return reply.explanation
        const {code, message} = reply.problem
        throw new DocentError(code === 'version_not_found' ? code : 'conflict', message)
      } catch (error) {
        if (!(error instanceof ChildFailure)) throw error
        throw pool.isClosed ? shuttingDown() : refusalOf(error)
      }
    },
    close: () => void pool.close(),
  }
}

function refusalOf(failure: ChildFailure): DocentError {
  if (failure.kind === 'busy') {
    const message = 'Other builds are being searched. Please try again in a moment.'
    return rateLimited('reading', message, {retryAfterMs: 10_000, cause: failure})
  }
  return new DocentError(
    'conflict',
    `This build cannot be searched beside the one that is served: ${failure.message}`,
    {
      cause: failure,
    },
  )
}
