import {DocentError, rateLimited, shuttingDown} from '../domain/index.ts'
import {builtFile} from '../package/index.ts'
import {ChildFailure, type ChildPool, IdlePool} from '../processes/index.ts'
import type {StaffReads} from './staff-reads.ts'
import type {AsyncStaffReads} from './transcript-reader.ts'
import type {ReadCall, ReaderSetup, ReadReply} from './transcripts-child.ts'

/** Reads of a file for staff, in child processes, so that no query delays a stream. Close it once. */
export interface ReaderProcess {
  /**
   * @throws DocentError what the read throws; `rate_limited` if all processes are busy for too long, `too_large` for a read
   * that exceeds its limit of time or memory, `shutting_down` once closed, `internal` if no process can be started.
   */
  readonly reads: AsyncStaffReads
  /** Whether a process has been started. */
  readonly isOpen: boolean
  /** Runs `work` while nothing is read, or anyway if a current read takes too long. */
  whileIdle(work: () => void): Promise<void>
  /** Ends the processes. Resolves when they have closed the file. */
  close(): Promise<void>
}

export interface ReaderProcessOptions {
  /** Maximum CPU time of one read, in milliseconds. Default 20 seconds. */
  readonly cpuMs?: number
  /** The processes end after this long without a read, in milliseconds. Default 5 minutes. */
  readonly idleMs?: number
  /** Called when a read found the catalog damaged; it is tried once more when that has resolved. */
  readonly onCatalogDamaged?: () => Promise<void>
}

/** The second is started when the first is busy, so one slow search delays nobody else. */
const processes = 2
/** Heap of each process. SQLite's cache is not part of it, and is small. */
const memoryMb = 256
/** Maximum wall-clock time, for a disk that does not respond. */
const wallMs = 5 * 60_000
/** Maximum wait for a free process. */
const queueMs = 30_000

/** Processes start with the first read, and again after an idle period or a crash. */
export function openReaderProcess(files: ReaderSetup, options: ReaderProcessOptions = {}): ReaderProcess {
  const {cpuMs = 20_000, idleMs = 5 * 60_000, onCatalogDamaged = async () => {}} = options
  const pool = new IdlePool<ReadCall, ReadReply>(
    {entry: builtFile('transcripts-child.js'), setup: files, size: processes, memoryMb},
    idleMs,
  )

  async function attempt(call: ReadCall, {run}: ChildPool<ReadCall, ReadReply>): Promise<unknown> {
    let reply = await run(call, {cpuMs, wallMs, queueMs})
    if ('problem' in reply && reply.isCatalogDamaged) {
      await onCatalogDamaged()
      reply = await run(call, {cpuMs, wallMs, queueMs})
    }
    if ('problem' in reply) throw new DocentError(reply.problem.code, reply.problem.message)
    return reply.value
  }

  async function perform(call: ReadCall): Promise<unknown> {
    if (pool.isClosed) throw shuttingDown()
    try {
      return await pool.use((open) =>
        attempt(call, open).catch((error: unknown) => {
          // A machine that is short of memory kills processes: another one may survive.
          if (!(error instanceof ChildFailure && error.kind === 'died') || pool.isClosed) throw error
          return attempt(call, open)
        }),
      )
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error
      throw pool.isClosed ? shuttingDown() : refusalOf(error)
    }
  }

  /** A method of `StaffReads` that is executed by a process. */
  function remoteRead<Name extends keyof StaffReads>(name: Name): AsyncStaffReads[Name] {
    const method = (...args: unknown[]) => perform({name, args} as unknown as ReadCall)
    // The process replies with what the method of this name returns.
    return method as AsyncStaffReads[Name]
  }

  return {
    reads: {
      list: remoteRead('list'),
      ids: remoteRead('ids'),
      read: remoteRead('read'),
      material: remoteRead('material'),
      asked: remoteRead('asked'),
      analytics: remoteRead('analytics'),
      pageFigures: remoteRead('pageFigures'),
      values: remoteRead('values'),
    },
    get isOpen() {
      return pool.open !== null
    },
    whileIdle: (work) => pool.whilePaused(work),
    close: () => pool.close(),
  }
}

function refusalOf(failure: ChildFailure): DocentError {
  switch (failure.kind) {
    case 'busy':
      return rateLimited(
        'transcripts',
        'Too many transcripts are being read. Please try again in a moment.',
        {
          retryAfterMs: 2_000,
          cause: failure,
        },
      )
    case 'cpu':
    case 'memory':
    case 'stuck':
      return new DocentError(
        'too_large',
        `This read takes too much: ${failure.message}. Narrow it by dates or with more words.`,
        {cause: failure},
      )
    default:
      return new DocentError('internal', `Transcripts cannot be read: ${failure.message}`, {cause: failure})
  }
}
