/** Runs the work of a visitor now, or in a later turn of the event loop. */
export type TurnScheduler = (visitor: string, work: () => void) => void

/**
 * Runs one piece of each visitor's work in each turn of the event loop, so that a visitor who sends many at once does not
 * delay others. Visitors without work take no memory.
 */
export function turnScheduler(): TurnScheduler {
  /** Visitors who have used this turn, with their work for later ones. */
  const waiting = new Map<string, (() => void)[]>()

  function nextTurn(): void {
    for (const [visitor, queue] of waiting) {
      const work = queue.shift()
      if (work === undefined) waiting.delete(visitor)
      else work()
    }
    if (waiting.size > 0) setImmediate(nextTurn)
  }

  return (visitor, work) => {
    const queue = waiting.get(visitor)
    if (queue !== undefined) {
      queue.push(work)
      return
    }
    if (waiting.size === 0) setImmediate(nextTurn)
    waiting.set(visitor, [])
    work()
  }
}
