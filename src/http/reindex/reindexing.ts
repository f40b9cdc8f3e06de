import {randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {
  DocentError,
  type ErrorCode,
  readerMessageOf,
  shuttingDown,
  toDocentError,
} from '../../domain/index.ts'
import type {Log} from '../log.ts'

/** One ingest, run outside this process. */
export interface IngestRun {
  /** Progress events. Ends when the ingest has ended. */
  readonly progress: AsyncIterable<unknown>
  /** The report of the ingest. Rejects with a DocentError such as `locked` or `gate_failed`. */
  readonly report: Promise<unknown>
  /** Ends it at once; the current build stays. Absent where it cannot be ended. */
  kill?(): void
}

export interface ReindexOptions {
  /** Whether to embed everything again. */
  readonly full: boolean
  /** Whether to publish although a gate fails. Default false. */
  readonly force?: boolean
}

/** Who began a reindex: somebody of the staff, a push event, or the timer that asks repositories for changes. */
export interface ReindexStarter {
  readonly by: 'staff' | 'webhook' | 'timer'
  /** The name of somebody of the staff; null for others. */
  readonly name: string | null
}

/** A reindex, for people. Times are milliseconds since the epoch. */
export interface ReindexJob extends ReindexStarter {
  readonly id: string
  /** `waiting` for the one that is running. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly full: boolean
  readonly force: boolean
  readonly requestedAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** The last progress of one that is running; else null. */
  readonly progress: unknown
  /** `outcome` of the report; null before the end, and without a report. */
  readonly outcome: string | null
  /** The build that it made, or left current; null where that is not known. */
  readonly build: string | null
  /** Why it failed; else null. */
  readonly problem: {readonly code: string; readonly message: string} | null
  /** Whether it can be cancelled now. */
  readonly canCancel: boolean
}

export type StartIngest = (options: ReindexOptions) => IngestRun

export type ReindexEvent =
  | {readonly type: 'progress'; readonly progress: unknown}
  | {readonly type: 'done'; readonly report: unknown}
  | {
      readonly type: 'error'
      readonly code: ErrorCode | 'cancelled'
      readonly message: string
      /** Of an ingest that a gate has refused. */
      readonly report?: unknown
    }

export interface SequencedReindexEvent {
  readonly seq: number
  readonly event: ReindexEvent
}

/** A job with what others need to show it and to follow it. */
export interface ToldJob {
  readonly job: ReindexJob
  /** Number of its last event. */
  readonly seq: number
  /** Its last event, if it has ended; else null. */
  readonly end: Extract<ReindexEvent, {type: 'done' | 'error'}> | null
}

/** Reindexing over HTTP: one job at a time, each with events that can be read again. */
export interface Reindexing {
  /** Starts a job and returns its id. @throws DocentError `locked` with the id of a job that is still running. */
  start(options: ReindexOptions, starter: ReindexStarter): Promise<string>
  /**
   * Starts a job, or lets another follow the one that is running, which may have read the docs before they changed. Any
   * number of requests meanwhile share that job. While another process indexes the docs it waits. `report` is that of the
   * ingest, and rejects as it does.
   */
  request(starter: ReindexStarter): {readonly id: string; readonly report: Promise<unknown>}
  isKnown(jobId: string): Promise<boolean>
  /** The last ones, newest first, with those that run and wait. */
  list(): Promise<readonly ReindexJob[]>
  /**
   * Ends a job; what was published before stays. @throws DocentError `not_found`; `conflict` if it has ended or its ingest
   * cannot be ended.
   */
  cancel(jobId: string): Promise<void>
  /** Ends jobs that wait, for good. Those that run are ended by whoever runs their ingests. */
  close(): void
  /** Events after `after`, then live ones, up to and including `done` or `error`. */
  events(jobId: string, options: {after: number; signal: AbortSignal}): AsyncGenerator<SequencedReindexEvent>
}

interface Job {
  readonly id: string
  readonly options: ReindexOptions
  readonly starter: ReindexStarter
  readonly requestedAt: number
  startedAt: number | null
  endedAt: number | null
  ingest: IngestRun | null
  /** Whether it waits for another process that indexes the docs, rather than fail. */
  readonly isPatient: boolean
  /** Ends such a wait; null while there is none. */
  wait: AbortController | null
  progress: unknown
  isCancelled: boolean
  /** As it ended; null before. */
  end: Extract<ReindexEvent, {type: 'done' | 'error'}> | null
  readonly events: SequencedReindexEvent[]
  /** From the beginning, also while it waits for the job before it. */
  isRunning: boolean
  readonly waiting: Set<() => void>
  readonly report: Promise<unknown>
  readonly resolve: (report: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Number of jobs that can still be read, and of events kept of each: the newest. */
const maxJobs = 10
const maxEventsPerJob = 2000

/** How long a job waits for another process that indexes the docs, in milliseconds: at first, and at most. */
const firstWaitMs = 2_000
const maxWaitMs = 30_000

/**
 * Reindexing in this process.
 * @param onChange called when a job begins, goes on and ends. Default: nobody is told.
 */
export function createReindexing(
  startIngest: StartIngest,
  log: Log,
  onChange: (told: ToldJob) => void = () => {},
): Reindexing {
  const jobs = new Map<string, Job>()
  let running: Job | null = null
  let isClosed = false
  /** The job that follows the one that is running. */
  let next: Job | null = null

  function add(options: ReindexOptions, starter: ReindexStarter, isPatient: boolean): Job {
    const job = newJob(options, starter, isPatient)
    jobs.set(job.id, job)
    tell(job)
    for (const oldest of jobs.keys()) {
      if (jobs.size <= maxJobs) break
      jobs.delete(oldest)
    }
    return job
  }

  async function run(job: Job): Promise<void> {
    running = job
    try {
      const report = await reportOf(job)
      end(job, {type: 'done', report})
      job.resolve(report)
    } catch (thrown) {
      fail(job, thrown)
    }
    const following = next
    running = null
    next = null
    if (following !== null) void run(following)
  }

  async function reportOf(job: Job): Promise<unknown> {
    let waitMs = firstWaitMs
    for (;;) {
      try {
        job.startedAt = Date.now()
        const ingest = startIngest(job.options)
        job.ingest = ingest
        // Awaited below; it may fail while the progress is still being read.
        ingest.report.catch(() => {})
        for await (const progress of ingest.progress) {
          job.progress = progress
          publish(job, {type: 'progress', progress})
        }
        return await ingest.report
      } catch (thrown) {
        const error = toDocentError(thrown)
        if (error.code !== 'locked' || !job.isPatient || job.isCancelled || isClosed) throw error
        log.info(
          {jobId: job.id, holder: error.details},
          'a reindex waits for another process that indexes the docs',
        )
      }
      Object.assign(job, {startedAt: null, ingest: null, progress: null, wait: new AbortController()})
      tell(job)
      const {signal} = job.wait!
      await delay(waitMs, undefined, {signal, ref: false}).catch(() => {
        throw signal.reason
      })
      job.wait = null
      waitMs = Math.min(maxWaitMs, waitMs * 2)
    }
  }

  function tell(job: Job): void {
    onChange({job: shown(job), seq: job.events.at(-1)?.seq ?? 0, end: job.end})
  }

  function fail(job: Job, thrown: unknown): void {
    const error = job.isCancelled
      ? new DocentError('conflict', 'The reindex was cancelled.')
      : toDocentError(thrown)
    if (job.isCancelled) log.info({jobId: job.id}, 'a reindex was cancelled')
    else log.warn({jobId: job.id, err: error}, 'a reindex was not published')
    const code = job.isCancelled ? 'cancelled' : error.code
    const message = error.code === 'internal' ? readerMessageOf('internal') : error.message
    const {report} = error.details
    end(job, {type: 'error', code, message, ...(report === undefined ? {} : {report})})
    job.reject(error)
  }

  function end(job: Job, event: NonNullable<Job['end']>): void {
    job.end = event
    job.endedAt = Date.now()
    job.ingest = null
    job.isRunning = false
    publish(job, event)
  }

  function publish(job: Job, event: ReindexEvent): void {
    job.events.push({seq: (job.events.at(-1)?.seq ?? 0) + 1, event})
    if (job.events.length > maxEventsPerJob) job.events.shift()
    tell(job)
    wake(job)
  }

  function wake(job: Job): void {
    for (const settle of [...job.waiting]) settle()
  }

  return {
    async start(options, starter) {
      if (running !== null) {
        throw new DocentError('locked', 'The docs are already being indexed.', {details: {jobId: running.id}})
      }
      const job = add(options, starter, false)
      void run(job)
      return job.id
    },
    request(starter) {
      if (next !== null) return next
      const job = add({full: false}, starter, true)
      if (running === null) void run(job)
      else next = job
      return job
    },
    close() {
      isClosed = true
      const waiting = next
      next = null
      if (waiting !== null) fail(waiting, shuttingDown())
      running?.wait?.abort(shuttingDown())
    },
    isKnown: async (jobId) => jobs.has(jobId),
    list: async () => [...jobs.values()].reverse().map(shown),
    async cancel(jobId) {
      const job = jobs.get(jobId)
      if (!job) throw new DocentError('not_found', 'There is no such reindex.')
      if (!canCancel(job))
        throw new DocentError('conflict', 'This reindex has ended, or cannot be cancelled.')
      job.isCancelled = true
      if (job.wait !== null) return job.wait.abort()
      if (job !== next) return job.ingest!.kill!()
      next = null
      fail(job, null)
    },
    async *events(jobId, {after, signal}) {
      const job = jobs.get(jobId)
      if (!job) throw new DocentError('not_found', 'There is no such reindex.')
      let seq = after
      while (!signal.aborted) {
        const next = job.events.filter((event) => event.seq > seq)
        for (const event of next) {
          yield event
          seq = event.seq
        }
        if (next.length > 0) continue
        if (!job.isRunning) return
        await new Promise<void>((resolve) => {
          const settle = () => {
            job.waiting.delete(settle)
            signal.removeEventListener('abort', settle)
            resolve()
          }
          job.waiting.add(settle)
          signal.addEventListener('abort', settle)
          if (signal.aborted) settle()
        })
      }
    },
  }
}

/** One that waits, or one whose ingest can be ended. */
function canCancel(job: Job): boolean {
  if (!job.isRunning || job.isCancelled) return false
  return job.startedAt === null || job.ingest?.kill !== undefined
}

function shown(job: Job): ReindexJob {
  const {id, options, starter, requestedAt, startedAt, endedAt, end, progress} = job
  const report = (end?.report ?? null) as {
    readonly outcome?: string
    readonly build?: string | null
  } | null
  return {
    id,
    ...starter,
    state: stateOf(job),
    full: options.full,
    force: options.force ?? false,
    requestedAt,
    startedAt,
    endedAt,
    progress: job.isRunning ? (progress ?? null) : null,
    outcome: report?.outcome ?? null,
    build: report?.build ?? null,
    problem: end?.type === 'error' ? {code: end.code, message: end.message} : null,
    canCancel: canCancel(job),
  }
}

function stateOf({startedAt, end}: Job): ReindexJob['state'] {
  if (end === null) return startedAt === null ? 'waiting' : 'running'
  if (end.type === 'done') return 'done'
  return end.code === 'cancelled' ? 'cancelled' : 'failed'
}

function newJob(options: ReindexOptions, starter: ReindexStarter, isPatient: boolean): Job {
  let resolve: Job['resolve'] = () => {}
  let reject: Job['reject'] = () => {}
  const report = new Promise<unknown>((onReport, onError) => {
    resolve = onReport
    reject = onError
  })
  // The events tell of a failure, and not everybody waits for the report.
  report.catch(() => {})
  const id = randomUUID()
  return {
    ...{id, options, starter, isPatient, report, resolve, reject},
    wait: null,
    requestedAt: Date.now(),
    startedAt: null,
    endedAt: null,
    ingest: null,
    progress: null,
    isCancelled: false,
    end: null,
    events: [],
    isRunning: true,
    waiting: new Set(),
  }
}
