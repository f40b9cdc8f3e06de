import {setTimeout as wait} from 'node:timers/promises'
import {type ParseSetup, type ParseTask, parseTask} from '../../src/ingestion/parse-task.ts'
import {cpuSignal} from '../../src/processes/child-pool.ts'
import {serveTasks} from '../../src/processes/serve-tasks.ts'

/**
 * A parser that is scripted by the page's text: it never ends (`LOOP`), is ended as one whose CPU time is used up but at
 * once (`SLOW`), fills the memory, exits, throws, or first uses a given number of milliseconds of CPU time or megabytes of
 * heap.
 */
serveTasks<ParseSetup, ParseTask>(async (setup) => ({
  ready: null,
  async perform({path, text}) {
    if (text.includes('LOOP')) for (;;);
    if (text.includes('SLOW')) {
      process.kill(process.pid, cpuSignal)
      await wait(1e9)
    }
    if (text.includes('HANG')) await wait(1e9)
    if (text.includes('EXIT')) process.exit(3)
    if (text.includes('THROW')) throw new Error('cannot make sense of it')
    if (text.includes('MEMORY')) fill(Number.POSITIVE_INFINITY)
    const [, ms] = /BURN (\d+)/.exec(text) ?? []
    if (ms !== undefined) burn(Number(ms))
    const [, megabytes] = /NEED (\d+)/.exec(text) ?? []
    if (megabytes !== undefined) fill(Number(megabytes))
    return parseTask(setup, {path, text})
  },
}))

function burn(ms: number): void {
  const used = (): number => {
    const {user, system} = process.cpuUsage()
    return (user + system) / 1000
  }
  const start = used()
  while (used() - start < ms) JSON.parse('[1, 2, 3]')
}

function fill(megabytes: number): string[][] {
  const kept: string[][] = []
  // Each array of 131,072 references, eight bytes each, takes about a megabyte.
  for (let i = 0; i < megabytes; i++) kept.push(new Array(131_072).fill(`x${i}`))
  return kept
}
