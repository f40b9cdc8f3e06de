/** The evaluation was stopped by a signal. */
export class StoppedError extends Error {
  /** The exit code for the signal. */
  readonly code: number

  constructor(code: number) {
    super('Stopped.')
    this.code = code
  }
}

/**
 * Aborts with `StoppedError` on Ctrl-C and on SIGTERM, so that temporary files are removed. A second signal ends the
 * process at once, as by default.
 */
export function stopOnSignals(): AbortSignal {
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort(new StoppedError(130)))
  process.once('SIGTERM', () => stopping.abort(new StoppedError(143)))
  return stopping.signal
}
