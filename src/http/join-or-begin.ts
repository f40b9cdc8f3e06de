import type {Response} from 'express'
import type {Answering, AskedAnswer, AskOptions} from '../answering/index.ts'
import type {Question} from '../domain/index.ts'
import type {Limits} from './limits/limits.ts'

export interface Asking {
  readonly question: Question
  readonly options: AskOptions
  readonly visitor: string
  /** Whether the asker has left: then nothing is begun. */
  readonly hasLeft: () => boolean
  /** Gets the RateLimit headers. */
  readonly response?: Response
}

/**
 * Joins the answer that an ask with the same idempotency key began, which costs nothing, or begins one where the
 * limits allow. Null when the asker has left meanwhile. @throws DocentError as `Answering.ask`, and `rate_limited`.
 */
export async function joinOrBegin(
  {answering, limits}: {readonly answering: Answering; readonly limits: Limits},
  {question, options, visitor, hasLeft, response}: Asking,
): Promise<AskedAnswer | null> {
  const joined = answering.join(question, options)
  if (joined !== null) return joined
  try {
    return await limits.beginAnswer(
      visitor,
      (onEnd) => (hasLeft() ? null : answering.ask(question, {...options, onEnd})),
      response,
    )
  } catch (error) {
    // Sent twice at once, the one may have begun it while the other was refused.
    const begun = answering.join(question, options)
    if (begun !== null) return begun
    throw error
  }
}
