/** A link that shows one conversation to whoever has it. Times are milliseconds since the epoch. */
export interface HandoverItem {
  readonly id: string
  /** Of the answer that it was made for. */
  readonly ref: string
  /** Redacted, as it was asked; null where the transcript was deleted, empty where its words are not kept. */
  readonly question: string | null
  readonly madeAt: number
  readonly madeBy: string
  readonly note: string | null
  readonly expiresAt: number
  readonly withdrawnAt: number | null
  readonly openings: number
  readonly openedAt: number | null
  /** Whether it shows something: it has neither ended nor been withdrawn, and its transcript is kept. */
  readonly isOpen: boolean
  readonly mayWithdraw: boolean
}

export interface HandoverPage {
  readonly items: readonly HandoverItem[]
  readonly nextCursor: string | null
}

/** A link that was just made; its address is never shown again. */
export interface MadeHandover {
  readonly id: string
  readonly url: string
  readonly expiresAt: number
}

export const pathOfHandovers = '/console/transcripts/handovers'
