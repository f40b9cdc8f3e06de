import type {Turn} from '../domain/index.ts'
import {wellFormed} from '../lib/well-formed.ts'

/** Makes a follow-up question one that can be understood without the conversation before it. */
export interface QuestionRewriter {
  /** @throws whatever went wrong; the signal's reason when aborted. */
  rewrite(
    question: string,
    history: readonly Turn[],
    options: {readonly signal: AbortSignal},
  ): Promise<string>
}

export interface RewriteOptions {
  readonly rewriter: QuestionRewriter
  /** Searching goes on without it after so long: the reader waits for the sources. */
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** Longest rewritten question that is believed, in UTF-16 units; a longer one is an answer. */
const maxLength = 600

/**
 * The question put so that it stands alone, or why it could not be: never late, and never a failure.
 * @throws the outer signal's reason alone.
 */
export async function rewritten(
  question: string,
  history: readonly Turn[],
  {rewriter, timeoutMs, signal}: RewriteOptions,
): Promise<{readonly question: string} | {readonly problem: string}> {
  signal?.throwIfAborted()
  const given = new AbortController()
  const onAbort = () => given.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, {once: true})
  const late = new Error(`it took longer than ${timeoutMs} ms`)
  const timer = setTimeout(() => given.abort(late), timeoutMs)
  try {
    // A rewriter that does not heed its signal is not waited for either.
    const end = new Promise<never>((_, reject) => {
      given.signal.addEventListener('abort', () => reject(given.signal.reason), {once: true})
    })
    const work = rewriter.rewrite(question, history, {signal: given.signal})
    const text = wellFormed(await Promise.race([work, end]))
      .replace(/\s+/g, ' ')
      .trim()
    if (text === '') return {problem: 'it was empty'}
    if (text.length > maxLength) return {problem: `it has ${text.length} characters`}
    return {question: text}
  } catch (error) {
    signal?.throwIfAborted()
    return {problem: error instanceof Error ? error.message : String(error)}
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
