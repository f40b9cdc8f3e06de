import {setTimeout as delay} from 'node:timers/promises'

export interface AuditRetentionOptions {
  /** Undefined removes nothing; 0 removes only what is too much. */
  readonly auditDays: number | undefined
  readonly now: () => number
  /** Removes some lines from before a time, if one is given, or beyond the limit. @returns how many. */
  readonly removeSome: (before: number | null) => Promise<number>
  /** Called when lines cannot be removed, unless it was ended. */
  readonly onProblem: ((error: unknown) => void) | undefined
}

const everyMs = 60 * 60 * 1000
const dayMs = 24 * 60 * 60 * 1000
const pauseMs = 50

/** Removes lines of an audit log that are too old or too many, now and every hour. @returns a function that ends it. */
export function keepAuditShort({auditDays, now, removeSome, onProblem}: AuditRetentionOptions): () => void {
  if (auditDays === undefined) return () => {}
  let hasEnded = false

  async function removeAll(days: number): Promise<void> {
    const before = days === 0 ? null : now() - days * dayMs
    while (!hasEnded && (await removeSome(before)) > 0) await delay(pauseMs, undefined, {ref: false})
  }

  const clean = () => {
    removeAll(auditDays).catch((error: unknown) => {
      if (!hasEnded) onProblem?.(error)
    })
  }
  clean()
  const timer = setInterval(clean, everyMs)
  timer.unref()
  return () => {
    hasEnded = true
    clearInterval(timer)
  }
}
