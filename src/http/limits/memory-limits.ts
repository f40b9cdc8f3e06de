import {ClaimTallies} from './claim-tallies.ts'
import type {LimitStore} from './limit-store.ts'
import {MinuteWindows} from './minute-windows.ts'

/** The clocks of a limit store. */
export interface LimitClocks {
  /** Milliseconds since the epoch; default: the system clock. */
  readonly now?: () => number
  /** Milliseconds of a monotonic clock; default: that of the process. */
  readonly elapsed?: () => number
}

/** Limits of one process, kept in memory and lost on restart. */
export function memoryLimits({
  now = Date.now,
  elapsed = () => performance.now(),
}: LimitClocks = {}): LimitStore {
  const windows = new MinuteWindows(elapsed)
  const tallies = new ClaimTallies(now)
  // Nothing is awaited, so each call is atomic.
  return {
    countInMinute: async (key, max) => windows.count(key, max),
    acquire: async (claims) => tallies.acquire(claims),
  }
}
