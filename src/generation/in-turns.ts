import {setImmediate as nextTurn} from 'node:timers/promises'

/** So long the event loop is held at a time. */
const maxSliceMs = 1

let last: Promise<unknown> = Promise.resolve()

/**
 * `work` for each item, with turns of the event loop between: some milliseconds are nothing for one answer, and a
 * stall for a thousand others. Who comes while somebody else is at it waits until all of that is done: of many that
 * begin at once the first are served first, and the memory it takes is that of one.
 * @throws the signal's reason on abort.
 */
export function inTurns<T, R>(items: readonly T[], work: (item: T) => R, signal: AbortSignal): Promise<R[]> {
  if (items.length === 0) return Promise.resolve([])
  const mine = last.then(async () => {
    const results: R[] = []
    let sliceStart = performance.now()
    for (const item of items) {
      signal.throwIfAborted()
      results.push(work(item))
      if (performance.now() - sliceStart < maxSliceMs) continue
      await nextTurn()
      sliceStart = performance.now()
    }
    signal.throwIfAborted()
    return results
  })
  last = mine.catch(() => {
    // Its own caller is told; the next one begins.
  })
  return mine
}
