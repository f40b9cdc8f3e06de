/**
 * Acquires one of a holder's slots. Returns a function that releases it, of which only the first call has an effect, or
 * null if all slots are taken. For resources of this process: sockets, memory, renderers. Limits on what visitors may use
 * belong in `LimitStore`.
 */
export type AcquireSlot = (holder: string) => (() => void) | null

/** Limits the slots of each holder to `max`; 0 for no limit. Holders without slots take no memory. */
export function slotLimit(max: number): AcquireSlot {
  const acquire = weightLimit(max === 0 ? Number.POSITIVE_INFINITY : max)
  return (holder) => acquire(holder, 1)
}

/** Like `slotLimit`, for items of different sizes: limits the total size that each holder has acquired to `max`. */
export function weightLimit(max: number): (holder: string, size: number) => (() => void) | null {
  const taken = new Map<string, number>()
  return (holder, size) => {
    const held = taken.get(holder) ?? 0
    if (held + size > max) return null
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
