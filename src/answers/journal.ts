import type {Ending, GeneratorName, SequencedEvent, Source, Turn} from '../domain/index.ts'
import type {AnswerState} from './answer-state.ts'

/** What is known of an answer when it begins. */
export interface JournalEntry {
  readonly answerId: string
  /** Digest of the conversation's key, `refOf`; the key itself is never journalled. */
  readonly conversation: string
  readonly question: string
  readonly version: string | null
  readonly build: string
  readonly generator: GeneratorName
  readonly model: string | null
  readonly embedding: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** What shaped the answer: timeouts, source count, and so on. Never secrets. */
  readonly settings: Readonly<Record<string, unknown>>
  /** How the question came in: `http`, `ws` (a WebSocket) or `cli`. */
  readonly channel: string
  /** Client's key against double submission; null when none was given. */
  readonly idempotencyKey: string | null
}

/** Facts about an answer that are not events: known late, or not for the visitor. */
export interface JournalFacts {
  readonly upstreamRequestId?: string | null
  /** Who wrote the answer, when it was not the generator that was asked: a fallback. */
  readonly writtenBy?: {readonly generator: GeneratorName; readonly model: string | null}
  /** The operator's message of what failed. */
  readonly errorDetail?: string | null
  /** From asking to the first sources on the visitor's screen, as the visitor's browser measured it. */
  readonly firstUsefulMs?: number
  /** Milliseconds by retrieval stage. */
  readonly retrievalTimings?: Readonly<Record<string, number>>
  /** Retries, fallbacks and other steps, one sentence each. */
  readonly notes?: readonly string[]
  /** What was found but not good enough to show, when the answer abstained. */
  readonly considered?: readonly Source[]
}

export interface JournalledAnswer extends JournalEntry {
  /** Null while it runs. */
  readonly ending: Ending | null
}

/** How long an idempotency key belongs to the answer that claimed it. */
const idempotencyWindowMs = 24 * 60 * 60 * 1000

/** Whether the key of this answer is still its own at `now`, in milliseconds since the epoch. */
export function holdsIdempotencyKey(answer: JournalEntry, now: number): boolean {
  return now - answer.startedAt < idempotencyWindowMs
}

/**
 * The durable record of every answer: serves resume, the conversation's history, the transcript and the replay.
 *
 * Writing never waits for the disk and never fails: what is appended is readable at once, and is flushed with all
 * other answers' events every 50 to 100 ms and when an answer ends. A store that cannot be written or read turns the
 * journal degraded: answers go on, reads tell what memory has, `health()` says why. No method rejects for that.
 */
export interface Journal {
  /**
   * Records that an answer begins and claims its idempotency key, in one step: of two that begin with one key, in
   * this process or in another, one is begun. Must have resolved with null before anything of the answer is appended.
   *
   * Answers without a key never wait for the disk.
   * @param state what the answer's events add up to. Its writer adds each event before appending it; the journal only
   * reads it, so that nothing is added up twice.
   * @returns null when the answer has begun; else nothing was recorded, and this is the answer that holds the key: the
   * latest one begun with it, as long as `holdsIdempotencyKey(it, entry.startedAt)`.
   */
  begin(entry: JournalEntry, state: AnswerState): Promise<JournalledAnswer | null>
  /** Adds the next event. One of an answer that is unknown, or was deleted meanwhile, is dropped. */
  append(answerId: string, event: SequencedEvent): void
  /** Adds to what is known; later values win. */
  note(answerId: string, facts: JournalFacts): void

  /** Resolves with null for an unknown id. The question is empty where its words are not kept. */
  find(answerId: string): Promise<JournalledAnswer | null>
  /** Events after `seq`, in order, unflushed ones included; none for an unknown id. */
  eventsAfter(answerId: string, seq: number): Promise<readonly SequencedEvent[]>
  /** The latest answer begun with this key, however long ago; null when there is none. */
  findByIdempotencyKey(key: string): Promise<JournalledAnswer | null>
  /** Whether any answer of the conversation is known; `conversation` is a digest, `refOf` of its key. */
  hasConversation(conversation: string): Promise<boolean>
  /**
   * The latest turns of a conversation, `limit` at most, oldest first: the questions of answers that have ended, and
   * the text of those that ended `complete`. Left out are answers the model declined, those that a later answer went on
   * from and completed, and those whose words are not kept.
   */
  conversation(conversation: string, limit: number): Promise<readonly Turn[]>

  /** Resolves when all that was appended is on disk, or when it is known that it cannot be. */
  flush(): Promise<void>
  health(): JournalHealth
}

export interface JournalHealth {
  /** The store cannot be written now, or answers were lost. */
  readonly degraded: boolean
  /** Why, for the operator; null when it is not degraded. */
  readonly reason: string | null
  /** Events that are in memory alone. */
  readonly unflushed: number
}
