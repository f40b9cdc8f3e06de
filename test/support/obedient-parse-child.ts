import {setTimeout as wait} from 'node:timers/promises'
import {type ParseSetup, type ParseTask, parseTask} from '../../src/ingestion/parse-task.ts'
import {serveTasks} from '../../src/ingestion/serve-tasks.ts'

/** A parser that does what a page tells it to: never end, fill the memory, exit, or throw. */
serveTasks<ParseSetup, ParseTask>(async (setup) => ({
  ready: null,
  async perform({path, text}) {
    if (text.includes('LOOP')) for (;;);
    if (text.includes('HANG')) await wait(1e9)
    if (text.includes('EXIT')) process.exit(3)
    if (text.includes('THROW')) throw new Error('cannot make sense of it')
    if (text.includes('MEMORY')) {
      const kept: string[] = []
      for (let i = 0; ; i++) kept.push(`${'x'.repeat(1000)}${i}`.split('').join('-'))
    }
    return parseTask(setup, {path, text})
  },
}))
