/**
 * Takes one of a holder's places; returns what frees it again, once however often it is called. Null when all are taken.
 * For what this process has and no other: its sockets, its memory, its renderers. Limits on visitors go to `LimitStore`.
 */
export type TakeSlot = (holder: string) => (() => void) | null

/** So many places for each holder at the same time; 0 for no limit. Nothing is kept of a holder without any. */
export function slotsOf(most: number): TakeSlot {
  const take = budgetOf(most === 0 ? Number.POSITIVE_INFINITY : most)
  return (holder) => take(holder, 1)
}

/** As `slotsOf`, for what is not all of one size: the sizes of what a holder has taken add up to `most` at most. */
export function budgetOf(most: number): (holder: string, size: number) => (() => void) | null {
  const taken = new Map<string, number>()
  return (holder, size) => {
    const held = taken.get(holder) ?? 0
    if (held + size > most) return null
    taken.set(holder, held + size)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const left = (taken.get(holder) ?? size) - size
      if (left > 0) taken.set(holder, left)
      else taken.delete(holder)
    }
  }
}
