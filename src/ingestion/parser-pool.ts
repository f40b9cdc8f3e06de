import {builtFile} from '../package/index.ts'
import {ChildFailure, type ChildPool, openChildPool} from '../processes/index.ts'
import type {ParseResult, ParseSetup, ParseTask} from './parse-task.ts'

/** Reads pages. Several at a time may be asked for. */
export interface PageParser {
  /** @throws ChildFailure when the page takes too long or too much, also when it is read alone and may take more. */
  parse(task: ParseTask): Promise<ParseResult>
  close(): void
}

export interface ParserPoolOptions {
  readonly size: number
  /** Processor time for a page, in milliseconds. Default by its length. */
  readonly cpuMs?: number
  /** Longest wait for a page by the clock, in milliseconds. Default `wallLimitOf` its processor time. */
  readonly wallMs?: number
  /** Heap of one process. Default 512. */
  readonly memoryMb?: number
  /** The program of the processes; default the parser. */
  readonly entry?: URL
}

/**
 * Processor time for a page of so many characters, in milliseconds. Usual pages need 1 to 3 s a megabyte, changelogs
 * of long lists 10.
 */
function cpuLimitOf(length: number): number {
  return 10_000 + Math.round(length * 0.04)
}

/** What a page gets that failed, when it is read alone: enough for a processor that is eight times slower. */
function cpuLimitAlone(cpuMs: number): number {
  return 2 * cpuMs + Math.min(40_000, 4 * cpuMs)
}

const memoryAlone = 2

/** Processor time that failing pages may take in all, in milliseconds, before no more are read again. */
const maxAloneMs = 15 * 60_000

/** By the clock: what a process gets of a core among thirty that want it, and no less than ten minutes. */
function wallLimitOf(cpuMs: number): number {
  return Math.max(10 * 60_000, 30 * cpuMs)
}

/**
 * Pages are read in processes that can be killed: Markdown can be written that takes a parser hours. What is limited
 * is processor time, so that a busy machine reads what an idle one does. A page that fails is read once more, with
 * nothing beside it and with larger limits.
 */
export function openParserPool(setup: ParseSetup, options: ParserPoolOptions): PageParser {
  const {size, memoryMb = 512} = options
  const entry = options.entry ?? builtFile('parse-child.js')
  const pool = openChildPool<ParseTask, ParseResult>({entry, setup, size, memoryMb})
  let large: ChildPool<ParseTask, ParseResult> | null = null
  let isClosed = false
  let failedAloneMs = 0
  /** Pages are read alone one after the other. */
  let last: Promise<unknown> = Promise.resolve()

  const limits = (cpuMs: number) => ({cpuMs, wallMs: options.wallMs ?? wallLimitOf(cpuMs)})
  const cpuFor = ({text}: ParseTask): number => options.cpuMs ?? cpuLimitOf(text.length)

  /** @throws `failure`, of the first try, when pages that failed have taken enough. */
  async function parseAlone(task: ParseTask, failure: ChildFailure): Promise<ParseResult> {
    if (failedAloneMs >= maxAloneMs) throw failure
    const cpuMs = cpuLimitAlone(cpuFor(task))
    const resume = await pool.pause()
    const started = performance.now()
    try {
      if (isClosed) throw new ChildFailure('died', 'the pool is closed')
      large = openChildPool({entry, setup, size: 1, memoryMb: memoryMb * memoryAlone})
      return await large.run(task, limits(cpuMs))
    } catch (error) {
      failedAloneMs += Math.min(cpuMs, performance.now() - started)
      throw error
    } finally {
      large?.close()
      large = null
      resume()
    }
  }

  return {
    async parse(task) {
      try {
        return await pool.run(task, limits(cpuFor(task)))
      } catch (error) {
        // What the program says of a page it says again; and without processes there is nothing to try with.
        if (!(error instanceof ChildFailure) || error.kind === 'threw' || error.kind === 'start') throw error
        const alone = last.then(() => parseAlone(task, error))
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
