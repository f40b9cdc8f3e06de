export interface BreakerOptions {
  /** Failures in a row that open it; default 8. */
  readonly failures?: number
  /** How long it stays open, in milliseconds; default 10,000. */
  readonly openMs?: number
  /** A clock that only goes forward, in milliseconds; default `performance.now`. */
  readonly now?: () => number
}

/** Keeps questions away from an upstream that is down, and lets one through now and then to see. */
export interface CircuitBreaker {
  /**
   * Asks to pass. Null while it is open, or half-open with its one probe under way. Who passes must report how it
   * went, once; later reports are ignored.
   */
  enter(): Passage | null
  readonly state: 'closed' | 'open' | 'half-open'
}

export interface Passage {
  succeeded(): void
  failed(): void
  /** Neither: the reader left, or the request itself was at fault. */
  gaveUp(): void
}

/** After Nygard, Release It! (2007): closed, open, half-open. */
export function circuitBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const {failures = 8, openMs = 10_000, now = () => performance.now()} = options
  let failed = 0
  let openUntil: number | null = null
  let probing = false

  const state = (): CircuitBreaker['state'] =>
    openUntil === null ? 'closed' : now() < openUntil ? 'open' : 'half-open'

  return {
    enter() {
      const entered = state()
      if (entered === 'open' || (entered === 'half-open' && probing)) return null
      const isProbe = entered === 'half-open'
      if (isProbe) probing = true
      let reported = false
      const once = (report: () => void) => () => {
        if (reported) return
        reported = true
        if (isProbe) probing = false
        report()
      }
      return {
        succeeded: once(() => {
          failed = 0
          // One that entered before it opened proves nothing about now, unless it is the probe.
          if (isProbe || openUntil === null) openUntil = null
        }),
        failed: once(() => {
          failed += 1
          if (isProbe || failed >= failures) openUntil = now() + openMs
        }),
        gaveUp: once(() => {}),
      }
    },
    get state() {
      return state()
    },
  }
}
