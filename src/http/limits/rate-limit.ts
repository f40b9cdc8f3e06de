/** A visitor's minute after one more was asked for. */
export interface Minute {
  readonly isAllowed: boolean
  readonly remaining: number
  /** Until the visitor begins anew. */
  readonly resetMs: number
}

export interface RateLimit {
  readonly perMinute: number
  /** Counts one and tells whether there was room for it, in one step: nothing that is awaited comes between. */
  take(visitor: string): Minute
}

const minuteMs = 60_000

/** So many in the minute that begins with a visitor's first. Remembers the visitors of the last minute and no others. */
export function rateLimitOf(perMinute: number, now: () => number = () => performance.now()): RateLimit {
  // All minutes are as long and a map keeps its order, so those that have passed stand first.
  const minutes = new Map<string, {readonly endsAt: number; used: number}>()

  function forgetPast(at: number): void {
    for (const [visitor, {endsAt}] of minutes) {
      if (endsAt > at) return
      minutes.delete(visitor)
    }
  }

  return {
    perMinute,
    take(visitor) {
      const at = now()
      forgetPast(at)
      const minute = minutes.get(visitor) ?? {endsAt: at + minuteMs, used: 0}
      if (minute.used === 0) minutes.set(visitor, minute)
      const isAllowed = minute.used < perMinute
      if (isAllowed) minute.used++
      return {isAllowed, remaining: perMinute - minute.used, resetMs: minute.endsAt - at}
    },
  }
}
