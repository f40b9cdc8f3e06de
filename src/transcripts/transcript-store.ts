import type {JournalDetails, JournalledAnswer} from '../answers/index.ts'
import type {Ending, FinishReason, SequencedEvent, Source, Timings, Usage} from '../domain/index.ts'

export interface Feedback {
  readonly rating: 'up' | 'down'
  readonly reasons: readonly string[]
  readonly comment: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

export type Verdict = 'good' | 'incomplete' | 'wrong' | 'harmful' | 'should_abstain' | 'should_answer'

export interface Review {
  readonly verdict: Verdict
  readonly note: string | null
  readonly correctedAnswer: string | null
  readonly at: number
}

export interface TranscriptFilter {
  /** Words to find in questions and answers; or the id or the `ref` of one answer. */
  readonly q?: string
  readonly ending?: Ending | 'running'
  readonly rating?: 'up' | 'down' | 'none'
  readonly verdict?: Verdict | 'none'
  readonly abstained?: boolean
  /** Whether the model declined or was cut by a limit. False: all others, however they ended. */
  readonly partial?: boolean
  readonly build?: string
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number
  /** Milliseconds since the epoch, exclusive. */
  readonly to?: number
  /** By its digest, `refOf`. */
  readonly conversation?: string
}

export interface TranscriptItem {
  readonly answerId: string
  /** What logs and analytics call it. */
  readonly ref: string
  /** Digest of the conversation's key: the same for all answers of one conversation. */
  readonly conversation: string
  /** Never given to staff: the key joins and deletes. */
  readonly conversationId: null
  readonly question: string
  readonly startedAt: number
  readonly ending: Ending | null
  readonly abstained: boolean
  /** Null where the generator did not finish. */
  readonly finishReason: FinishReason | null
  /** Ended `complete`, and is not whole: see `isPartialFinish`. */
  readonly partial: boolean
  readonly rating: 'up' | 'down' | null
  readonly verdict: Verdict | null
  readonly build: string
  readonly generator: string
  readonly model: string | null
  readonly timings: Timings
  /** The first 200 characters of what was answered. */
  readonly excerpt: string
}

export interface TranscriptPage {
  readonly items: readonly TranscriptItem[]
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null
}

/** Everything that is known of one answer. */
export interface Transcript extends JournalledAnswer, JournalDetails {
  readonly ref: string
  readonly conversationId: null
  readonly finishReason: FinishReason | null
  readonly partial: boolean
  readonly text: string
  readonly sources: readonly Source[]
  readonly usage: Usage
  readonly timings: Timings
  readonly feedback: Feedback | null
  readonly review: Review | null
  readonly events: readonly SequencedEvent[]
}

export interface PageRequest {
  /** `nextCursor` of the page before; none for the first page. */
  readonly cursor?: string
  /** Items of a page, 1 to 200; default 50. */
  readonly limit?: number
}

/**
 * What staff and visitors read and change of the answers in the journal. What was appended to the journal is seen.
 * @throws DocentError from every method: `storage` when the store cannot be read or written, `rate_limited` when too
 * much is being read, `too_large` when a read takes more than it may.
 */
export interface TranscriptStore {
  /** Newest first. @throws DocentError `invalid_request` for a bad cursor. */
  list(filter: TranscriptFilter, page?: PageRequest): Promise<TranscriptPage>
  /** By the answer's id, or by its `ref` once it has ended. */
  get(answerId: string): Promise<Transcript | null>
  /**
   * The latest feedback wins.
   * @returns what is kept: where no words may be, only the rating.
   * @throws DocentError `not_found`.
   */
  setFeedback(answerId: string, feedback: Omit<Feedback, 'at'>): Promise<Omit<Feedback, 'at'>>
  /** The first value counts; an answer that is not kept is passed over. */
  setFirstUseful(answerId: string, firstUsefulMs: number): Promise<void>
  /** @throws DocentError `not_found`; `invalid_request` for words that the log does not keep. */
  setReview(answerId: string, review: Omit<Review, 'at'>): Promise<void>
  /** Removes every trace, search entries included. @returns false when there was none. */
  delete(answerId: string): Promise<boolean>
  /** A visitor's wish: everything of one conversation, by its digest. @returns the number of answers removed. */
  deleteConversation(conversation: string): Promise<number>
  /** Removes what began before `before`. @returns the number of answers removed. */
  purge(before: number): Promise<number>
  /**
   * Whether nothing of what was removed is left on the disk. While somebody else reads the store copies may be, until
   * they let go; the copies then go by themselves.
   */
  readonly isErased: boolean
  /** All that match, oldest first, read as they are taken. Ends by itself when it is left. */
  export(filter: TranscriptFilter): AsyncIterable<Transcript>
}
