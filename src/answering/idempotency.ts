import {holdsIdempotencyKey, type JournalledAnswer} from '../answers/index.ts'
import {DocentError} from '../domain/index.ts'
import type {AskedAnswer} from './answering.ts'

/**
 * The answer that a question joins because its idempotency key has begun one; null when the key is free.
 * @param holder the latest answer begun with the key.
 * @throws DocentError `conflict` when the key belongs to another question.
 */
export function joinedAnswer(
  holder: JournalledAnswer | null,
  question: string,
  now: number,
): AskedAnswer | null {
  if (holder === null || !holdsIdempotencyKey(holder, now)) return null
  // A transcript without the question's words cannot tell; then the key is believed.
  if (holder.question !== '' && holder.question !== question) {
    throw new DocentError('conflict', 'This idempotency key was used for another question')
  }
  return {answerId: holder.answerId, conversationId: null, created: false}
}
