import {holdsIdempotencyKey, type JournalledAnswer} from '../answers/index.ts'
import {DocentError} from '../domain/index.ts'
import type {AskResult} from './answering.ts'

/**
 * The answer that a question joins because its idempotency key has already begun one; null if the key is free.
 * @param holder the latest answer begun with the key.
 * @throws DocentError `conflict` when the key belongs to another question.
 */
export function joinedAnswer(
  holder: JournalledAnswer | null,
  question: string,
  now: number,
): AskResult | null {
  if (holder === null || !holdsIdempotencyKey(holder, now)) return null
  // If the text of the question was not kept there is nothing to compare, and the key decides.
  if (holder.question !== '' && holder.question !== question) {
    throw new DocentError('conflict', 'This idempotency key was used for another question')
  }
  return {answerId: holder.answerId, conversationId: null, isNew: false}
}
