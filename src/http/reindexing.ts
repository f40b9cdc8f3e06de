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
  isKnown(jobId: string): boolean
  /** Events after `after`, then live ones, up to and including `done` or `error`. */
  events(jobId: string, options: {after: number; signal: AbortSignal}): AsyncGenerator<SequencedReindexEvent>
}

interface Job {
  readonly id: string
  readonly events: SequencedReindexEvent[]
  isRunning: boolean
  readonly waiting: Set<() => void>
}

/** Number of jobs that can still be read, and of events kept of each: the newest. */
const maxJobs = 10
const maxEventsPerJob = 2000

export function createReindexing(startIngest: StartIngest, log: Log): Reindexing {
  const jobs = new Map<string, Job>()

  async function follow(job: Job, run: IngestRun): Promise<void> {
    try {
      for await (const progress of run.progress) publish(job, {type: 'progress', progress})
      publish(job, {type: 'done', report: await run.report})
    } catch (thrown) {
      const error = toDocentError(thrown)
      log.warn({jobId: job.id, err: error}, 'a reindex was not published')
      const message = error.code === 'internal' ? readerMessageOf('internal') : error.message
      publish(job, {type: 'error', code: error.code, message})
    }
    job.isRunning = false
    wake(job)
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
      const running = [...jobs.values()].find((job) => job.isRunning)
      if (running) {
        throw new DocentError('locked', 'The docs are already being indexed.', {details: {jobId: running.id}})
      }
      const job: Job = {id: randomUUID(), events: [], isRunning: true, waiting: new Set()}
      const run = startIngest(options)
      // `follow` reports a failure, but may still be reading progress when it occurs.
      run.report.catch(() => {})
      jobs.set(job.id, job)
      for (const oldest of jobs.keys()) {
        if (jobs.size <= maxJobs) break
        jobs.delete(oldest)
      }
      void follow(job, run)
      return job.id
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
