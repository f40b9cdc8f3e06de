import type {SequencedEvent} from '../domain/index.ts'
import type {JournalEntry} from './journal.ts'

/** Which answers are forgotten: one, those of a conversation by its `refOf`, or those of a visitor. */
export type Forgotten =
  | {readonly answerId: string}
  | {readonly conversation: string}
  | {readonly visitor: string}

/** Whether an answer is one of those that are forgotten. */
export function isForgotten(
  {answerId, conversation, visitor}: Pick<JournalEntry, 'answerId' | 'conversation' | 'visitor'>,
  what: Forgotten,
): boolean {
  if ('answerId' in what) return answerId === what.answerId
  return 'visitor' in what ? visitor === what.visitor : conversation === what.conversation
}

/** What the other processes ask of the one that writes an answer. Each is asked of all; one that does not write it does nothing. */
export interface PeerRequests {
  /** Somebody stopped it. */
  stop(answerId: string): void
  /** It is read elsewhere: for so many milliseconds, unless that is said again. */
  read(answerId: string, forMs: number): void
  /** Answers are about to be removed: resolves when none of them is written any more. */
  forget(what: Forgotten): Promise<void>
  /** Another process has ended it, since this one seemed to be dead; or it was removed. */
  taken(answerId: string): void
}

/** The other processes that answer from the same journal. */
export interface Peers {
  /**
   * Events after `seq` of an answer that another process writes, in order and each once, as they are written; up to the one that
   * ends it. The writer is told that it is read, until the iteration is over. Without an answer, the iteration ends.
   * @throws DocentError `storage` if the journal cannot be read for long.
   */
  follow(answerId: string, seq: number, signal: AbortSignal): AsyncGenerator<readonly SequencedEvent[]>
  /** Asks whoever writes the answer to stop it. @throws DocentError `storage`. */
  stop(answerId: string): Promise<void>
  /** Asks all others to forget. @throws DocentError `storage`. */
  forget(what: Forgotten): Promise<void>
  /** From now on does what the others ask. @returns a function that ends it. */
  serve(requests: PeerRequests): () => void
  /** Why answers of other processes cannot be followed, for people; null if they can. */
  readonly cannotFollow: string | null
}
