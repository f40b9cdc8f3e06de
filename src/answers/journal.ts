import type {
  Ending,
  ErrorCode,
  GeneratorName,
  SequencedEvent,
  Source,
  Turn,
  VisitorPage,
} from '../domain/index.ts'
import type {AnswerState} from './answer-state.ts'

/** What is known about an answer when it begins. */
export interface JournalEntry {
  readonly answerId: string
  /** Digest of the conversation's key, which itself is stored nowhere. */
  readonly conversation: string
  readonly question: string
  readonly version: string | null
  /** The language that was asked for, BCP 47; null or absent where none was. */
  readonly lang?: string | null
  /** Where the visitor was; null or absent where that was not said, or is not kept. */
  readonly page?: VisitorPage | null
  readonly build: string
  readonly generator: GeneratorName
  readonly model: string | null
  readonly embedding: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Settings that shaped the answer: timeouts, source count, and so on. Never secrets. */
  readonly settings: Readonly<Record<string, unknown>>
  /** What kind of client asked, a `Channel`. */
  readonly channel: string
  /** The client's key against double submission; null if it sent none. */
  readonly idempotencyKey: string | null
  /** A keyed hash of the client's own name for its chat, by which it takes answers up again; null or absent where it has none. */
  readonly chat?: string | null
  /** A keyed hash of the address that the question came from; null or absent where it came from none. */
  readonly visitor?: string | null
}

/** Details of an answer that are not events: known late, or not meant for the visitor. */
export interface JournalDetails {
  /** The language of the pages that were searched, BCP 47. */
  readonly lang?: string | null
  readonly upstreamRequestId?: string | null
  /** The generator that wrote the answer, if it was a fallback and not the one that was called first. */
  readonly writtenBy?: {readonly generator: GeneratorName; readonly model: string | null}
  /** Why the first one did not write it, with the upstream's id of the request that failed. */
  readonly fallbackCause?: {
    readonly code: ErrorCode
    readonly upstreamRequestId: string | null
    /** What failed, for the operator; absent in answers of earlier versions, and where no text is kept. */
    readonly detail?: string
  }
  /** What failed, for the operator. */
  readonly errorDetail?: string | null
  /** Time from the question to the first sources on the visitor's screen, as the browser measured it. */
  readonly firstUsefulMs?: number
  /** Milliseconds by retrieval stage. */
  readonly retrievalTimings?: Readonly<Record<string, number>>
  /** Retries, fallbacks and other steps, one sentence each. */
  readonly notes?: readonly string[]
  /** Sources that were found but not good enough to show, if the answer abstained. */
  readonly considered?: readonly Source[]
  /**
   * When the words of the answer were removed, since a page that it rested on was withdrawn. Milliseconds since the epoch;
   * absent where they are as they were written.
   */
  readonly emptiedAt?: number
}

/** A request that was sent to a model. */
export interface SentRequest {
  /** One-based, in the order of an answer. */
  readonly n: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** JSON, without key and headers. */
  readonly body: object
  /** Texts of it that quote the docs without being marked as search results. */
  readonly quotations: readonly string[]
}

/** A section that was shown as a source, with the text that was found. */
export interface ShownSection {
  /** The number of the source. */
  readonly n: number
  /** Of the section, as its source has it. */
  readonly id: string
  /** Of its page, below the content root; empty for a verified answer. */
  readonly path: string
  /** All that could be quoted of it. */
  readonly markdown: string
  /** Whether that is a part of the section. */
  readonly isPart: boolean
}

/** What an answer was made of. */
export interface AnswerMaterial {
  readonly request?: SentRequest
  readonly sections?: readonly ShownSection[]
}

export interface JournalledAnswer extends JournalEntry {
  /** Null while it runs. */
  readonly ending: Ending | null
}

/** How long an idempotency key stays with the answer that claimed it, in milliseconds. */
export const idempotencyWindowMs = 24 * 60 * 60 * 1000

/** Whether this answer still holds its key at `now`, in milliseconds since the epoch. */
export function holdsIdempotencyKey(answer: JournalEntry, now: number): boolean {
  return now - answer.startedAt < idempotencyWindowMs
}

/**
 * The durable record of every answer. It serves resumed streams, the history of a conversation, transcripts and replay.
 *
 * Writing never waits for the disk and never fails: appended events are readable at once, and are flushed together with
 * those of all other answers every 75 ms or so and when an answer ends. If the store cannot be written or read, the
 * journal is degraded: answers continue, reads return what is in memory, `health()` says why. No method rejects for
 * that reason.
 */
export interface Journal {
  /**
   * Records that an answer begins and claims its idempotency key, in one step: of two answers that begin with the same
   * key, in this process or in another, only one does. Must have resolved with null before any event is appended.
   *
   * Answers without a key never wait for the disk.
   * @param state what the answer's events add up to. Its writer adds each event before appending it; the journal only
   * reads it, so that nothing is added up twice.
   * @returns null if the answer has begun. Otherwise nothing was recorded, and the result is the answer that holds the
   * key: the latest one begun with it, if `holdsIdempotencyKey(it, entry.startedAt)`.
   */
  begin(entry: JournalEntry, state: AnswerState): Promise<JournalledAnswer | null>
  /** Adds the next event. Events of an answer that is unknown, or was deleted meanwhile, are dropped. */
  append(answerId: string, event: SequencedEvent): void
  /** Adds details; later values win. */
  note(answerId: string, details: JournalDetails): void
  /** Keeps what an answer is made of, where text is kept: the first of each number. It is read by staff alone. */
  keep(answerId: string, material: AnswerMaterial): void

  /** Resolves with null for an unknown id. The question is empty if its text is not kept. */
  find(answerId: string): Promise<JournalledAnswer | null>
  /** Events after `seq`, in order, unflushed ones included; none for an unknown id. */
  eventsAfter(answerId: string, seq: number): Promise<readonly SequencedEvent[]>
  /** The latest answer begun with this key, however long ago; null when there is none. */
  findByIdempotencyKey(key: string): Promise<JournalledAnswer | null>
  /** The latest answer begun in this chat, by the hash in its entry; null when there is none. */
  findByChat(chat: string): Promise<JournalledAnswer | null>
  /** Whether any answer of the conversation is known. `conversation` is a digest, the `refOf` of its key. */
  hasConversation(conversation: string): Promise<boolean>
  /**
   * The latest turns of a conversation, at most `limit`, oldest first: the questions of answers that have ended, and
   * the text of those that ended as `complete`. Left out are answers that the model declined, answers that a later one
   * continued and completed, and answers whose text is not kept.
   */
  conversation(conversation: string, limit: number): Promise<readonly Turn[]>

  /** Resolves when everything appended is on disk, or when it is known that it cannot be written. */
  flush(): Promise<void>
  health(): JournalHealth
}

export interface JournalHealth {
  /** The store cannot be written at the moment, or answers were lost. */
  readonly degraded: boolean
  /** Why, for the operator; null when it is not degraded. */
  readonly reason: string | null
  /** Number of events that are in memory only. */
  readonly unflushed: number
}
