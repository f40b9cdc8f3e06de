/** What the staff API sends of verified answers, as far as the console reads it. */

export type VerifiedState = 'proposed' | 'published' | 'withdrawn'

export interface VerifiedItem {
  readonly id: string
  readonly state: VerifiedState
  /** Published, and not given since its page has changed. */
  readonly isResting: boolean
  readonly revision: number
  readonly question: string
  readonly excerpt: string
  readonly url: string
  readonly anchor: string
  readonly lang: string | null
  readonly version: string | null
  readonly answerRef: string | null
  readonly proposedBy: string
  readonly proposedAt: number
  readonly changedBy: string
  readonly changedAt: number
  readonly publishedBy: string | null
  readonly publishedAt: number | null
  /** Where it rests in the current build; null where that has no such page or section. */
  readonly section: {
    readonly url: string
    readonly anchor: string
    readonly title: string
    readonly headings: readonly string[]
  } | null
}

export interface VerifiedAnswer extends Omit<VerifiedItem, 'excerpt'> {
  readonly text: string
}
