import {DocentError, rateLimited, shuttingDown} from '../../domain/index.ts'
import {builtFile} from '../../package/index.ts'
import {ChildFailure, IdlePool} from '../../processes/index.ts'
import type {SectionNow} from '../../search-index/index.ts'
import type {
  BuildsReply,
  BuildsTask,
  ChangesPage,
  ChangesTask,
  CoverageTask,
  SectionsTask,
  SectionTask,
  SectionTexts,
} from './builds-child.ts'
import type {Coverage} from './coverage.ts'

/**
 * Reads kept builds for staff in a child process, so that no comparison delays a stream. Close it once.
 * @throws DocentError from every method: `conflict` for a build that cannot be read, `rate_limited` if others are being
 * read for too long, `too_large` for what takes too much time or memory, `shutting_down` once closed.
 */
export interface BuildsReader {
  changes(task: Omit<ChangesTask, 'kind'>): Promise<ChangesPage>
  /** What has become of sections that were shown. */
  sections(task: Omit<SectionsTask, 'kind'>): Promise<readonly SectionNow[]>
  section(task: Omit<SectionTask, 'kind'>): Promise<SectionTexts>
  coverage(task: Omit<CoverageTask, 'kind' | 'format'>): Promise<Coverage>
  coverageCsv(task: Omit<CoverageTask, 'kind' | 'format'>): Promise<string>
  close(): void
}

const memoryMb = 512
const limits = {cpuMs: 60_000, wallMs: 10 * 60_000, queueMs: 30_000}
/** The process ends after this long without a task. */
const idleMs = 5 * 60_000

export function openBuildsReader(): BuildsReader {
  const pool = new IdlePool<BuildsTask, BuildsReply>(
    {entry: builtFile('builds-child.js'), setup: null, size: 1, memoryMb},
    idleMs,
  )

  async function perform(task: BuildsTask): Promise<unknown> {
    if (pool.isClosed) throw shuttingDown()
    try {
      const reply = await pool.use(({run}) => run(task, limits))
      if ('problem' in reply) throw new DocentError(reply.problem.code, reply.problem.message)
      return reply.value
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error
      throw pool.isClosed ? shuttingDown() : refusalOf(error)
    }
  }

  return {
    // The process replies with what is asked of it.
    changes: (task) => perform({kind: 'changes', ...task}) as Promise<ChangesPage>,
    sections: (task) => perform({kind: 'sections', ...task}) as Promise<readonly SectionNow[]>,
    section: (task) => perform({kind: 'section', ...task}) as Promise<SectionTexts>,
    coverage: (task) => perform({kind: 'coverage', format: 'json', ...task}) as Promise<Coverage>,
    coverageCsv: (task) => perform({kind: 'coverage', format: 'csv', ...task}) as Promise<string>,
    close: () => void pool.close(),
  }
}

function refusalOf(failure: ChildFailure): DocentError {
  const cause = failure
  switch (failure.kind) {
    case 'busy':
      return rateLimited('reading', 'Other builds are being read. Please try again in a moment.', {
        retryAfterMs: 5_000,
        cause,
      })
    case 'cpu':
    case 'memory':
    case 'stuck':
      return new DocentError('too_large', `These builds take too much to read: ${failure.message}`, {cause})
    default:
      return new DocentError('internal', `Builds cannot be read: ${failure.message}`, {cause})
  }
}
