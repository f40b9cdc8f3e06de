/** The highlighter as a script of its own, which the widget imports when there is code to colour. */
import {highlight, isPrepared, preparing} from '../../lib/highlight-code.ts'
import type {RenderNode} from '../render/tree.ts'
import {yieldTask} from '../session/yield-task.ts'

export {highlight}

/** Time of one task that prepares a language, in milliseconds; a step more may be begun just before. */
const budgetMs = 4

/** By language, until it is prepared. */
const underway = new Map<string, Promise<void>>()

/** Highlights code as `highlight` does, but never in a long task: null while its language is being prepared. */
export function highlightPrepared(code: string, language: string): readonly RenderNode[] | null {
  if (isPrepared(language)) return highlight(code, language)
  if (!underway.has(language)) {
    const done = prepare(code, language).finally(() => underway.delete(language))
    underway.set(language, done)
  }
  return null
}

/** Resolves once all languages that were asked for are prepared; at once when there is nothing to wait for. */
export async function whenPrepared(): Promise<void> {
  await Promise.all(underway.values())
}

async function prepare(code: string, language: string): Promise<void> {
  let startedAt = Number.NEGATIVE_INFINITY
  for (const _ of preparing(code, language)) {
    if (performance.now() - startedAt < budgetMs) continue
    await yieldTask()
    startedAt = performance.now()
  }
}
