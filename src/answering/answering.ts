import type {AnswerSnapshot} from '../answers/index.ts'
import type {Ending, Question, SequencedEvent} from '../domain/index.ts'
import type {AnswerSummary} from './answer-summary.ts'

export interface AskOptions {
  /** How the question came in: `http`, `ws` or `cli`. For the log. */
  readonly channel: string
  /**
   * The same key within a day joins the answer it began, instead of starting another; with another question it is
   * refused as `conflict`. Callers keep visitors apart by making the visitor a part of the key.
   */
  readonly idempotencyKey?: string | null
  /**
   * Id of an answer that broke off: the new one sends its sources, text and citations again, and goes on from there.
   * It belongs to its conversation where the question carries that conversation's key, else to a new one.
   */
  readonly continueAnswerId?: string | null
  /**
   * Called when a new answer is to begin, never when one is joined: the place to count it against a
   * limit, before the answer takes anything else. Where it rejects, the question is refused. What it resolves with is
   * called once: when the answer has ended, or has not begun after all.
   */
  readonly admit?: () => Promise<(ended: Pick<AnswerSummary, 'calledModel'>) => void>
}

export interface AskedAnswer {
  readonly answerId: string
  /** The key of its conversation; null when the answer was begun by an earlier ask. */
  readonly conversationId: string | null
  /** False when an idempotency key found an answer already begun. */
  readonly created: boolean
}

export interface ReadOptions {
  /** Events with a greater `seq` only; default 0, all. */
  readonly after?: number
  /** Aborted when the reader has left. */
  readonly signal: AbortSignal
  /**
   * How long deltas are gathered into one before they are handed out; default 0, each as it comes. A gathered delta
   * has the `seq` of its last piece, so a resume after it is exact. It ends where no character and no Markdown mark
   * is cut in two; for that its last pieces may wait for up to three more windows.
   */
  readonly bufferMs?: number
  /**
   * The reader is who asked: `start` carries the conversation's key, on its first delivery alone. Default false: it
   * has null.
   */
  readonly isAsker?: boolean
}

/** Answers as runs that live apart from any connection. */
export interface Answering {
  /**
   * Begins an answer, or joins the one that was begun with the same idempotency key, which costs nothing. Resolves
   * when the answer has begun; a key waits for the journal to claim it. An answer whose asker has left meanwhile is
   * under way all the same: read it with a signal that is aborted, and it ends as any that its reader has left.
   * Rejects with a DocentError: `not_ready`, `version_not_found`, `shutting_down`, `rate_limited` when too many are
   * written; `conflict` for a key that was used for another question; and where an answer is to be gone on from,
   * `not_found` for an unknown one and `conflict` for one that is whole or still being written.
   */
  ask(question: Question, options: AskOptions): Promise<AskedAnswer>

  /**
   * Events of an answer in order, each once: stored ones, then live ones, up to and including the terminal event.
   * Works after the end and after a restart. Each iteration counts as a reader of the run: when the last one
   * leaves, the run is aborted (at once, or after the grace time if the question was resumable).
   * A reader that falls too far behind is ended with DocentError `conflict`; it can resume.
   * @throws DocentError `not_found`, before the first event.
   */
  events(answerId: string, options: ReadOptions): AsyncGenerator<SequencedEvent>

  /**
   * As `events`, pushed: calls `receive` with each event, several in a row where several are there, and waits where
   * it gives a promise. Costs a third of what an iteration costs for each token. Resolves after the terminal event or
   * when the reader has left; rejects where the iteration would throw, and with what `receive` throws.
   */
  deliver(
    answerId: string,
    options: ReadOptions,
    receive: (event: SequencedEvent) => Promise<void> | null,
  ): Promise<void>

  /** Aborts the run now, whatever it is doing, and resolves once it has ended. Idempotent. @throws DocentError `not_found`. */
  stop(answerId: string): Promise<Ending>

  /**
   * Stops what is still being written of an answer or a conversation (by its `refOf`), and drops what memory holds of it. Call it
   * and wait before its transcript is removed, or it would go on being written and served: questions that were being
   * asked have begun by then and are stopped as well, and nothing is journalled for any of them after.
   */
  forget(what: {readonly answerId: string} | {readonly conversation: string}): Promise<void>

  /** Resolves with null for an unknown id. */
  snapshot(answerId: string): Promise<AnswerSnapshot | null>

  /** Answers that have begun or are about to, and have not ended. */
  readonly active: number

  /**
   * Takes no new questions, lets runs finish for `graceMs`, then ends the rest as `interrupted`.
   * Resolves when every run has ended and the journal is flushed.
   */
  shutdown(graceMs: number): Promise<void>
}
