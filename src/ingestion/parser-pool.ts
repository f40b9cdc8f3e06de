import {builtFile} from '../package/index.ts'
import {ChildFailure, type ChildPool, openChildPool} from '../processes/index.ts'
import type {ParseResult, ParseSetup, ParseTask} from './parse-task.ts'

/** Parses pages, several at a time. */
export interface PageParser {
  /** @throws ChildFailure when the page takes too much time or memory, even when it is parsed alone with larger limits. */
  parse(task: ParseTask): Promise<ParseResult>
  close(): void
}

export interface ParserPoolOptions {
  readonly size: number
  /** CPU time for a page, in milliseconds. Default: depends on its length. */
  readonly cpuMs?: number
  /** Wall-clock time for a page, in milliseconds. Default: `wallLimitOf` its CPU time. */
  readonly wallMs?: number
  /** Heap limit of each process, in megabytes. Default 512. */
  readonly memoryMb?: number
  /** The program that the processes run. Default: the parser. */
  readonly entry?: URL
}

/**
 * CPU time allowed for a page of this length, in milliseconds. Usual pages need 1 to 3 s per megabyte, changelogs with
 * long lists 10 s.
 */
function cpuLimitOf(length: number): number {
  return 10_000 + Math.round(length * 0.04)
}

/** CPU time for a page that failed, when it is parsed alone: enough for a processor that is eight times slower. */
function cpuLimitAlone(cpuMs: number): number {
  return 2 * cpuMs + Math.min(40_000, 4 * cpuMs)
}

/** A page that is parsed alone may use this many times the memory. */
const memoryFactorAlone = 2

/** Total time that failing pages may take when parsed alone, in milliseconds; after that no page is retried. */
const maxAloneMs = 15 * 60_000

/** Wall-clock time: enough when thirty processes share a core, and at least ten minutes. */
function wallLimitOf(cpuMs: number): number {
  return Math.max(10 * 60_000, 30 * cpuMs)
}

/**
 * Parses pages in processes that can be killed, because some Markdown takes a parser hours. The limit is on CPU time, so
 * that a busy machine parses the same pages as an idle one. A page that fails is parsed once more, alone and with larger
 * limits.
 */
export function openParserPool(setup: ParseSetup, options: ParserPoolOptions): PageParser {
  const {size, memoryMb = 512} = options
  const entry = options.entry ?? builtFile('parse-child.js')
  const pool = openChildPool<ParseTask, ParseResult>({entry, setup, size, memoryMb})
  let alonePool: ChildPool<ParseTask, ParseResult> | null = null
  let isClosed = false
  let failedAloneMs = 0
  /** The last retry: pages are parsed alone one after the other. */
  let last: Promise<unknown> = Promise.resolve()

  const limits = (cpuMs: number) => ({cpuMs, wallMs: options.wallMs ?? wallLimitOf(cpuMs)})
  const cpuLimitFor = ({text}: ParseTask): number => options.cpuMs ?? cpuLimitOf(text.length)

  /** @throws `failure`, that of the first try, when the time for retries is used up. */
  async function parseAlone(task: ParseTask, failure: ChildFailure): Promise<ParseResult> {
    if (failedAloneMs >= maxAloneMs) throw failure
    const cpuMs = cpuLimitAlone(cpuLimitFor(task))
    const resume = await pool.pause()
    const started = performance.now()
    try {
      if (isClosed) throw new ChildFailure('died', 'the pool is closed')
      alonePool = openChildPool({entry, setup, size: 1, memoryMb: memoryMb * memoryFactorAlone})
      return await alonePool.run(task, limits(cpuMs))
    } catch (error) {
      failedAloneMs += Math.min(cpuMs, performance.now() - started)
      throw error
    } finally {
      alonePool?.close()
      alonePool = null
      resume()
    }
  }

  return {
    async parse(task) {
      try {
        return await pool.run(task, limits(cpuLimitFor(task)))
      } catch (error) {
        // An error that the parser throws would only be thrown again, and without processes there is nothing to retry.
        if (!(error instanceof ChildFailure) || error.kind === 'threw' || error.kind === 'start') throw error
        const alone = last.then(() => parseAlone(task, error))
        last = alone.catch(() => undefined)
        return alone
      }
    },
    close() {
      isClosed = true
      pool.close()
      alonePool?.close()
    },
  }
}
