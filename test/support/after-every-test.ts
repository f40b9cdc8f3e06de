import {vi} from 'vitest'

/**
 * What helpers opened in a test is closed after it. A helper cannot call `afterEach` when it is imported: a process that
 * runs several files imports it once, and the hook would be that of the first file alone.
 */

const cleanUps: (() => unknown)[] = []

/** Runs a function after every test, from now on. It does nothing where its helper was not used. */
export function afterEveryTest(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp)
}

/** Runs what helpers asked for, the latest first. */
export async function cleanUpAfterTest(): Promise<void> {
  try {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp()
  } finally {
    // After closing: what is cleared there must be timers of the same clock.
    vi.useRealTimers()
  }
}
