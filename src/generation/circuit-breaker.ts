export interface BreakerOptions {
  /** Consecutive failures that open it; default 8. */
  readonly failures?: number
  /** How long it stays open, in milliseconds; default 10,000. */
  readonly openMs?: number
  /** A monotonic clock in milliseconds; default `performance.now`. */
  readonly now?: () => number
}

/** Keeps requests away from an upstream that is down, and lets one through now and then to probe it. */
export interface CircuitBreaker {
  /**
   * Null while it is open, or half-open with its one probe under way. Whoever gets a permit must report the outcome
   * once; later reports are ignored.
   */
  enter(): Permit | null
  readonly state: 'closed' | 'open' | 'half-open'
}

export interface Permit {
  succeeded(): void
  failed(): void
  /** No outcome: the reader left, or the request itself was at fault. */
  gaveUp(): void
}

/** After Nygard, Release It! (2007): closed, open, half-open. */
export function circuitBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const {failures = 8, openMs = 10_000, now = () => performance.now()} = options
  let failureCount = 0
  let openUntil: number | null = null
  let isProbing = false

  const state = (): CircuitBreaker['state'] =>
    openUntil === null ? 'closed' : now() < openUntil ? 'open' : 'half-open'

  return {
    enter() {
      const current = state()
      if (current === 'open' || (current === 'half-open' && isProbing)) return null
      const isProbe = current === 'half-open'
      if (isProbe) isProbing = true
      let isReported = false
      const once = (report: () => void) => () => {
        if (isReported) return
        isReported = true
        if (isProbe) isProbing = false
        report()
      }
      return {
        succeeded: once(() => {
          failureCount = 0
          // A request that entered before the breaker opened proves nothing now, unless it is the probe.
          if (isProbe || openUntil === null) openUntil = null
        }),
        failed: once(() => {
          failureCount += 1
          if (isProbe || failureCount >= failures) openUntil = now() + openMs
        }),
        gaveUp: once(() => {}),
      }
    },
    get state() {
      return state()
    },
  }
}
