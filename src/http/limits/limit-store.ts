/**
 * Counts what visitors use, for every process that serves them. Each call checks and counts in one step: of two calls
 * at once past a limit of one, one is refused, however long the store takes.
 */
export interface LimitStore {
  /** Counts one in the minute that begins with the key's first, where there is room for it. `most` is at least 1. */
  countInMinute(key: string, most: number): Promise<Minute>

  /** Takes one of each claim, or none of any where one of them has no room. The keys of one call differ. */
  take(claims: readonly Claim[]): Promise<Take>
}

/** A key's minute after one more was asked for. */
export interface Minute {
  readonly isAllowed: boolean
  readonly remaining: number
  /** Until the key begins anew, in milliseconds. */
  readonly resetMs: number
}

export interface Claim {
  readonly key: string
  /** How many may be taken or spent at the same time; at least 1. */
  readonly most: number
  /**
   * When what was spent is forgotten, in milliseconds since the epoch. Null for a place that is only held: nothing of
   * it is ever spent.
   */
  readonly spentUntil: number | null
}

export type Take =
  | {
      readonly isTaken: true
      /**
       * Gives back what was taken of every claim; what was spent goes on counting where the claim knows spending. Once,
       * however often it is called. Never rejects: what cannot be given back now is for the store to reclaim.
       */
      readonly giveBack: (isSpent: boolean) => Promise<void>
    }
  | {
      readonly isTaken: false
      /** Index of the first claim without room. */
      readonly full: number
      /** How many of it are spent; the others are taken and may yet be given back. */
      readonly spent: number
    }
