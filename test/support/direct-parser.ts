import {type ParseSetup, parseTask} from '../../src/ingestion/parse-task.ts'
import type {PageParser} from '../../src/ingestion/parser-pool.ts'

/** Parses pages in this process: nothing to start or kill. For tests with well-behaved pages. */
export function directParser(setup: ParseSetup): PageParser {
  return {parse: async (task) => parseTask(setup, task), close: () => {}}
}
