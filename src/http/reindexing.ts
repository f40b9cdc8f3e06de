import {randomUUID} from 'node:crypto'
import {DocentError, type ErrorCode, readerMessageOf, toDocentError} from '../domain/index.ts'
import type {Log} from './log.ts'

/** One ingest, run outside this process. */
export interface IngestRun {
  /** Progress events. Ends when the ingest has ended. */
  readonly progress: AsyncIterable<unknown>
  /** The report of the ingest. Rejects with a DocentError such as `locked` or `gate_failed`. */
  readonly report: Promise<unknown>
}

export interface ReindexOptions {
  /** Whether to embed everything again. */
  readonly full: boolean
}

export type StartIngest = (options: ReindexOptions) => IngestRun

export type ReindexEvent =
  | {readonly type: 'progress'; readonly progress: unknown}
  | {readonly type: 'done'; readonly report: unknown}
  | {readonly type: 'error'; readonly code: ErrorCode; readonly message: string}

export interface SequencedReindexEvent {
  readonly seq: number
  readonly event: ReindexEvent
}

/** Reindexing over HTTP: one job at a time, each with events that can be read again. */
export interface Reindexing {
  /** Starts a job and returns its id. @throws DocentError `locked` with the id of a job that is still running. */
  start(options: ReindexOptions): string
  /**
   * Starts a job, or lets another follow the one that is running, which may have read the docs before they changed. Any
   * number of requests meanwhile share that job. `report` is that of the ingest, and rejects as it does.
   */
  request(): {readonly id: string; readonly report: Promise<unknown>}
  isKnown(jobId: string): boolean
  /** Events after `after`, then live ones, up to and including `done` or `error`. */
  events(jobId: string, options: {after: number; signal: AbortSignal}): AsyncGenerator<SequencedReindexEvent>
}

interface Job {
  readonly id: string
  readonly options: ReindexOptions
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

export function createReindexing(startIngest: StartIngest, log: Log): Reindexing {
  const jobs = new Map<string, Job>()
  let running: Job | null = null
  /** The job that follows the one that is running. */
  let next: Job | null = null

  function add(options: ReindexOptions): Job {
    const job = newJob(options)
    jobs.set(job.id, job)
    for (const oldest of jobs.keys()) {
      if (jobs.size <= maxJobs) break
      jobs.delete(oldest)
    }
    return job
  }

  async function run(job: Job): Promise<void> {
    running = job
    try {
      const ingest = startIngest(job.options)
      // Awaited below; it may fail while the progress is still being read.
      ingest.report.catch(() => {})
      for await (const progress of ingest.progress) publish(job, {type: 'progress', progress})
      const report = await ingest.report
      publish(job, {type: 'done', report})
      job.resolve(report)
    } catch (thrown) {
      const error = toDocentError(thrown)
      log.warn({jobId: job.id, err: error}, 'a reindex was not published')
      const message = error.code === 'internal' ? readerMessageOf('internal') : error.message
      publish(job, {type: 'error', code: error.code, message})
      job.reject(error)
    }
    job.isRunning = false
    wake(job)
    const following = next
    running = null
    next = null
    if (following !== null) void run(following)
  }

  function publish(job: Job, event: ReindexEvent): void {
    job.events.push({seq: (job.events.at(-1)?.seq ?? 0) + 1, event})
    if (job.events.length > maxEventsPerJob) job.events.shift()
    wake(job)
  }

  function wake(job: Job): void {
    for (const settle of [...job.waiting]) settle()
  }

  return {
    start(options) {
      if (running !== null) {
        throw new DocentError('locked', 'The docs are already being indexed.', {details: {jobId: running.id}})
      }
      const job = add(options)
      void run(job)
      return job.id
    },
    request() {
      if (next !== null) return next
      const job = add({full: false})
      if (running === null) void run(job)
      else next = job
      return job
    },
    isKnown: (jobId) => jobs.has(jobId),
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

function newJob(options: ReindexOptions): Job {
  let resolve: Job['resolve'] = () => {}
  let reject: Job['reject'] = () => {}
  const report = new Promise<unknown>((onReport, onError) => {
    resolve = onReport
    reject = onError
  })
  // The events tell of a failure, and not everybody waits for the report.
  report.catch(() => {})
  const id = randomUUID()
  return {id, options, events: [], isRunning: true, waiting: new Set(), report, resolve, reject}
}
