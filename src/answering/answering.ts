import type {AnswerSnapshot, Forgotten, JournalledAnswer} from '../answers/index.ts'
import type {Ending, Question, SequencedEvent} from '../domain/index.ts'
import type {AnswerSummary} from './answer-summary.ts'
import type {FoundSources} from './find-sources.ts'

export interface AskOptions {
  /** What kind of client asks, as `channel` of a `JournalEntry`. For the log. */
  readonly channel: string
  /**
   * The same key within a day joins the answer it began, instead of starting another; with a different question it is
   * refused as `conflict`. Callers keep visitors apart by making the visitor part of the key.
   */
  readonly idempotencyKey?: string | null
  /** A keyed hash of the client's own name for its chat; `latestOfChat` finds the answer by it. Default null. */
  readonly chat?: string | null
  /** A keyed hash of the address that the question comes from, for the log. Default null. */
  readonly visitor?: string | null
  /**
   * Id of an answer that broke off: the new one sends its sources, text and citations again, and continues from there.
   * It joins the same conversation if the question carries that conversation's key, else it starts a new one.
   */
  readonly continueAnswerId?: string | null
  /**
   * Answers by quoting the docs, whatever generator is set, and calls no model: not to write, and not to rewrite the
   * question. Default false.
   */
  readonly extractsOnly?: boolean
  /**
   * Called before a new answer begins, never when one is joined: the place to count it against a limit before any work
   * is done for it. A rejection refuses the question. The function it resolves with is called once: when the answer has
   * ended, or could not begin after all.
   */
  readonly admit?: () => Promise<(ended: Pick<AnswerSummary, 'calledModel'>) => void>
}

export interface AskResult {
  readonly answerId: string
  /** The key of its conversation; null if an earlier ask began the answer. */
  readonly conversationId: string | null
  /** False if the idempotency key belongs to an answer that has already begun. */
  readonly isNew: boolean
}

export interface ReadOptions {
  /** Only events with a greater `seq`; default 0, all. */
  readonly after?: number
  /** Aborted when the reader has left. */
  readonly signal: AbortSignal
  /**
   * How long deltas are buffered and merged into one, in milliseconds; default 0, each is delivered as it arrives. A
   * merged delta has the `seq` of its last piece, so resuming after it is exact. It never ends inside a character or a
   * Markdown mark; to ensure that, its last pieces may wait for up to three more windows.
   */
  readonly bufferMs?: number
  /**
   * Whether the reader is the one who asked: then `start` carries the conversation's key, on its first delivery only.
   * Default false: the key is null.
   */
  readonly isAsker?: boolean
}

/** An answer as `latestOfChat` finds it. */
export type ChatAnswer = Pick<
  JournalledAnswer,
  'answerId' | 'question' | 'lang' | 'startedAt' | 'settings' | 'ending'
>

/** Answers as runs that are independent of any connection. */
export interface Answering {
  /**
   * Begins an answer, or joins the one that was begun with the same idempotency key, which costs nothing. Resolves
   * when the answer has begun; with a key, that waits until the journal has claimed it. The answer runs even if the
   * asker has left meanwhile: read it with an aborted signal, and it ends like any answer whose reader has left.
   * Rejects with a DocentError: `not_ready`, `version_not_found`, `shutting_down`; `rate_limited` if too many answers
   * are running; `conflict` for a key that was used for another question; and, to continue an answer, `not_found` for
   * an unknown one and `conflict` for one that is complete or still being written.
   */
  ask(question: Question, options: AskOptions): Promise<AskResult>

  /**
   * Searches for a question before it is asked, without an answer: asked within a minute, it takes what was found here.
   * Calls no model and is not logged. Rejects with a DocentError as `ask` does, except for `shutting_down` and
   * `rate_limited`, and with the signal's reason.
   */
  findSources(question: Question, signal: AbortSignal): Promise<FoundSources>

  /**
   * Events of an answer in order, each once: stored ones, then live ones, up to and including the terminal event.
   * Also works after the end and after a restart. Each iteration counts as a reader of the run: when the last one
   * leaves, the run is aborted (at once, or after the grace period if the question was resumable).
   * A reader that falls too far behind is ended with DocentError `conflict`; it can resume.
   * @throws DocentError `not_found`, before the first event.
   */
  events(answerId: string, options: ReadOptions): AsyncGenerator<SequencedEvent>

  /**
   * Like `events`, but pushed: calls `receive` with each event, without a break while several are available, and waits
   * if it returns a promise. Costs a third of an iteration for each token. Resolves after the terminal event or when the
   * reader has left; rejects when the iteration would throw, and with whatever `receive` throws.
   */
  deliver(
    answerId: string,
    options: ReadOptions,
    receive: (event: SequencedEvent) => Promise<void> | null,
  ): Promise<void>

  /** Aborts the run now, whatever it is doing, and resolves once it has ended. Idempotent. @throws DocentError `not_found`. */
  stop(answerId: string): Promise<Ending>

  /**
   * Stops the running answers of a conversation (by its `refOf`) or of a visitor, or one answer, and drops them from memory.
   * Await it before removing the transcript, or the answer would still be written and served: questions that were just being
   * asked have begun by then and are stopped as well, and nothing is journalled for any of them afterwards.
   */
  forget(what: Forgotten): Promise<void>

  /** Resolves with null for an unknown id. */
  snapshot(answerId: string): Promise<AnswerSnapshot | null>

  /** The latest answer that was begun in a chat, by its hash, and how it ended, null while it runs. Null for none. */
  latestOfChat(chat: string): Promise<ChatAnswer | null>

  /** Number of answers that have begun or are about to, and have not ended. */
  readonly active: number

  /**
   * Accepts no new questions, lets runs finish for `graceMs`, then ends the rest as `interrupted`.
   * Resolves when every run has ended and the journal is flushed.
   */
  shutdown(graceMs: number): Promise<void>
}
