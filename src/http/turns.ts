import {DocentError} from '../domain/index.ts'

/** Runs some work of a visitor when those before it are done. @throws DocentError `rate_limited` when too many wait. */
export type InTurn = <T>(visitor: string, work: () => Promise<T>) => Promise<T>

/**
 * One thing at a time for each visitor, in the order they came: however many one visitor asks for at once, another
 * waits for one of them at most. Nothing is kept of a visitor without any.
 */
export function turnsOf(most: number): InTurn {
  const lines = new Map<string, {length: number; last: Promise<unknown>}>()

  return async (visitor, work) => {
    const line = lines.get(visitor) ?? {length: 0, last: Promise.resolve()}
    if (line.length >= most) {
      throw new DocentError(
        'rate_limited',
        'Your other searches are still under way; try again in a moment.',
        {
          retryAfterMs: 1000,
          details: {limit: 'searches'},
        },
      )
    }
    lines.set(visitor, line)
    line.length++
    const mine = line.last.then(work)
    // Whoever is next waits for its end, not for its result.
    line.last = mine.catch(() => {})
    try {
      return await mine
    } finally {
      line.length--
      if (line.length === 0) lines.delete(visitor)
    }
  }
}
