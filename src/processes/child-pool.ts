import {type ChildProcess, fork} from 'node:child_process'

/**
 * Why a task gave no result:
 *
 * - `cpu` it used more processor time than it may; it would again, on any machine and beside any load
 * - `stuck` it was not done long after that time could have passed: it waits for something
 * - `memory` its heap overflowed; it would again
 * - `died` its process ended, and nothing tells why: the machine may have been short of memory
 * - `threw` the program says so itself
 * - `busy` all processes had other tasks for as long as it may wait
 * - `start` no process could be started, whatever the task
 */
export type ChildFailureKind = 'cpu' | 'stuck' | 'memory' | 'died' | 'threw' | 'busy' | 'start'

/** A task gave no result. The process that had it is gone, unless it `threw` or none had it; another takes its place. */
export class ChildFailure extends Error {
  override readonly name = 'ChildFailure'
  readonly kind: ChildFailureKind

  constructor(kind: ChildFailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}

export interface ChildPoolOptions {
  /** The child's program: it calls `serveTasks`. */
  readonly entry: URL
  /** Given to the child before its first task. */
  readonly setup: unknown
  readonly size: number
  /** Heap of a child; one that needs more dies. Default 512. */
  readonly memoryMb?: number
  /** Longest wait for a child to start and set itself up, in milliseconds by the clock. Default 10 minutes. */
  readonly startTimeoutMs?: number
}

export interface TaskOptions {
  /**
   * Processor time that the task may use, in milliseconds: of its process, all threads together. How busy the machine
   * is makes no difference. Default no limit.
   */
  readonly cpuMs?: number
  /** Longest wait by the clock, far beyond `cpuMs`: only for a task that waits and does nothing. */
  readonly wallMs: number
  /** Longest wait for a process that is busy, in milliseconds; one that starts is waited for. Default for ever. */
  readonly queueMs?: number
  readonly signal?: AbortSignal
}

export interface ChildPool<Task, Result> {
  /** Tasks wait their turn. @throws ChildFailure; the signal's reason when aborted, with the process killed. */
  run(task: Task, options: TaskOptions): Promise<Result>
  /** Starts nothing new, and resolves when nothing runs. Call what it gives to go on; once. */
  pause(): Promise<() => void>
  /** What the first child answered to its set-up. */
  ready(): Promise<unknown>
  /** Kills every child. Tasks still open fail. Resolves when no child is left. */
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

/** What a child ends itself with when its task has used its processor time: as the system does for such a timer. */
export const cpuSignal = 'SIGVTALRM'

/** Sent by a child. */
export type ChildMessage =
  | {readonly type: 'ready'; readonly value: unknown}
  | {readonly type: 'result'; readonly value: unknown}
  | {readonly type: 'error'; readonly message: string}

/**
 * Runs tasks in child processes that can be killed, one task at a time each. Processes, not threads: a thread
 * in native code cannot be stopped without taking this process along. Children start with the first task.
 */
export function openChildPool<Task, Result>(options: ChildPoolOptions): ChildPool<Task, Result> {
  const {entry, setup, size, memoryMb = 512, startTimeoutMs = 10 * 60_000} = options
  const workers = new Set<Worker>()
  const queue: Job[] = []
  let isClosed = false
  /** A program that cannot even start would be started for ever. */
  let failedStarts = 0
  let pauses = 0
  /** Those that have not ended, killed ones as well. */
  const alive = new Set<Promise<void>>()
  /** Wait for nothing to run. */
  const idle = new Set<() => void>()

  function start(): Worker {
    const child = fork(entry, [], {
      execArgv: [
        `--max-old-space-size=${memoryMb}`,
        // Parsing and tokenising leave much that is short-lived: with room for it they take a quarter less time.
        '--max-semi-space-size=32',
        // Several processes share the cores: helpers of the collector would wait for one another, and burn a fifth more.
        '--single-threaded-gc',
      ],
      serialization: 'advanced',
      // Native code and a heap that overflows write pages of text there.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let settleReady: (result: {value: unknown} | {error: Error}) => void = () => {}
    const ready = new Promise<unknown>((resolve, reject) => {
      settleReady = (result) => ('value' in result ? resolve(result.value) : reject(result.error))
    })
    // Who waits for it gets the failure through its task.
    ready.catch(() => undefined)
    const worker: Worker = {child, ready, isReady: false, job: null, timer: null}
    workers.add(worker)
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      // One that could not be started never exits.
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
        next(worker)
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
        next(worker)
        tellIdle()
      }
    })
    child.on('error', (error) => fail(worker, 'died', error.message))
    child.on('exit', (code, signal) => {
      settleReady({
        error: new ChildFailure('died', `it ended with ${signal ?? `exit ${code}`} before it was ready`),
      })
      if (signal === cpuSignal && worker.job?.options.cpuMs !== undefined) {
        fail(worker, 'cpu', `it needs more than ${seconds(worker.job.options.cpuMs)} of processor time`)
      } else if (signal === 'SIGABRT' && worker.isReady) {
        // How V8 ends a process whose heap is full.
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
    feed()
    tellIdle()
  }

  function next(worker: Worker): void {
    if (!worker.isReady || worker.job || pauses > 0) return
    const job = queue.shift()
    if (!job) return
    const {cpuMs = null, wallMs} = job.options
    worker.job = job
    worker.timer = setTimeout(() => fail(worker, 'stuck', `it was not done after ${seconds(wallMs)}`), wallMs)
    const message: ParentMessage = {type: 'task', task: job.task, cpuMs}
    worker.child.send(message, (error) => {
      if (error) fail(worker, 'died', error.message)
    })
  }

  function giveUpAfter(queueMs: number, job: Job): void {
    if (!queue.includes(job)) return
    const timer = setTimeout(() => {
      const at = queue.indexOf(job)
      if (at < 0) return
      if ([...workers].some(({isReady}) => !isReady)) return giveUpAfter(queueMs, job)
      queue.splice(at, 1)
      job.settle({error: new ChildFailure('busy', `no process was free for ${seconds(queueMs)}`)})
    }, queueMs)
    timer.unref()
  }

  function tellIdle(): void {
    if ([...workers].some(({job}) => job)) return
    for (const tell of [...idle]) tell()
  }

  function feed(): void {
    if (isClosed || pauses > 0) return
    for (const worker of [...workers]) next(worker)
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
        feed()
        if (taskOptions.queueMs !== undefined) giveUpAfter(taskOptions.queueMs, job)
      })
    },
    pause() {
      pauses++
      let isPaused = true
      const resume = (): void => {
        if (isPaused) pauses--
        isPaused = false
        feed()
      }
      return new Promise((resolve) => {
        const tell = (): void => {
          idle.delete(tell)
          resolve(resume)
        }
        idle.add(tell)
        tellIdle()
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
