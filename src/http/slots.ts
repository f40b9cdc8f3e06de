/** Takes one of a holder's places; gives what frees it again, once however often it is called. Null when all are taken. */
export type TakeSlot = (holder: string) => (() => void) | null

/** So many places for each holder at the same time; 0 for no limit. Nothing is kept of a holder without any. */
export function slotsOf(most: number): TakeSlot {
  const taken = new Map<string, number>()
  return (holder) => {
    const held = taken.get(holder) ?? 0
    if (most > 0 && held >= most) return null
    taken.set(holder, held + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const left = (taken.get(holder) ?? 1) - 1
      if (left > 0) taken.set(holder, left)
      else taken.delete(holder)
    }
  }
}
