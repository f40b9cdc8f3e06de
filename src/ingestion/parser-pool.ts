import {openChildPool} from './child-pool.ts'
import type {ParseResult, ParseSetup, ParseTask} from './parse-task.ts'

/** Reads pages. Several at a time may be asked for. */
export interface PageParser {
  /** @throws ChildFailure when the page takes too long or too much, the signal's reason when aborted. */
  parse(task: ParseTask, options?: {readonly signal?: AbortSignal}): Promise<ParseResult>
  close(): void
}

export interface ParserPoolOptions {
  readonly size: number
  /** For one page. Default 10000. */
  readonly timeoutMs?: number
  /** Heap of one process. Default 512. */
  readonly memoryMb?: number
  /** The program of the processes; default the parser. */
  readonly entry?: URL
}

/** Pages are read in processes that can be killed: Markdown can be written that takes a parser hours. */
export function openParserPool(setup: ParseSetup, options: ParserPoolOptions): PageParser {
  const {size, timeoutMs = 10_000, memoryMb = 512} = options
  const entry = options.entry ?? new URL('./parse-child.ts', import.meta.url)
  const pool = openChildPool<ParseTask, ParseResult>({entry, setup, size, timeoutMs, memoryMb})
  return {parse: (task, taskOptions) => pool.run(task, taskOptions), close: () => pool.close()}
}
