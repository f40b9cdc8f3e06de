import {type ChildProcess, spawn} from 'node:child_process'

/** Starts processes that each keep a core busy until they are stopped, or shortly after this process ends. */
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
