import type {MinuteCount} from './limit-store.ts'

const minuteMs = 60_000

/** Counts by key in the minute that begins with its first use. Keeps only the keys of the last minute. */
export class MinuteWindows {
  readonly #now: () => number
  // All windows have the same length and a map keeps insertion order, so expired ones come first.
  readonly #minutes = new Map<string, {readonly endsAt: number; used: number}>()

  /** @param now returns milliseconds of a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now
  }

  count(key: string, max: number): MinuteCount {
    const at = this.#now()
    this.#forgetPast(at)
    const minute = this.#minutes.get(key) ?? {endsAt: at + minuteMs, used: 0}
    if (minute.used === 0) this.#minutes.set(key, minute)
    const isAllowed = minute.used < max
    if (isAllowed) minute.used++
    return {isAllowed, remaining: max - minute.used, resetMs: minute.endsAt - at}
  }

  #forgetPast(at: number): void {
    for (const [key, {endsAt}] of this.#minutes) {
      if (endsAt > at) return
      this.#minutes.delete(key)
    }
  }
}
