import {ClaimTallies} from './claim-tallies.ts'
import type {LimitStore} from './limit-store.ts'
import {MinuteWindows} from './minute-windows.ts'

/** The clocks that a limit store goes by. */
export interface LimitClocks {
  /** Milliseconds since the epoch; default the system's. */
  readonly now?: () => number
  /** Milliseconds of a clock that never goes back; default the process's. */
  readonly elapsed?: () => number
}

/** Limits of one process, kept in memory: a restart forgets. */
export function memoryLimits({
  now = Date.now,
  elapsed = () => performance.now(),
}: LimitClocks = {}): LimitStore {
  const windows = new MinuteWindows(elapsed)
  const tallies = new ClaimTallies(now)
  // Nothing is awaited: each call is done when it returns.
  return {
    countInMinute: async (key, most) => windows.count(key, most),
    take: async (claims) => tallies.take(claims),
  }
}
