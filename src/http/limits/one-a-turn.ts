/** Runs a holder's work now, or when its turn comes. */
export type OneATurn = (holder: string, work: () => void) => void

/**
 * One piece of each holder's work for each turn of the event loop: whatever one of them wants at once, what others
 * want comes between. Nothing is kept of a holder who wants nothing.
 */
export function oneATurn(): OneATurn {
  /** By holders whose turn is taken, and what of theirs waits for the next ones. */
  const waiting = new Map<string, (() => void)[]>()

  function nextTurn(): void {
    for (const [holder, works] of waiting) {
      const work = works.shift()
      if (work === undefined) waiting.delete(holder)
      else work()
    }
    if (waiting.size > 0) setImmediate(nextTurn)
  }

  return (holder, work) => {
    const works = waiting.get(holder)
    if (works !== undefined) {
      works.push(work)
      return
    }
    if (waiting.size === 0) setImmediate(nextTurn)
    waiting.set(holder, [])
    work()
  }
}
