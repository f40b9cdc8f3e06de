import type {ChatAnswer} from '../../answering/index.ts'
import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'

/** Answers of chats of which nobody has read the end, and so a client that resumes must still get. */
export interface OwedAnswers {
  begun(answerId: string): void
  /** A reader has got the end. */
  delivered(answerId: string): void
  isOwed(answer: ChatAnswer): boolean
}

/** Chats that are remembered: some megabytes. */
const maxChats = 20_000
/** After this nobody waits for an answer any more. In milliseconds. */
const maxAgeMs = 24 * 60 * 60 * 1000

/**
 * A client that has an answer must not get it again: early versions of the AI SDK would show its parts twice. One whose
 * connection broke must. Of answers that began before this process did it is only known how they ended: those that were
 * interrupted, or left by their reader, were not read to the end.
 */
export function owedAnswers(now: () => number = Date.now): OwedAnswers {
  const isDelivered = new TwoGenerationCache<string, boolean>(maxChats)
  return {
    begun: (answerId) => isDelivered.set(answerId, false),
    delivered: (answerId) => isDelivered.set(answerId, true),
    isOwed({answerId, ending, startedAt, settings}) {
      if (ending === null) return true
      // Nobody goes on with what the visitor stopped, or said that nobody would.
      if (ending === 'stopped' || settings['resumable'] === false || now() - startedAt > maxAgeMs)
        return false
      const delivered = isDelivered.get(answerId) ?? (ending !== 'interrupted' && ending !== 'disconnected')
      return !delivered
    },
  }
}
