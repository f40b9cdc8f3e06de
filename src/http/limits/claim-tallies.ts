import type {Claim, Take} from './limit-store.ts'

/** Of one key: what was spent, and what is taken and may yet be given back. */
interface Tally {
  spent: number
  taken: number
}

/** Takes and gives back claims. Remembers keys that have something taken, or spent and not yet forgotten. */
export class ClaimTallies {
  readonly #now: () => number
  /** By `spentUntil`, then by key. There are few times: places, and the days under way. */
  readonly #tallies = new Map<number | null, Map<string, Tally>>()

  /** `now` returns milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  take(claims: readonly Claim[]): Take {
    this.#forgetPast()
    const tallies = claims.map((claim) => this.#tallyOf(claim))
    const full = claims.findIndex(({most}, index) => isFull(tallies[index]!, most))
    if (full >= 0) return {isTaken: false, full, spent: tallies[full]!.spent}
    for (const [index, claim] of claims.entries()) this.#keep(claim, tallies[index]!)
    for (const tally of tallies) tally.taken++

    let isTaken = true
    return {
      isTaken: true,
      giveBack: async (isSpent) => {
        if (!isTaken) return
        isTaken = false
        for (const [index, claim] of claims.entries()) this.#giveBack(claim, tallies[index]!, isSpent)
      },
    }
  }

  #tallyOf({key, spentUntil}: Claim): Tally {
    return this.#tallies.get(spentUntil)?.get(key) ?? {spent: 0, taken: 0}
  }

  #keep({key, spentUntil}: Claim, tally: Tally): void {
    const byKey = this.#tallies.get(spentUntil)
    if (byKey) byKey.set(key, tally)
    else this.#tallies.set(spentUntil, new Map([[key, tally]]))
  }

  #giveBack({key, spentUntil}: Claim, tally: Tally, isSpent: boolean): void {
    tally.taken--
    if (isSpent && spentUntil !== null) tally.spent++
    const byKey = this.#tallies.get(spentUntil)
    if (tally.taken + tally.spent === 0 && byKey?.get(key) === tally) byKey.delete(key)
  }

  #forgetPast(): void {
    const now = this.#now()
    for (const until of this.#tallies.keys()) {
      if (until !== null && until <= now) this.#tallies.delete(until)
    }
  }
}

function isFull({spent, taken}: Tally, most: number): boolean {
  return spent + taken >= most
}
