import type {Acquisition, Claim} from './limit-store.ts'

/** Counts of one key: what was spent, and what is held and may still be released. */
interface Tally {
  spent: number
  held: number
}

/** Acquires and releases claims. Keeps only keys with something held, or spent and not yet expired. */
export class ClaimTallies {
  readonly #now: () => number
  /** By `spentUntil`, then by key. There are few values: null for slots, and the current days. */
  readonly #tallies = new Map<number | null, Map<string, Tally>>()

  /** `now` returns milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  acquire(claims: readonly Claim[]): Acquisition {
    this.#forgetPast()
    const tallies = claims.map((claim) => this.#tallyOf(claim))
    const fullIndex = claims.findIndex(({max}, index) => isFull(tallies[index]!, max))
    if (fullIndex >= 0) return {isAcquired: false, fullIndex, spent: tallies[fullIndex]!.spent}
    for (const [index, claim] of claims.entries()) this.#store(claim, tallies[index]!)
    for (const tally of tallies) tally.held++

    let isAcquired = true
    return {
      isAcquired: true,
      release: async (isSpent) => {
        if (!isAcquired) return
        isAcquired = false
        for (const [index, claim] of claims.entries()) this.#release(claim, tallies[index]!, isSpent)
      },
    }
  }

  #tallyOf({key, spentUntil}: Claim): Tally {
    return this.#tallies.get(spentUntil)?.get(key) ?? {spent: 0, held: 0}
  }

  #store({key, spentUntil}: Claim, tally: Tally): void {
    const byKey = this.#tallies.get(spentUntil)
    if (byKey) byKey.set(key, tally)
    else this.#tallies.set(spentUntil, new Map([[key, tally]]))
  }

  #release({key, spentUntil}: Claim, tally: Tally, isSpent: boolean): void {
    tally.held--
    if (isSpent && spentUntil !== null) tally.spent++
    const byKey = this.#tallies.get(spentUntil)
    if (tally.held + tally.spent === 0 && byKey?.get(key) === tally) byKey.delete(key)
  }

  #forgetPast(): void {
    const now = this.#now()
    for (const until of this.#tallies.keys()) {
      if (until !== null && until <= now) this.#tallies.delete(until)
    }
  }
}

function isFull({spent, held}: Tally, max: number): boolean {
  return spent + held >= max
}
