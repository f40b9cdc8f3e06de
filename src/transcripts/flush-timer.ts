/** When something is flushed next: whichever of its times comes first. */
export interface FlushTimer {
  /** Within so many milliseconds. @param keepsAlive Whether the process must not end before. */
  within(ms: number, keepsAlive: boolean): void
  /** In the next turn of the event loop, together with all that comes in this one. */
  soon(): void
  /** Not any more. */
  stop(): void
}

export function createFlushTimer(flush: () => void): FlushTimer {
  let timer: ReturnType<typeof setTimeout> | null = null
  let immediate: ReturnType<typeof setImmediate> | null = null

  return {
    within(ms, keepsAlive) {
      if (timer !== null) return
      timer = setTimeout(flush, ms)
      if (!keepsAlive) timer.unref?.()
    },
    soon() {
      immediate ??= setImmediate(flush)
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      if (immediate !== null) clearImmediate(immediate)
      timer = null
      immediate = null
    },
  }
}
