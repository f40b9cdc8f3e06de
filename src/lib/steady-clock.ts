/**
 * A monotonic clock in whole milliseconds that reads `startedAt` now. Changes to the system clock do not affect what is
 * measured with it.
 */
export function steadyClock(startedAt: number): () => number {
  const origin = performance.now()
  return () => startedAt + Math.round(performance.now() - origin)
}
