/** The state of the network; in the browser `navigator.onLine` and the `online` event. */
export interface Network {
  isOnline(): boolean
  /** Resolves when the network is back; rejects with the signal's reason on abort. */
  back(signal: AbortSignal): Promise<void>
}

/** What the browser reports. In Node, which reports nothing, the network counts as there. */
export const browserNetwork: Network = {
  isOnline: () => globalThis.navigator?.onLine !== false,
  back: (signal) =>
    until(signal, (done) => {
      addEventListener('online', done)
      return () => removeEventListener('online', done)
    }),
}

/** Resolves after `ms`; rejects with the signal's reason on abort. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return until(signal, (done) => {
    const timer = setTimeout(done, ms)
    return () => clearTimeout(timer)
  })
}

/** Waits for `done`. `begin` returns how to undo it, which happens once, on abort as well. */
function until(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const settle = (): void => {
      undo()
      signal.removeEventListener('abort', settle)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    signal.addEventListener('abort', settle)
    const undo = begin(settle)
  })
}
