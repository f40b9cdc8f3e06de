import type {Turn} from '../domain/index.ts'
import {wellFormed} from '../lib/well-formed.ts'

/** Rewrites a follow-up question so that it can be understood without the conversation. */
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
  /** After this the search continues without it: the reader is waiting for the sources. */
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** Longest rewritten question that is accepted, in UTF-16 units; a longer one is an answer. */
const maxLength = 600

/**
 * The question rewritten to stand alone, or why it could not be. Settles within `timeoutMs`.
 * @throws only the signal's reason.
 */
export async function rewriteQuestion(
  question: string,
  history: readonly Turn[],
  {rewriter, timeoutMs, signal}: RewriteOptions,
): Promise<{readonly question: string} | {readonly problem: string}> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, {once: true})
  const timeout = new Error(`it took longer than ${timeoutMs} ms`)
  const timer = setTimeout(() => controller.abort(timeout), timeoutMs)
  try {
    // Does not wait for a rewriter that ignores its signal either.
    const aborted = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason), {once: true})
    })
    const rewriting = rewriter.rewrite(question, history, {signal: controller.signal})
    const text = wellFormed(await Promise.race([rewriting, aborted]))
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
