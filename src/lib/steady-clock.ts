/**
 * A clock in whole milliseconds that reads `startedAt` now and goes on with the time that passes: a wall clock that is
 * set meanwhile does not bend what is measured with it.
 */
export function steadyClock(startedAt: number): () => number {
  const origin = performance.now()
  return () => startedAt + Math.round(performance.now() - origin)
}
