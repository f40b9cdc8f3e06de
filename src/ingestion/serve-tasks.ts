import {Worker} from 'node:worker_threads'
import type {ChildMessage} from './child-pool.ts'

type ParentMessage =
  | {readonly type: 'setup'; readonly setup: unknown}
  | {readonly type: 'task'; readonly task: unknown}

/**
 * The child's side of a pool: `prepare` gets the set-up and gives what is told to the parent and what does the
 * tasks. The process ends when its parent does, even in the middle of a task.
 */
export function serveTasks<Setup, Task>(
  prepare: (setup: Setup) => Promise<{ready: unknown; perform: (task: Task) => Promise<unknown>}>,
): void {
  endWithParent()
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
        tell({type: 'result', value: await perform?.(message.task as Task)})
      }
    } catch (error) {
      tell({type: 'error', message: error instanceof Error ? error.message : String(error)})
    }
  }

  process.on('message', (message: ParentMessage) => void handle(message))
}

function tell(message: ChildMessage): void {
  // A parent that has gone wants nothing more.
  if (process.connected) process.send?.(message, () => undefined)
}

/** A thread looks, because the main one may be busy with a page that never ends. */
function endWithParent(): void {
  process.on('disconnect', () => process.exit(0))
  const watch = `
    const parent = process.ppid
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 1000)`
  new Worker(watch, {eval: true, execArgv: [], env: {}}).unref()
}
