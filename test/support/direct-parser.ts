import {type ParseSetup, parseTask} from '../../src/ingestion/parse-task.ts'
import type {PageParser} from '../../src/ingestion/parser-pool.ts'

/** Reads pages in this process: nothing to start, nothing to kill. For tests whose pages are well-behaved. */
export function directParser(setup: ParseSetup): PageParser {
  return {parse: async (task) => parseTask(setup, task), close: () => {}}
}
