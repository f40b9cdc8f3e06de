import {DocentError} from '../../domain/index.ts'

export interface KeepGroupingOptions {
  /** Groups once. Resolves with whether nothing is left to be done. */
  readonly group: () => Promise<boolean>
  /** When the last grouping ended; null before the first. */
  readonly asOf: () => Promise<number | null>
  readonly onProblem: (error: unknown) => void
  readonly now?: () => number
  /**
   * Whether other processes keep the same gaps up to date: then every hour questions are grouped that nobody has grouped in the
   * last half. Default false.
   */
  readonly isShared?: boolean
  /** Pause before the first at the start of a server, in milliseconds; default 10 seconds. */
  readonly startPauseMs?: number
}

/** When questions are grouped. Close it once. */
export interface Grouping {
  /** Whether a grouping runs, or is about to. */
  readonly isPending: boolean
  /** Groups now, or once more after the one that runs. Resolves when that has ended, also if it failed. */
  request(): Promise<void>
  /** Resolves when nothing runs that was asked for until now. */
  settled(): Promise<void>
  close(): void
}

const hourMs = 60 * 60 * 1000
/** Pause before a run that goes on where the last one ran out of time. */
const goOnMs = 5_000

/** Groups at start if the last time is an hour ago, every hour, and when asked to; one at a time. */
export function keepGrouping(options: KeepGroupingOptions): Grouping {
  const {group, asOf, onProblem, now = Date.now, isShared = false, startPauseMs = 10_000} = options
  let running: Promise<void> | null = null
  /** The one after that which runs. */
  let following: Promise<void> | null = null
  let isClosed = false

  async function run(): Promise<void> {
    try {
      const isDone = await group()
      if (!isDone) later(goOnMs)
    } catch (error) {
      if (!isClosed && !(error instanceof DocentError && error.code === 'shutting_down')) onProblem(error)
    }
  }

  function begin(): Promise<void> {
    running = run().finally(() => {
      running = null
    })
    return running
  }

  function request(): Promise<void> {
    if (isClosed) return Promise.resolve()
    if (running === null) return begin()
    following ??= running.then(() => {
      following = null
      return isClosed ? undefined : begin()
    })
    return following
  }

  const timers = new Set<NodeJS.Timeout>()
  function later(ms: number): void {
    if (isClosed) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      void request()
    }, ms).unref()
    timers.add(timer)
  }

  async function requestIfOlder(ms: number): Promise<void> {
    const last = await asOf().catch(() => null)
    if (last === null || now() - last >= ms) void request()
  }

  const first = setTimeout(() => void requestIfOlder(hourMs), startPauseMs).unref()
  const everyHour = () => (isShared ? void requestIfOlder(hourMs / 2) : void request())
  const hourly = setInterval(everyHour, hourMs).unref()

  return {
    get isPending() {
      return running !== null || following !== null
    },
    request,
    settled: () => following ?? running ?? Promise.resolve(),
    close() {
      isClosed = true
      clearTimeout(first)
      clearInterval(hourly)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
