/** Ended by a signal. */
export class Stopped extends Error {
  /** The exit code that tells of the signal. */
  readonly code: number

  constructor(code: number) {
    super('Stopped.')
    this.code = code
  }
}

/**
 * Aborts with `Stopped` on Ctrl-C and on SIGTERM, so that what was begun is removed. Asked twice, the process ends at
 * once, as it would without us.
 */
export function stopOnSignals(): AbortSignal {
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort(new Stopped(130)))
  process.once('SIGTERM', () => stopping.abort(new Stopped(143)))
  return stopping.signal
}
