import {setTimeout as delay} from 'node:timers/promises'
import {rateLimited} from '../../domain/index.ts'

/** Runs work of a visitor after the visitor's earlier work. @throws DocentError `rate_limited` if too much is waiting. */
export type VisitorQueue = <T>(visitor: string, work: () => Promise<T>) => Promise<T>

/**
 * Runs one piece of work at a time for each visitor, in order: however many one visitor sends at once, another waits for
 * at most one of them. After slow work the visitor's next piece waits three times as long as it took, so that most of
 * the time is left to others. Visitors without work take no memory.
 */
export function visitorQueue(maxLength: number, now: () => number = () => performance.now()): VisitorQueue {
  const queues = new Map<string, {length: number; last: Promise<unknown>}>()

  return async (visitor, work) => {
    const queue = queues.get(visitor) ?? {length: 0, last: Promise.resolve()}
    if (queue.length >= maxLength) {
      throw rateLimited('searches', 'Your other searches are still under way; try again in a moment.', {
        retryAfterMs: 1000,
      })
    }
    queues.set(visitor, queue)
    queue.length++
    let startedAt = 0
    const result = queue.last.then(() => {
      startedAt = now()
      return work()
    })
    // The next piece waits for the end of this one, not for its result.
    queue.last = result.catch(() => {}).then(() => pauseAfter(now() - startedAt))
    void queue.last.then(() => {
      queue.length--
      if (queue.length === 0) queues.delete(visitor)
    })
    return result
  }
}

/** Work that took no longer than this causes no pause. */
const freeMs = 5
const maxPauseMs = 1000

function pauseAfter(durationMs: number): Promise<void> | undefined {
  const pauseMs = 3 * (durationMs - freeMs)
  return pauseMs > 0 ? delay(Math.min(pauseMs, maxPauseMs), undefined, {ref: false}) : undefined
}
