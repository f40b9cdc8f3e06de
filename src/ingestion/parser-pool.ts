import {ChildFailure, type ChildPool, openChildPool} from './child-pool.ts'
import type {ParseResult, ParseSetup, ParseTask} from './parse-task.ts'

/** Reads pages. Several at a time may be asked for. */
export interface PageParser {
  /** @throws ChildFailure when the page takes too long or too much, also when it is read alone and may take more. */
  parse(task: ParseTask): Promise<ParseResult>
  close(): void
}

export interface ParserPoolOptions {
  readonly size: number
  /** Processor time for a page, in milliseconds. Default `cpuLimitOf` its length. */
  readonly cpuMs?: number
  /** Longest wait for a page by the clock, in milliseconds. Default sixty times the processor time. */
  readonly wallMs?: number
  /** Heap of one process. Default 512. */
  readonly memoryMb?: number
  /** The program of the processes; default the parser. */
  readonly entry?: URL
}

/** A page that failed gets so many times the processor time and the memory when it is read alone. */
const moreAlone = {cpu: 6, memory: 2} as const

/** By the clock: what a process gets of a core among sixty that want it. */
const wallPerCpu = 60

/**
 * Processor time for a page of so many characters, in milliseconds. Usual pages need 1 to 3 s a megabyte, changelogs
 * of long lists 10: this lets a processor be six times slower, before a page is read again with more.
 */
export function cpuLimitOf(length: number): number {
  return 10_000 + Math.round(length * 0.06)
}

/**
 * Pages are read in processes that can be killed: Markdown can be written that takes a parser hours. What is limited
 * is processor time, so that a busy machine reads what an idle one does. A page that fails is read once more, with
 * nothing beside it and with larger limits.
 */
export function openParserPool(setup: ParseSetup, options: ParserPoolOptions): PageParser {
  const {size, memoryMb = 512} = options
  const entry = options.entry ?? new URL('./parse-child.ts', import.meta.url)
  const pool = openChildPool<ParseTask, ParseResult>({entry, setup, size, memoryMb})
  let large: ChildPool<ParseTask, ParseResult> | null = null
  let isClosed = false
  /** Pages are read alone one after the other. */
  let last: Promise<unknown> = Promise.resolve()

  function limitsOf({text}: ParseTask, times: number): {readonly cpuMs: number; readonly wallMs: number} {
    const cpuMs = (options.cpuMs ?? cpuLimitOf(text.length)) * times
    return {cpuMs, wallMs: options.wallMs ?? cpuMs * wallPerCpu}
  }

  async function parseAlone(task: ParseTask): Promise<ParseResult> {
    const resume = await pool.pause()
    try {
      if (isClosed) throw new ChildFailure('died', 'the pool is closed')
      large = openChildPool({entry, setup, size: 1, memoryMb: memoryMb * moreAlone.memory})
      return await large.run(task, limitsOf(task, moreAlone.cpu))
    } finally {
      large?.close()
      large = null
      resume()
    }
  }

  return {
    async parse(task) {
      try {
        return await pool.run(task, limitsOf(task, 1))
      } catch (error) {
        // What the program says of a page it says again; and without processes there is nothing to try with.
        if (!(error instanceof ChildFailure) || error.kind === 'threw' || error.kind === 'start') throw error
        const alone = last.then(() => parseAlone(task))
        last = alone.catch(() => undefined)
        return alone
      }
    },
    close() {
      isClosed = true
      pool.close()
      large?.close()
    },
  }
}
