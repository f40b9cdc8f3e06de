import {builtFile} from '../../package/index.ts'
import {ChildFailure, type ChildPool, openChildPool} from '../../processes/index.ts'
import type {CatalogSetup, CatchUpReply, CatchUpTask} from './catalog-child.ts'
import type {CatalogState} from './catalog-writer.ts'

/** The process that writes the catalog of a transcripts file. It is started when there is something to do. */
export interface CatalogProcess {
  /** Call it when the transcripts file has changed: the catalog follows soon. */
  changed(): void
  /**
   * Resolves once the catalog has taken in a change, or after some seconds with what it has. Null if there is none, and
   * none can be made.
   */
  reach(change: number): Promise<CatalogState | null>
  /** Has a catalog that a read found damaged made anew. Resolves when there is another one, or none can be made. */
  remake(): Promise<void>
  /** Why it cannot be written; null where it can. */
  readonly problem: string | null
  /** Whether the process has been started. */
  readonly isOpen: boolean
  close(): Promise<void>
}

export interface CatalogProcessOptions extends CatalogSetup {
  /** How long changes are collected, in milliseconds; a read does not wait for it. Default 20 s. */
  readonly collectMs?: number
  /** How long the process stays without anything to do, in milliseconds. Default 5 minutes. */
  readonly idleMs?: number
  /** Called after each step that was done. */
  readonly onStep: (state: CatalogState) => void
  /** Called with the reason when it cannot be written, and with null when it can again. */
  readonly onProblem: (problem: string | null) => void
}

/** Maximum time of a step: a read that needs a later change waits for it to end. */
const stepMs = 200
/** Pause between the steps of a longer work, so that it takes only a part of a core. */
const pauseMs = 50
/** How long a read waits for the catalog. */
const maxReadWaitMs = 3_000
/** Pause before the next step after one that failed, and while somebody reads a copy of what was removed. */
const retryMs = 5_000
const stepLimits = {cpuMs: 60_000, wallMs: 5 * 60_000}
const memoryMb = 256

export function openCatalogProcess(options: CatalogProcessOptions): CatalogProcess {
  const {transcripts, catalog, collectMs = 20_000, idleMs = 5 * 60_000} = options
  let pool: ChildPool<CatchUpTask, CatchUpReply> | null = null
  let state: CatalogState | null = null
  let problem: string | null = null
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let timerAt = Number.POSITIVE_INFINITY
  let isClosed = false
  let isDamaged = false

  function setProblem(next: string | null): void {
    if (isClosed || next === problem) return
    problem = next
    options.onProblem(next)
  }

  async function perform(): Promise<void> {
    pool ??= openChildPool({
      entry: builtFile('catalog-child.js'),
      setup: {transcripts, catalog} satisfies CatalogSetup,
      size: 1,
      memoryMb,
    })
    try {
      const damaged = isDamaged
      isDamaged = false
      const reply = await pool.run({withinMs: stepMs, isDamaged: damaged}, stepLimits)
      if ('state' in reply) {
        state = reply.state
        if (!isClosed) options.onStep(state)
      }
      setProblem('state' in reply ? null : reply.problem.message)
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error
      setProblem(error.message)
    }
  }

  /** One step; the one that is under way, if there is one. */
  function step(): Promise<void> {
    running ??= perform().finally(() => {
      running = null
      followUp()
    })
    return running
  }

  function followUp(): void {
    if (problem !== null) schedule(retryMs)
    else if (state?.isIdle !== true) schedule(pauseMs)
    else if (!state.isErased) schedule(retryMs)
    else if (timer === null) schedule(idleMs, endPool)
  }

  function schedule(ms: number, work: () => void = () => void step()): void {
    const at = performance.now() + ms
    if (isClosed || at >= timerAt) return
    if (timer !== null) clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timer = null
      timerAt = Number.POSITIVE_INFINITY
      work()
    }, ms)
    timer.unref?.()
  }

  function endPool(): void {
    const ended = pool
    pool = null
    void ended?.close()
  }

  return {
    changed: () => schedule(collectMs),
    async reach(change) {
      // Starting takes its time on a busy machine.
      if (state === null) await step()
      const until = performance.now() + maxReadWaitMs
      // A step that is under way may have begun before the change.
      while (problem === null && (state?.change ?? -1) < change && performance.now() < until)
        await Promise.race([step(), waited(until - performance.now())])
      return state
    },
    async remake() {
      // A step that is under way may have begun before.
      await running
      isDamaged = true
      await step()
    },
    get problem() {
      return problem
    },
    get isOpen() {
      return pool !== null
    },
    async close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      await pool?.close()
      await running
    },
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref?.())
}
