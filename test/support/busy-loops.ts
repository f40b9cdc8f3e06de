import {type ChildProcess, spawn} from 'node:child_process'

/** So many processes that want a whole core each, until they are stopped; none outlives this process for long. */
export function busyLoops(count: number): {stop(): void} {
  const loop = `
    const parent = process.ppid
    for (;;) {
      const until = Date.now() + 500
      while (Date.now() < until);
      if (process.ppid !== parent) process.exit()
    }`
  const loops: ChildProcess[] = Array.from({length: count}, () =>
    spawn(process.execPath, ['-e', loop], {stdio: 'ignore'}),
  )
  return {
    stop() {
      for (const child of loops) child.kill('SIGKILL')
    },
  }
}
