/** A link that shows one conversation to whoever has it, until it ends or is withdrawn. */
export interface Handover {
  readonly id: string
  /** The `ref` of the answer that it was made for. */
  readonly ref: string
  /** Milliseconds since the epoch, as all times here. What was said later is not shown. */
  readonly madeAt: number
  /** Who made it, as `who` of an actor. */
  readonly who: string
  /** The name of who made it. */
  readonly madeBy: string
  /** What it is for, as the number of a ticket; null for none. */
  readonly note: string | null
  readonly endsAt: number
  readonly withdrawnAt: number | null
  /** How often it was opened. */
  readonly openings: number
  /** When it was opened last; null if it never was. */
  readonly openedAt: number | null
}

/** A link that was just made, with the key in its address, which nobody can read again. */
export interface MadeHandover {
  readonly handover: Handover
  readonly key: string
}

export interface HandoverPage {
  /** The newest first. */
  readonly items: readonly Handover[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

/** Longest time that a link works, in days. */
export const maxHandoverDays = 90
export const defaultHandoverDays = 30
/** Longest note, in UTF-16 units. */
export const maxHandoverNote = 200
/** Maximum links that work at one time. */
export const maxHandovers = 1_000
/** How long links that have ended, or were withdrawn, stay listed. */
export const endedHandoverMs = 30 * 24 * 60 * 60 * 1000

/** Whether a link works at `now`. */
export function isHandoverOpen({withdrawnAt, endsAt}: Handover, now: number): boolean {
  return withdrawnAt === null && now < endsAt
}

/**
 * Links that show a conversation. Of their keys only digests are stored.
 * @throws DocentError `storage` from every method, if the store cannot be read or written.
 */
export interface HandoverStore {
  /** @throws DocentError `conflict` if there are too many. */
  makeHandover(given: {
    readonly ref: string
    readonly who: string
    readonly by: string
    readonly note: string | null
    /** How long it works, in days. */
    readonly days: number
  }): Promise<MadeHandover>
  /** @throws DocentError `invalid_request` for a bad cursor. */
  handovers(page?: {readonly cursor?: string; readonly limit?: number}): Promise<HandoverPage>
  findHandover(id: string): Promise<Handover | null>
  /** The link of a key, also one that has ended; null for a key that no link has. */
  handoverOfKey(key: string): Promise<Handover | null>
  /** Counts that a link was opened. */
  countOpening(id: string): Promise<void>
  /** @throws DocentError `not_found` if there is none, or it was withdrawn already. */
  withdrawHandover(id: string): Promise<Handover>
}
