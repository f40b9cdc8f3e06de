import {DocentError} from '../domain/index.ts'
import {within} from '../lib/within.ts'
import type {Postgres} from './open-postgres.ts'

export interface AvailabilityOptions {
  /** How long an answer is waited for, in milliseconds; default 1,000. */
  readonly waitMs?: number | undefined
  /** Called once when the database does not answer, and again only after it did. */
  readonly onProblem?: ((error: unknown) => void) | undefined
  /** Called when it answers again. */
  readonly onBack?: () => void
}

/** Whether a database answers soon enough for somebody who waits. */
export interface Availability {
  /** False from the first failure on, until it has answered again: it is asked once a second. */
  isAvailable(): boolean
  /**
   * What the database answers; null if that fails or takes too long, and without asking while it is not available. What
   * comes too late has its effect in the database nevertheless.
   */
  inTime<T>(ask: () => Promise<T>): Promise<T | null>
  /** Ends the timer. What is waited for still comes. */
  close(): void
}

const probeMs = 1_000

/**
 * Keeps a database that is slow or away from delaying everybody: whoever needs an answer soon waits for a limited time, and
 * not at all while it is known not to answer. The timer does not keep the process alive.
 */
export function trackAvailability(
  postgres: Postgres,
  {waitMs = 1_000, onProblem = () => {}, onBack = () => {}}: AvailabilityOptions,
): Availability {
  let isAvailable = true
  let isClosed = false
  let probe: NodeJS.Timeout | undefined

  /** @throws what the answer rejects with; DocentError `storage` if it comes too late. */
  function soon<T>(answer: Promise<T>): Promise<T> {
    return within(waitMs, answer, () => {
      throw new DocentError('storage', `PostgreSQL: no answer within ${waitMs} milliseconds.`)
    })
  }

  function probeLater(): void {
    if (isClosed) return
    probe = setTimeout(() => {
      soon(postgres.row('SELECT 1')).then(() => {
        isAvailable = true
        if (!isClosed) onBack()
      }, probeLater)
    }, probeMs)
    probe.unref()
  }

  return {
    isAvailable: () => isAvailable,
    async inTime(ask) {
      if (!isAvailable) return null
      try {
        return await soon(ask())
      } catch (error) {
        if (isAvailable) {
          isAvailable = false
          if (!isClosed) onProblem(error)
          probeLater()
        }
        return null
      }
    },
    close() {
      isClosed = true
      clearTimeout(probe)
    },
  }
}
