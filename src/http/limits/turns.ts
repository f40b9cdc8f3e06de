import {setTimeout as delay} from 'node:timers/promises'
import {DocentError} from '../../domain/index.ts'

/** Runs some work of a visitor when those before it are done. @throws DocentError `rate_limited` when too many wait. */
export type InTurn = <T>(visitor: string, work: () => Promise<T>) => Promise<T>

/**
 * One thing at a time for each visitor, in the order they came: however many one visitor asks for at once, another
 * waits for one of them at most. After one that took long the next one waits three times what it took beyond what is
 * usual, so that most of the time is the others'. Nothing is kept of a visitor without any.
 */
export function turnsOf(most: number, now: () => number = () => performance.now()): InTurn {
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
    let beganAt = 0
    const mine = line.last.then(() => {
      beganAt = now()
      return work()
    })
    // Whoever is next waits for its end, not for its result.
    line.last = mine.catch(() => {}).then(() => pauseAfter(now() - beganAt))
    void line.last.then(() => {
      line.length--
      if (line.length === 0) lines.delete(visitor)
    })
    return mine
  }
}

/** Nothing after what took no longer than this. */
const usualMs = 5
const maxPauseMs = 1000

function pauseAfter(tookMs: number): Promise<void> | undefined {
  const pauseMs = 3 * (tookMs - usualMs)
  return pauseMs > 0 ? delay(Math.min(pauseMs, maxPauseMs), undefined, {ref: false}) : undefined
}
