import type {Run} from './run.ts'

interface RunEntry {
  readonly run: Run
  /** Removes the run; null while it has not ended. */
  removalTimer: NodeJS.Timeout | null
}

/** Active runs and, for a while, runs that have ended, so that their readers need no journal. */
export class RunsInMemory {
  readonly #runs = new Map<string, RunEntry>()
  readonly #keepEndedMs: number

  /** @param keepEndedMs how long a run is kept once it has ended. */
  constructor(keepEndedMs: number) {
    this.#keepEndedMs = keepEndedMs
  }

  get(answerId: string): Run | undefined {
    return this.#runs.get(answerId)?.run
  }

  add(run: Run): void {
    this.#runs.set(run.entry.answerId, {run, removalTimer: null})
  }

  /** Runs that have not ended. */
  underWay(): Run[] {
    return [...this.#runs.values()].map(({run}) => run).filter(({hasEnded}) => !hasEnded)
  }

  /** Removes the run after the time for which ended runs are kept. */
  scheduleRemoval(answerId: string): void {
    const entry = this.#runs.get(answerId)
    if (entry === undefined || entry.removalTimer !== null) return
    entry.removalTimer = setTimeout(() => this.#runs.delete(answerId), this.#keepEndedMs)
    entry.removalTimer.unref?.()
  }

  /** Stops the runs that match and removes them at once. */
  drop(matches: (run: Run) => boolean): void {
    for (const [answerId, entry] of this.#runs) {
      if (!matches(entry.run)) continue
      entry.run.stop()
      if (entry.removalTimer !== null) clearTimeout(entry.removalTimer)
      this.#runs.delete(answerId)
    }
  }

  /** Removes all runs. Readers that are still catching up keep a reference to theirs. */
  clear(): void {
    for (const {removalTimer} of this.#runs.values()) if (removalTimer !== null) clearTimeout(removalTimer)
    this.#runs.clear()
  }
}
