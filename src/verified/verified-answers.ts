/** `proposed`: waits to be published. `published`: given, while its page stays the same. `withdrawn`: not given any more. */
export const verifiedStates = ['proposed', 'published', 'withdrawn'] as const

export type VerifiedState = (typeof verifiedStates)[number]

/** What staff write. */
export interface VerifiedDraft {
  /** As visitors ask it. */
  readonly question: string
  /** Markdown. */
  readonly text: string
  /** The section of the docs that it rests on: absolute, or a path on this server; without the fragment. */
  readonly url: string
  /** Fragment without `#`; empty for the whole page. */
  readonly anchor: string
  /** The language of the pages that answer the question, BCP 47; null where the docs do not say. */
  readonly lang: string | null
  /** The version of the docs that is asked for; null for the current one. */
  readonly version: string | null
}

/** An answer that staff wrote for one question. */
export interface VerifiedAnswer extends VerifiedDraft {
  readonly id: string
  readonly state: VerifiedState
  /** Counts up with each change. */
  readonly revision: number
  /** The `ref` of the answer that it was written for; null for none. */
  readonly answerRef: string | null
  readonly proposedBy: string
  /** Milliseconds since the epoch, as all times here. */
  readonly proposedAt: number
  readonly changedBy: string
  readonly changedAt: number
  readonly publishedBy: string | null
  readonly publishedAt: number | null
  /** Digest of its page's text when it was published; see `pageDigest`. */
  readonly pageDigest: string | null
}

/** Without its text, for lists. */
export interface VerifiedItem extends Omit<VerifiedAnswer, 'text'> {
  /** The first 200 UTF-16 units of the text. */
  readonly excerpt: string
}

/** Maximum number of verified answers, whatever their state. */
export const maxVerifiedAnswers = 2_000
/** In UTF-16 units. */
export const maxVerifiedText = 20_000

/** Who changes an answer, and which revision they have read. */
export interface VerifiedChange {
  readonly by: string
  readonly revision: number
}

/**
 * Answers that staff wrote. Every method sees what other processes have changed.
 * @throws DocentError `storage` from every method, if the store cannot be read or written. Those that take a change:
 * `not_found`, and `conflict` for another revision than the current one.
 */
export interface VerifiedAnswers {
  /** All of them, the one changed last first. */
  list(): Promise<readonly VerifiedItem[]>
  get(id: string): Promise<VerifiedAnswer | null>
  /** The published answer to this question; null for none. Questions are the same as `questionKey` has it. */
  publishedFor(question: string, of: Pick<VerifiedDraft, 'lang' | 'version'>): Promise<VerifiedAnswer | null>
  /** @throws DocentError `conflict` if there are too many. */
  propose(
    draft: VerifiedDraft,
    from: {readonly by: string; readonly answerRef: string | null},
  ): Promise<VerifiedAnswer>
  /** A published one stays published, with the digest of its page as it is now. */
  change(
    id: string,
    draft: VerifiedDraft,
    change: VerifiedChange,
    pageDigest: string,
  ): Promise<VerifiedAnswer>
  /** An earlier one to the same question is withdrawn with it. */
  publish(
    id: string,
    change: VerifiedChange,
    pageDigest: string,
  ): Promise<{readonly answer: VerifiedAnswer; readonly replaced: string | null}>
  withdraw(id: string, change: VerifiedChange): Promise<VerifiedAnswer>
  /** Resolves with false if there was none. */
  delete(id: string): Promise<boolean>
  close(): void
}
