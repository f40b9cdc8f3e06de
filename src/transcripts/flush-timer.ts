/** Schedules the next flush: whichever of the requested times comes first. */
export interface FlushTimer {
  /** Flushes within `ms` milliseconds. @param keepsAlive whether the process must not exit before. */
  scheduleWithin(ms: number, keepsAlive: boolean): void
  /** Flushes in the next turn of the event loop, together with everything added in this one. */
  scheduleSoon(): void
  /** Cancels the next flush. */
  cancel(): void
}

export function createFlushTimer(flush: () => void): FlushTimer {
  let timer: ReturnType<typeof setTimeout> | null = null
  let immediate: ReturnType<typeof setImmediate> | null = null

  return {
    scheduleWithin(ms, keepsAlive) {
      if (timer !== null) return
      timer = setTimeout(flush, ms)
      if (!keepsAlive) timer.unref?.()
    },
    scheduleSoon() {
      immediate ??= setImmediate(flush)
    },
    cancel() {
      if (timer !== null) clearTimeout(timer)
      if (immediate !== null) clearImmediate(immediate)
      timer = null
      immediate = null
    },
  }
}
