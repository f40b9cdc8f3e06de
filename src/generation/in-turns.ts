import {setImmediate as nextTurn} from 'node:timers/promises'

let last: Promise<unknown> = Promise.resolve()

/**
 * `work` for each item, with a turn of the event loop between two: a millisecond is nothing for one answer, and a
 * stall for a thousand others. Who comes while somebody else is at it waits until all of that is done: of many that
 * begin at once the first are served first, and the memory it takes is that of one.
 * @throws the signal's reason on abort.
 */
export function inTurns<T, R>(items: readonly T[], work: (item: T) => R, signal: AbortSignal): Promise<R[]> {
  if (items.length === 0) return Promise.resolve([])
  const mine = last.then(async () => {
    const results: R[] = []
    for (const item of items) {
      signal.throwIfAborted()
      results.push(work(item))
      await nextTurn()
    }
    signal.throwIfAborted()
    return results
  })
  last = mine.catch(() => {
    // Its own caller is told; the next one begins.
  })
  return mine
}
