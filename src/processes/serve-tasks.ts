import {Worker} from 'node:worker_threads'
import {type ChildMessage, cpuSignal, type ParentMessage} from './child-pool.ts'

/**
 * The child side of a pool. `prepare` receives the set-up, and resolves with a value for the parent and the function that
 * performs tasks. The process ends when its parent does, and when a task has used up its CPU time, even while it runs.
 */
export function serveTasks<Setup, Task>(
  prepare: (setup: Setup) => Promise<{ready: unknown; perform: (task: Task) => Promise<unknown>}>,
): void {
  const limitCpu = startWatchThread()
  process.on('disconnect', () => process.exit(0))
  // Ctrl-C in a terminal reaches children too. The parent decides, and must not mistake it for a crash.
  process.on('SIGINT', () => undefined)
  let perform: ((task: Task) => Promise<unknown>) | null = null

  async function handle(message: ParentMessage): Promise<void> {
    try {
      if (message.type === 'setup') {
        const prepared = await prepare(message.setup as Setup)
        perform = prepared.perform
        send({type: 'ready', value: prepared.ready})
      } else {
        limitCpu(message.cpuMs)
        const value = await perform?.(message.task as Task)
        limitCpu(null)
        send({type: 'result', value})
      }
    } catch (error) {
      limitCpu(null)
      send({type: 'error', message: error instanceof Error ? error.message : String(error)})
    }
  }

  process.on('message', (message: ParentMessage) => void handle(message))
}

function send(message: ChildMessage): void {
  // The parent may have exited.
  if (process.connected) process.send?.(message, () => undefined)
}

/** How often the thread checks, in milliseconds: the maximum delay until an endless task is found. */
const checkIntervalMs = 250

/**
 * Checks whether the parent is alive, and how much CPU time the process has used. This runs in a thread, because the main
 * one may be busy with an endless task. Returns a function that sets the limit, in milliseconds from now; null for none.
 */
function startWatchThread(): (cpuMs: number | null) => void {
  /** CPU time of the process in microseconds at which the task is ended; 0 for no limit. */
  const limit = new BigInt64Array(new SharedArrayBuffer(8))
  const watch = `
    const {workerData: {limit, checkIntervalMs, cpuSignal}} = require('node:worker_threads')
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
      // Read in this order: a task that begins in between has a later limit.
      const {user, system} = process.cpuUsage()
      const limitUs = Number(Atomics.load(limit, 0))
      if (limitUs > 0 && user + system > limitUs) process.kill(process.pid, cpuSignal)
    }, checkIntervalMs)`
  new Worker(watch, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: {limit, checkIntervalMs, cpuSignal},
  }).unref()

  return (cpuMs) => {
    const {user, system} = process.cpuUsage()
    Atomics.store(limit, 0, cpuMs === null ? 0n : BigInt(Math.round(user + system + cpuMs * 1000)))
  }
}
