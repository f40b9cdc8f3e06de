import type {JournalDetails, JournalledAnswer, ShownSection} from '../answers/index.ts'
import type {Channel, Ending, FinishReason, SequencedEvent, Source, Timings, Usage} from '../domain/index.ts'
import type {AskedQuestion} from './asked-questions.ts'
import type {Analytics, AnalyticsRequest, PageFigures, PagesRequest} from './figures/analytics.ts'
import type {ListOrder} from './list-order.ts'
import type {Match} from './matching-words.ts'

export interface Feedback {
  /** Null where only `missing` was said. */
  readonly rating: 'up' | 'down' | null
  /** Whether the visitor told the docs team that the docs lack this. Never taken back. */
  readonly missing: boolean
  readonly reasons: readonly string[]
  readonly comment: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** What a visitor says of an answer, at least a rating or `missing`. */
export interface FeedbackChange {
  /** Replaces the rating, with its reasons and comment. Null or absent: they stay, but for a comment that is given. */
  readonly rating?: 'up' | 'down' | null
  /** Stays once it was said. */
  readonly missing?: boolean
  readonly reasons: readonly string[]
  readonly comment: string | null
}

export interface KeptFeedback {
  /** What is stored now: without text if text is not kept. */
  readonly feedback: Omit<Feedback, 'at'>
  /** Whether this is the first time that `missing` was said of the answer. */
  readonly isNewlyMissing: boolean
  /** That of the answer. */
  readonly build: string
}

export const verdicts = ['good', 'incomplete', 'wrong', 'harmful', 'should_abstain', 'should_answer'] as const

export type Verdict = (typeof verdicts)[number]

export interface Review {
  readonly verdict: Verdict
  readonly note: string | null
  readonly correctedAnswer: string | null
  /** Who wrote it, as a name to show; null where that is not known. */
  readonly by: string | null
  readonly at: number
}

/** When a visitor left who did not wait for the end. */
export const leavings = ['before_first_word', 'before_end'] as const

export interface TranscriptFilter {
  /** Text to find in questions and answers, or the id or `ref` of one answer. */
  readonly q?: string
  readonly ending?: Ending | 'running'
  readonly rating?: 'up' | 'down' | 'none'
  /** Whether the visitor said that the docs lack this. */
  readonly missing?: boolean
  /** `any`: reviewed; `none`: not reviewed. */
  readonly verdict?: Verdict | 'any' | 'none'
  /**
   * What deserves a look: it failed, timed out, was cut or declined; a fallback wrote it; the docs had no answer; the visitor disliked it, said
   * that the docs lack it, or left; or a wait or a pause was longer than about ten seconds.
   */
  readonly attention?: true
  /**
   * What the docs may have failed: no answer, or one to a part of the question; a visitor who disliked it, missed it in the
   * docs, stopped it or left; a review that finds it bad.
   */
  readonly unanswered?: true
  /** Who stopped the answer or went away: before its first word, or later. */
  readonly left?: (typeof leavings)[number]
  /** Whether a reader took it up again, after its stream had broken off. */
  readonly resumed?: boolean
  /** What broke off: it failed, timed out, or the server stopped. */
  readonly broke?: true
  readonly abstained?: boolean
  /** Whether the model declined or was cut off by a limit. False: all others, with any ending. */
  readonly partial?: boolean
  /** Whether a fallback wrote it, in place of the generator that was called first. */
  readonly fallback?: boolean
  /** What kind of client asked. */
  readonly channel?: Channel
  readonly build?: string
  /** The generator that was called first. */
  readonly generator?: string
  readonly model?: string
  /** The version of the docs that was asked for. */
  readonly version?: string
  /** The address of a page that the answer cites, as its sources have it. */
  readonly page?: string
  /** Of an answer that ended with an error. */
  readonly error?: string
  /** The language of the pages that were searched, BCP 47: also with a region where this has none. */
  readonly lang?: string
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number
  /** Milliseconds since the epoch, exclusive. */
  readonly to?: number
  /** Digest of the conversation's key, `refOf`. */
  readonly conversation?: string
  /** The keyed hash of the address that the questions came from. */
  readonly visitor?: string
}

export interface TranscriptItem {
  readonly answerId: string
  /** Its reference in logs and analytics. */
  readonly ref: string
  /** Digest of the conversation's key: the same for all answers of one conversation. */
  readonly conversation: string
  /** Always null for staff: the key grants access to the conversation. */
  readonly conversationId: null
  readonly question: string
  /** The language of the pages that were searched, BCP 47; null where that is not known. */
  readonly lang: string | null
  readonly startedAt: number
  readonly ending: Ending | null
  readonly abstained: boolean
  /** Null if the generator did not finish. */
  readonly finishReason: FinishReason | null
  /** Ended as `complete`, but the model declined, or a limit cut the answer. */
  readonly partial: boolean
  readonly rating: 'up' | 'down' | null
  readonly missing: boolean
  readonly verdict: Verdict | null
  readonly build: string
  readonly generator: string
  readonly model: string | null
  /** What kind of client asked. */
  readonly channel: string
  readonly timings: Timings
  /** The first 200 characters of the answer. */
  readonly excerpt: string
  /** Where the words of the search are; null without a search, and where an id was searched for. */
  readonly match: Match | null
}

export interface TranscriptPage {
  readonly items: readonly TranscriptItem[]
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null
  /** How many match; null after the first page. */
  readonly total: {
    readonly answers: number
    /** False where there are more: counting stops at ten thousand, and at one thousand where it takes too long. */
    readonly isExact: boolean
  } | null
  /**
   * Set while answers from before an upgrade are still being read, the newest first: these are not in the list yet. Null
   * or absent when all are.
   */
  readonly cataloguing?: {
    /** How many are left, at most. */
    readonly remaining: number
  } | null
}

/** Everything that is known about one answer. */
export interface Transcript extends JournalledAnswer, JournalDetails {
  readonly ref: string
  readonly conversationId: null
  readonly finishReason: FinishReason | null
  readonly partial: boolean
  readonly text: string
  readonly sources: readonly Source[]
  readonly usage: Usage
  readonly timings: Timings
  /** How often a reader took it up again, after its stream had broken off. */
  readonly resumes: number
  /** Numbers of the sources that the visitor opened, in the order in which that was done first. */
  readonly opened: readonly number[]
  readonly feedback: Feedback | null
  readonly review: Review | null
  readonly events: readonly SequencedEvent[]
}

/** What is kept of what an answer was made of: nothing of one from before this was kept, or where text is not kept. */
export interface KeptMaterial {
  /** Of the answer. */
  readonly ref: string
  /**
   * The requests to the model as JSON, in order: an array of `{n, at, body}`, as they were sent but for what is redacted of
   * what the visitor wrote. Empty for extracts.
   */
  readonly requests: string
  /** The sections that were shown, as they were found, by the numbers of their sources. */
  readonly sections: readonly ShownSection[]
}

/** What a filter can ask for, where the answers say which values there are. */
export const valueKinds = ['model', 'build', 'version', 'generator', 'error', 'lang', 'page'] as const

export type ValueKind = (typeof valueKinds)[number]

/** What the transcripts take, in bytes. */
export interface TranscriptStorage {
  /** Of answers with their events, without room that removed ones have left. */
  readonly bytes: number
  /** Shortly before it the oldest answers are removed; null for no limit. */
  readonly maxBytes: number | null
  /** Of what lies beside: the catalog and the write-ahead logs. */
  readonly besideBytes: number
  /** When the oldest answer was asked, in milliseconds since the epoch; null without any. */
  readonly oldestAt: number | null
}

/** A value that a filter can ask for, and how many answers have it. */
export interface NamedCount {
  readonly name: string
  readonly answers: number
}

/** How much of a transcript is read. */
export interface ReadOptions {
  /** Whether everything in it is redacted, for somebody outside the staff: also the answer and the text of the docs. Default false. */
  readonly redacted?: boolean
}

export interface PageRequest {
  /** `nextCursor` of the previous page; absent for the first page. */
  readonly cursor?: string
  /** Default `newest`. */
  readonly sort?: ListOrder
  /** Items on a page, 1 to 200; default 50. */
  readonly limit?: number
}

/**
 * Reads and changes of the answers in the journal, for staff and visitors. Events appended to the journal are visible at
 * once.
 * @throws DocentError from every method: `storage` if the store cannot be read or written, `rate_limited` if too much is
 * being read, `too_large` if a read exceeds its limits.
 */
export interface TranscriptStore {
  /** @throws DocentError `invalid_request` for a bad cursor. */
  list(filter: TranscriptFilter, page?: PageRequest): Promise<TranscriptPage>
  /** The transcript by the answer's id, or by its `ref` once it has ended. */
  get(answerId: string, options?: ReadOptions): Promise<Transcript | null>
  /** By the answer's id, or by its `ref` once it has ended; null for an unknown one. */
  material(answerId: string): Promise<KeptMaterial | null>
  /**
   * The latest rating wins; `missing` stays. The same again changes nothing but the time.
   * @throws DocentError `not_found`.
   */
  setFeedback(answerId: string, change: FeedbackChange): Promise<KeptFeedback>
  /** The first value counts. Does nothing if the answer is not stored. */
  setFirstUseful(answerId: string, firstUsefulMs: number): Promise<void>
  /** Counts a reader who took the answer up again, up to a hundred. Does nothing if the answer is not stored. */
  countResume(answerId: string): Promise<void>
  /** Notes that the visitor opened a source. @returns whether it is the first time; false if the answer is not stored. */
  noteOpened(answerId: string, n: number): Promise<boolean>
  /**
   * @param replaces when the review was written that this one replaces, null if there was none; absent to replace any.
   * @throws DocentError `not_found`; `conflict` if the stored review is another one; `invalid_request` for text if text is
   * not kept.
   */
  setReview(answerId: string, review: Omit<Review, 'at'>, replaces?: number | null): Promise<void>
  /** Removes an answer completely, including search entries. Resolves with false if there was none. */
  delete(answerId: string): Promise<boolean>
  /** Removes all answers of a conversation, by its digest, for a visitor. @returns the number of answers removed. */
  deleteConversation(conversation: string): Promise<number>
  /**
   * Removes all answers to questions that came from an address, by its keyed hash, some at a time.
   * @param onRemoved called with the `ref` of each, after every step
   * @returns the number of answers removed.
   */
  deleteVisitor(visitor: string, onRemoved?: (refs: readonly string[]) => Promise<void>): Promise<number>
  /** Removes answers that began before `before`. @returns the number of answers removed. */
  purge(before: number): Promise<number>
  /**
   * Whether no removed data is left on disk. While another process reads the store copies may remain; they are erased once
   * it has finished.
   */
  readonly isErased: boolean
  /** All that match, oldest first, read as they are consumed. */
  export(filter: TranscriptFilter, options?: ReadOptions): AsyncIterable<Transcript>
  /** What ended answers add up to, also those that were removed meanwhile. */
  analytics(request: AnalyticsRequest): Promise<Analytics>
  /** The pages that ended answers found, in no order: of whole days (UTC), and of all builds. */
  pageFigures(request: PagesRequest): Promise<readonly PageFigures[]>
  /** What it takes. */
  storage(): Promise<TranscriptStorage>
  /**
   * Questions that were asked, by the `ref` of their answers, in this order; those that are gone, or of which no words are
   * kept, are left out.
   */
  asked(refs: readonly string[]): Promise<readonly AskedQuestion[]>
  /** The values of a filter, the most frequent first. */
  values(kind: ValueKind, limit: number): Promise<readonly NamedCount[]>
}
