/**
 * Counts what visitors use, over all processes that serve them. Each call checks and counts in one atomic step: of two
 * concurrent calls against a limit of one, one is refused, however slow the store is.
 */
export interface LimitStore {
  /** Counts one in the minute that begins with the first use of the key, unless `max` is reached. `max` is at least 1. */
  countInMinute(key: string, max: number): Promise<MinuteCount>

  /** Acquires all claims, or none if one of them is at its limit. The keys in one call must differ. */
  acquire(claims: readonly Claim[]): Promise<Acquisition>
}

/** The minute of a key after one more use. */
export interface MinuteCount {
  readonly isAllowed: boolean
  readonly remaining: number
  /** Time until the minute ends, in milliseconds. */
  readonly resetMs: number
}

export interface Claim {
  readonly key: string
  /** Maximum that may be held and spent together; at least 1. */
  readonly max: number
  /**
   * When the spent count expires, in milliseconds since the epoch. Null for a slot that is only held and never spent.
   */
  readonly spentUntil: number | null
}

export type Acquisition =
  | {
      readonly isAcquired: true
      /**
       * Releases every claim. With `isSpent`, claims that have a `spentUntil` still count until then. Only the first call
       * has an effect. Never rejects: the store must reclaim what cannot be released now.
       */
      readonly release: (isSpent: boolean) => Promise<void>
    }
  | {
      readonly isAcquired: false
      /** Index of the first claim that is at its limit. */
      readonly fullIndex: number
      /** How many of it are spent; the others are held and may still be released. */
      readonly spent: number
    }
