import type {Ending, GeneratorName, SequencedEvent, Source, Turn} from '../domain/index.ts'

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

/**
 * The durable record of every answer: serves resume, the transcript and the replay.
 *
 * Writing never waits for the disk and never throws: what is appended is readable at once and is flushed
 * together with all other answers' events every 50 to 100 ms, and at an ending. A store that fails turns the journal degraded:
 * answers go on, `health()` tells.
 */
export interface Journal {
  begin(entry: JournalEntry): void
  append(answerId: string, event: SequencedEvent): void
  /** Adds to what is known; later values win. */
  note(answerId: string, facts: JournalFacts): void

  /** Null for an unknown id. */
  find(answerId: string): JournalledAnswer | null
  /** Events after `seq`, in order, unflushed ones included. */
  eventsAfter(answerId: string, seq: number): SequencedEvent[]
  /** The answer begun with this key; null when there is none. */
  findByIdempotencyKey(key: string): JournalledAnswer | null
  /** Whether any answer of the conversation is known. */
  hasConversation(conversation: string): boolean
  /**
   * Turns of a conversation so far, oldest first: questions and the text of answers that ended `complete`. Where the
   * model declined there is neither.
   */
  conversation(conversation: string, limit: number): Turn[]

  /** Resolves when all that was appended is on disk, or when it is known that it cannot be. */
  flush(): Promise<void>
  health(): {readonly degraded: boolean; readonly reason: string | null; readonly unflushed: number}
}
