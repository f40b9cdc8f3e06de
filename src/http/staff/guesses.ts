import {rateLimited} from '../../domain/index.ts'
import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'

/** Counts wrong secrets by address, in memory. */
export interface Guesses {
  /**
   * Counts a wrong secret; checking and counting are one step. Call it after the comparison, so that the right secret is
   * accepted whatever was tried before from its address.
   * @throws DocentError `rate_limited` from the eleventh in 15 minutes.
   */
  countWrong(visitor: string): void
}

const maxWrong = 10
const windowMs = 15 * 60 * 1000
/** Maximum number of addresses remembered, about 1 MB. */
const maxVisitors = 10_000

export function createGuesses(now: () => number = Date.now): Guesses {
  const byVisitor = new TwoGenerationCache<string, {count: number; readonly endsAt: number}>(maxVisitors)
  return {
    countWrong(visitor) {
      const known = byVisitor.get(visitor)
      if (known === undefined || known.endsAt <= now()) {
        byVisitor.set(visitor, {count: 1, endsAt: now() + windowMs})
        return
      }
      known.count++
      if (known.count <= maxWrong) return
      throw rateLimited('guesses', 'Too many wrong tokens from your address. Please wait.', {
        retryAfterMs: known.endsAt - now(),
      })
    },
  }
}
