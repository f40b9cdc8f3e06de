import {type ChildProcess, fork} from 'node:child_process'

/**
 * Why a task has no result:
 *
 * - `cpu` it exceeded its CPU time; it would do so again, on any machine and under any load
 * - `stuck` it did not finish long after that time could have passed: it waits for something
 * - `memory` its heap overflowed; it would do so again
 * - `died` its process ended for an unknown reason: the machine may have been short of memory
 * - `threw` the task threw an error
 * - `busy` all processes had other tasks for as long as it was allowed to wait
 * - `start` no process could be started
 */
export type ChildFailureKind = 'cpu' | 'stuck' | 'memory' | 'died' | 'threw' | 'busy' | 'start'

/** A task failed. Unless it `threw` or had not started, its process was killed and is replaced by another. */
export class ChildFailure extends Error {
  override readonly name = 'ChildFailure'
  readonly kind: ChildFailureKind

  constructor(kind: ChildFailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}

export interface ChildPoolOptions {
  /** The program of the child, which calls `serveTasks`. */
  readonly entry: URL
  /** Sent to the child before its first task. */
  readonly setup: unknown
  readonly size: number
  /** Maximum heap of a child; one that needs more dies. Default 512. */
  readonly memoryMb?: number
  /** Maximum wall-clock time for a child to start and set itself up, in milliseconds. Default 10 minutes. */
  readonly startTimeoutMs?: number
}

export interface TaskOptions {
  /**
   * Maximum CPU time of the task in milliseconds: of its process, all threads together, so the load of the machine makes
   * no difference. Default: no limit.
   */
  readonly cpuMs?: number
  /** Maximum wall-clock time, far beyond `cpuMs`: only for a task that hangs without using CPU time. */
  readonly wallMs: number
  /** Maximum wait for a busy process, in milliseconds; the start of a process is not counted. Default: no limit. */
  readonly queueMs?: number
  readonly signal?: AbortSignal
}

export interface ChildPool<Task, Result> {
  /** Queues a task. Rejects with a ChildFailure, or with the signal's reason when aborted; that kills the process. */
  run(task: Task, options: TaskOptions): Promise<Result>
  /** Starts no more tasks, and resolves when none is running, with a function that resumes. */
  pause(): Promise<() => void>
  /** Resolves with what the first child returned from its set-up. */
  ready(): Promise<unknown>
  /** Kills every child; unfinished tasks fail. Resolves when no child is left. */
  close(): Promise<void>
}

interface Job {
  readonly task: unknown
  readonly options: TaskOptions
  readonly settle: (result: {value: unknown} | {error: Error}) => void
}

interface Worker {
  readonly child: ChildProcess
  readonly ready: Promise<unknown>
  isReady: boolean
  job: Job | null
  timer: NodeJS.Timeout | null
}

/** Sent to a child. */
export type ParentMessage =
  | {readonly type: 'setup'; readonly setup: unknown}
  | {readonly type: 'task'; readonly task: unknown; readonly cpuMs: number | null}

/** The signal a child ends itself with when its task has used its CPU time: the one the system uses for a CPU timer. */
export const cpuSignal = 'SIGVTALRM'

/** Sent by a child. */
export type ChildMessage =
  | {readonly type: 'ready'; readonly value: unknown}
  | {readonly type: 'result'; readonly value: unknown}
  | {readonly type: 'error'; readonly message: string}

/**
 * Runs tasks in child processes that can be killed, one task at a time in each. Processes, not threads: a thread in native
 * code cannot be stopped without ending the whole process. Children start with the first task.
 */
export function openChildPool<Task, Result>(options: ChildPoolOptions): ChildPool<Task, Result> {
  const {entry, setup, size, memoryMb = 512, startTimeoutMs = 10 * 60_000} = options
  const workers = new Set<Worker>()
  const queue: Job[] = []
  let isClosed = false
  /** Limits restarts of a program that cannot start. */
  let failedStarts = 0
  let pauses = 0
  /** Children that have not exited, including killed ones. */
  const alive = new Set<Promise<void>>()
  /** Called when no task is running. */
  const idleListeners = new Set<() => void>()

  function start(): Worker {
    const child = fork(entry, [], {
      execArgv: [
        `--max-old-space-size=${memoryMb}`,
        // Parsing and tokenising create many short-lived objects: with a larger semi-space they take a quarter less time.
        '--max-semi-space-size=32',
        // Several processes share the cores: helper threads of the collector would wait for each other and use a fifth more CPU.
        '--single-threaded-gc',
      ],
      serialization: 'advanced',
      // Native code and heap overflows write pages of text to stderr.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let settleReady: (result: {value: unknown} | {error: Error}) => void = () => {}
    const ready = new Promise<unknown>((resolve, reject) => {
      settleReady = (result) => ('value' in result ? resolve(result.value) : reject(result.error))
    })
    // The failure is reported through the task.
    ready.catch(() => undefined)
    const worker: Worker = {child, ready, isReady: false, job: null, timer: null}
    workers.add(worker)
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      // A child that could not be started never exits.
      child.once('error', () => {
        if (child.pid === undefined) resolve()
      })
    })
    alive.add(ended)
    void ended.then(() => alive.delete(ended))
    worker.timer = setTimeout(
      () => fail(worker, 'start', `it did not start within ${startTimeoutMs} ms`),
      startTimeoutMs,
    )

    child.on('message', (message: ChildMessage) => {
      if (message.type === 'ready') {
        clearTimer(worker)
        worker.isReady = true
        failedStarts = 0
        settleReady({value: message.value})
        assignNext(worker)
      } else if (message.type === 'error' && !worker.isReady) {
        settleReady({error: new ChildFailure('threw', message.message)})
        fail(worker, 'threw', message.message)
      } else if (worker.job) {
        const {job} = worker
        clearTimer(worker)
        worker.job = null
        job.settle(
          message.type === 'result'
            ? {value: message.value}
            : {
                error: new ChildFailure(
                  'threw',
                  message.type === 'error' ? message.message : 'a second ready',
                ),
              },
        )
        assignNext(worker)
        notifyIfIdle()
      }
    })
    child.on('error', (error) => fail(worker, 'died', error.message))
    child.on('exit', (code, signal) => {
      settleReady({
        error: new ChildFailure('died', `it ended with ${signal ?? `exit ${code}`} before it was ready`),
      })
      if (signal === cpuSignal && worker.job?.options.cpuMs !== undefined) {
        fail(worker, 'cpu', `it needs more than ${seconds(worker.job.options.cpuMs)} of CPU time`)
      } else if (signal === 'SIGABRT' && worker.isReady) {
        // V8 ends a process whose heap is full with this signal.
        fail(worker, 'memory', `it needs more than ${memoryMb} MB of memory`)
      } else fail(worker, 'died', `its process ended with ${signal ?? `exit ${code}`}`)
    })
    child.send({type: 'setup', setup} satisfies ParentMessage)
    return worker
  }

  function clearTimer(worker: Worker): void {
    if (worker.timer) clearTimeout(worker.timer)
    worker.timer = null
  }

  function fail(worker: Worker, kind: ChildFailure['kind'], message: string): void {
    if (!workers.delete(worker)) return
    clearTimer(worker)
    worker.child.kill('SIGKILL')
    worker.job?.settle({error: new ChildFailure(kind, message)})
    worker.job = null
    if (!worker.isReady && ++failedStarts >= 2 * size) {
      for (const job of queue.splice(0)) job.settle({error: new ChildFailure('start', message)})
    }
    assignTasks()
    notifyIfIdle()
  }

  function assignNext(worker: Worker): void {
    if (!worker.isReady || worker.job || pauses > 0) return
    const job = queue.shift()
    if (!job) return
    const {cpuMs = null, wallMs} = job.options
    worker.job = job
    worker.timer = setTimeout(
      () => fail(worker, 'stuck', `it did not finish within ${seconds(wallMs)}`),
      wallMs,
    )
    const message: ParentMessage = {type: 'task', task: job.task, cpuMs}
    worker.child.send(message, (error) => {
      if (error) fail(worker, 'died', error.message)
    })
  }

  function failAfter(queueMs: number, job: Job): void {
    if (!queue.includes(job)) return
    const timer = setTimeout(() => {
      const at = queue.indexOf(job)
      if (at < 0) return
      if ([...workers].some(({isReady}) => !isReady)) return failAfter(queueMs, job)
      queue.splice(at, 1)
      job.settle({error: new ChildFailure('busy', `no process was free for ${seconds(queueMs)}`)})
    }, queueMs)
    timer.unref()
  }

  function notifyIfIdle(): void {
    if ([...workers].some(({job}) => job)) return
    for (const notifyIdle of [...idleListeners]) notifyIdle()
  }

  function assignTasks(): void {
    if (isClosed || pauses > 0) return
    for (const worker of [...workers]) assignNext(worker)
    const starting = [...workers].filter((worker) => !worker.isReady).length
    for (let i = starting; i < queue.length && workers.size < size; i++) start()
  }

  return {
    run(task, taskOptions) {
      const {signal} = taskOptions
      return new Promise<Result>((resolve, reject) => {
        if (isClosed) return reject(new ChildFailure('died', 'the pool is closed'))
        if (signal?.aborted) return reject(signal.reason)
        const onAbort = (): void => {
          const at = queue.indexOf(job)
          if (at >= 0) queue.splice(at, 1)
          const worker = [...workers].find((candidate) => candidate.job === job)
          job.settle({error: signal?.reason})
          if (worker) {
            worker.job = null
            fail(worker, 'died', 'aborted')
          }
        }
        const job: Job = {
          task,
          options: taskOptions,
          settle(result) {
            signal?.removeEventListener('abort', onAbort)
            if ('value' in result) resolve(result.value as Result)
            else reject(result.error)
          },
        }
        signal?.addEventListener('abort', onAbort, {once: true})
        queue.push(job)
        assignTasks()
        if (taskOptions.queueMs !== undefined) failAfter(taskOptions.queueMs, job)
      })
    },
    pause() {
      pauses++
      let isPaused = true
      const resume = (): void => {
        if (isPaused) pauses--
        isPaused = false
        assignTasks()
      }
      return new Promise((resolve) => {
        const notifyIdle = (): void => {
          idleListeners.delete(notifyIdle)
          resolve(resume)
        }
        idleListeners.add(notifyIdle)
        notifyIfIdle()
      })
    },
    ready() {
      const [worker = start()] = workers
      return worker.ready
    },
    async close() {
      isClosed = true
      for (const job of queue.splice(0)) job.settle({error: new ChildFailure('died', 'the pool is closed')})
      for (const worker of [...workers]) fail(worker, 'died', 'the pool is closed')
      await Promise.all(alive)
    },
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}
