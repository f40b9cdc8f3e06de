import {DocentError} from '../../domain/index.ts'
import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'

/** Counts wrong secrets by address. Kept in memory: a restart forgets. */
export interface Guesses {
  /**
   * Notes one wrong secret, checked and counted in one step so that none slips between. Call it after the comparison:
   * the right secret passes whatever its address has tried before.
   * @throws DocentError `rate_limited` from the eleventh in 15 minutes.
   */
  countWrong(visitor: string): void
}

const allowed = 10
const windowMs = 15 * 60 * 1000
/** Addresses remembered, about 1 MB. */
const mostVisitors = 10_000

export function createGuesses(now: () => number = Date.now): Guesses {
  const byVisitor = new TwoGenerationCache<string, {count: number; readonly endsAt: number}>(mostVisitors)
  return {
    countWrong(visitor) {
      const known = byVisitor.get(visitor)
      if (known === undefined || known.endsAt <= now()) {
        byVisitor.set(visitor, {count: 1, endsAt: now() + windowMs})
        return
      }
      known.count++
      if (known.count <= allowed) return
      throw new DocentError('rate_limited', 'Too many wrong tokens from your address. Please wait.', {
        retryAfterMs: known.endsAt - now(),
      })
    },
  }
}
