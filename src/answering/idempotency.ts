import {holdsIdempotencyKey, type JournalledAnswer} from '../answers/index.ts'
import {DocentError} from '../domain/index.ts'
import type {Redactor} from '../redaction/index.ts'
import type {AskResult} from './answering.ts'
import {isSameKept} from './kept-words.ts'

/**
 * The answer that a question joins because its idempotency key has already begun one; null if the key is free.
 * @param holder the latest answer begun with the key.
 * @param redactor what questions are kept without: the one in the journal is compared as it is kept.
 * @throws DocentError `conflict` when the key belongs to another question.
 */
export function joinedAnswer(
  holder: JournalledAnswer | null,
  question: string,
  now: number,
  redactor: Redactor,
): AskResult | null {
  if (holder === null || !holdsIdempotencyKey(holder, now)) return null
  // If the text of the question was not kept there is nothing to compare, and the key decides.
  if (holder.question !== '' && !isSameKept(holder.question, question, redactor)) {
    throw new DocentError('conflict', 'This idempotency key was used for another question')
  }
  return {answerId: holder.answerId, conversationId: null, isNew: false}
}
