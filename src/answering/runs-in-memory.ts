import type {Run} from './run.ts'

interface HeldRun {
  readonly run: Run
  /** Runs out when it is let go; null while the run is under way. */
  lingering: NodeJS.Timeout | null
}

/** Runs under way and, for a while, runs that have ended: their readers need no journal. */
export class RunsInMemory {
  readonly #held = new Map<string, HeldRun>()
  readonly #lingerMs: number

  /** @param lingerMs how long a run is kept once it has ended. */
  constructor(lingerMs: number) {
    this.#lingerMs = lingerMs
  }

  get(answerId: string): Run | undefined {
    return this.#held.get(answerId)?.run
  }

  add(run: Run): void {
    this.#held.set(run.entry.answerId, {run, lingering: null})
  }

  /** Those that have not ended. */
  underWay(): Run[] {
    return [...this.#held.values()].map(({run}) => run).filter(({isEnded}) => !isEnded)
  }

  /** Begins the time that a run is kept for after its end. */
  linger(answerId: string): void {
    const held = this.#held.get(answerId)
    if (held === undefined || held.lingering !== null) return
    held.lingering = setTimeout(() => this.#held.delete(answerId), this.#lingerMs)
    held.lingering.unref?.()
  }

  /** Stops those that match and lets them go at once. */
  drop(isMeant: (run: Run) => boolean): void {
    for (const [answerId, held] of this.#held) {
      if (!isMeant(held.run)) continue
      held.run.stop()
      if (held.lingering !== null) clearTimeout(held.lingering)
      this.#held.delete(answerId)
    }
  }

  /** Lets go of all; readers that are still catching up hold their run themselves. */
  clear(): void {
    for (const {lingering} of this.#held.values()) if (lingering !== null) clearTimeout(lingering)
    this.#held.clear()
  }
}
