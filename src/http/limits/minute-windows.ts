import type {Minute} from './limit-store.ts'

const minuteMs = 60_000

/** Counts by key in the minute that begins with the key's first. Remembers the keys of the last minute and no others. */
export class MinuteWindows {
  readonly #now: () => number
  // All minutes are as long and a map keeps its order, so those that have passed stand first.
  readonly #minutes = new Map<string, {readonly endsAt: number; used: number}>()

  /** `now` returns milliseconds of a clock that never goes back. */
  constructor(now: () => number) {
    this.#now = now
  }

  count(key: string, most: number): Minute {
    const at = this.#now()
    this.#forgetPast(at)
    const minute = this.#minutes.get(key) ?? {endsAt: at + minuteMs, used: 0}
    if (minute.used === 0) this.#minutes.set(key, minute)
    const isAllowed = minute.used < most
    if (isAllowed) minute.used++
    return {isAllowed, remaining: most - minute.used, resetMs: minute.endsAt - at}
  }

  #forgetPast(at: number): void {
    for (const [key, {endsAt}] of this.#minutes) {
      if (endsAt > at) return
      this.#minutes.delete(key)
    }
  }
}
