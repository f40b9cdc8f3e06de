import {builtFile} from '../../package/index.ts'
import {ChildFailure, IdlePool} from '../../processes/index.ts'
import type {CatalogReply, CatalogSetup, CatalogTask} from './catalog-child.ts'
import type {CatalogState} from './catalog-writer.ts'
import {createCheckpoints} from './checkpoints.ts'

/**
 * The process that writes the catalog of a transcripts file, and moves the write-ahead log of that file into it. It is
 * started when there is something to do.
 */
export interface CatalogProcess {
  /** Call it when the transcripts file may have changed: the catalog follows soon. */
  changed(): void
  /** Call it when this process has written to the transcripts file: the log is moved into it soon, and the catalog follows. */
  written(): void
  /**
   * Resolves once the catalog has taken in a change, or after some seconds with what it has. Null if there is none, and
   * none can be made.
   */
  reach(change: number): Promise<CatalogState | null>
  /** Has a catalog that a read found damaged made anew. Resolves when there is another one, or none can be made. */
  remake(): Promise<void>
  /** Why it cannot be written; null where it can. */
  readonly problem: string | null
  /** How many answers from before it are missing, at most. */
  readonly left: number
  /** Runs `work` while the process does nothing, or anyway if what it does takes too long. */
  whileIdle(work: () => void | Promise<void>): Promise<void>
  /** Whether the process has been started. */
  readonly isOpen: boolean
  close(): Promise<void>
}

export interface CatalogProcessOptions extends CatalogSetup {
  /** Called after each step that was done. */
  readonly onStep: (state: CatalogState) => void
  /** Called with the reason when it cannot be written, and with null when it can again. */
  readonly onProblem: (problem: string | null) => void
}

/** How long changes are collected; a read does not wait for it. */
const collectMs = 20_000
/** How long what is written collects in the write-ahead log. */
const checkpointMs = 1_000
/** How long the process stays without anything to do. */
const idleMs = 5 * 60_000
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
  const {transcripts, catalog} = options
  const setup: CatalogSetup = {transcripts, catalog}
  const pool = new IdlePool<CatalogTask, CatalogReply>(
    {entry: builtFile('catalog-child.js'), setup, size: 1, memoryMb},
    idleMs,
  )
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

  function run(task: CatalogTask): Promise<CatalogReply> {
    return pool.use((open) => open.run(task, stepLimits))
  }

  const checkpoints = createCheckpoints({
    everyMs: checkpointMs,
    async checkpoint() {
      const reply = await run({kind: 'checkpoint'})
      return 'isComplete' in reply && reply.isComplete
    },
  })

  async function perform(): Promise<void> {
    if (isClosed) return
    try {
      const damaged = isDamaged
      isDamaged = false
      const reply = await run({kind: 'catch-up', withinMs: stepMs, isDamaged: damaged})
      if ('state' in reply) {
        state = reply.state
        if (!isClosed) options.onStep(state)
      }
      setProblem('problem' in reply ? reply.problem.message : null)
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
  }

  function schedule(ms: number): void {
    const at = performance.now() + ms
    if (isClosed || at >= timerAt) return
    if (timer !== null) clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timer = null
      timerAt = Number.POSITIVE_INFINITY
      void step()
    }, ms)
    timer.unref?.()
  }

  return {
    changed: () => schedule(collectMs),
    written() {
      schedule(collectMs)
      checkpoints.written()
    },
    async reach(change) {
      // Starting takes its time on a busy machine.
      if (state === null) await step()
      const until = performance.now() + maxReadWaitMs
      // A step that is under way may have begun before the change. Once closed there are no steps that could be waited for.
      while (!isClosed && problem === null && (state?.change ?? -1) < change && performance.now() < until)
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
    get left() {
      return state?.left ?? 0
    },
    get isOpen() {
      return pool.open !== null
    },
    whileIdle: (work) => pool.whilePaused(work),
    async close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      checkpoints.close()
      await pool.close()
      await running
    },
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref?.())
}
