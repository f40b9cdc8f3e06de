import {Worker} from 'node:worker_threads'
import {type ChildMessage, cpuSignal, type ParentMessage} from './child-pool.ts'

/**
 * The child's side of a pool: `prepare` gets the set-up and gives what is told to the parent and what does the
 * tasks. The process ends when its parent does, and when a task has used its processor time, even in the middle of
 * one.
 */
export function serveTasks<Setup, Task>(
  prepare: (setup: Setup) => Promise<{ready: unknown; perform: (task: Task) => Promise<unknown>}>,
): void {
  const limitCpu = watchFromThread()
  process.on('disconnect', () => process.exit(0))
  // Ctrl-C in a terminal reaches children too; the parent decides, and must not take it for a crash.
  process.on('SIGINT', () => undefined)
  let perform: ((task: Task) => Promise<unknown>) | null = null

  async function handle(message: ParentMessage): Promise<void> {
    try {
      if (message.type === 'setup') {
        const prepared = await prepare(message.setup as Setup)
        perform = prepared.perform
        tell({type: 'ready', value: prepared.ready})
      } else {
        limitCpu(message.cpuMs)
        const value = await perform?.(message.task as Task)
        limitCpu(null)
        tell({type: 'result', value})
      }
    } catch (error) {
      limitCpu(null)
      tell({type: 'error', message: error instanceof Error ? error.message : String(error)})
    }
  }

  process.on('message', (message: ParentMessage) => void handle(message))
}

function tell(message: ChildMessage): void {
  // A parent that has gone wants nothing more.
  if (process.connected) process.send?.(message, () => undefined)
}

/** How often the thread looks, in milliseconds: a page that never ends is found so much late. */
const lookEveryMs = 250

/**
 * A thread looks, because the main one may be busy with a page that never ends: whether the parent is there, and how
 * much processor time the process has used. Gives what sets the limit, in milliseconds from now; null for none.
 */
function watchFromThread(): (cpuMs: number | null) => void {
  /** Microseconds of processor time at which the task under way is over; 0 for no limit. */
  const limit = new BigInt64Array(new SharedArrayBuffer(8))
  const watch = `
    const {workerData: {limit, lookEveryMs, cpuSignal}} = require('node:worker_threads')
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
      // In this order: a task that begins meanwhile has a later limit.
      const {user, system} = process.cpuUsage()
      const most = Number(Atomics.load(limit, 0))
      if (most > 0 && user + system > most) process.kill(process.pid, cpuSignal)
    }, lookEveryMs)`
  new Worker(watch, {eval: true, execArgv: [], env: {}, workerData: {limit, lookEveryMs, cpuSignal}}).unref()

  return (cpuMs) => {
    const {user, system} = process.cpuUsage()
    Atomics.store(limit, 0, cpuMs === null ? 0n : BigInt(Math.round(user + system + cpuMs * 1000)))
  }
}
