/** The highlighter as a script of its own, which the widget imports when there is code to colour. */
import type * as highlighting from '../../lib/highlight-code.ts'
import type {RenderNode} from '../render/tree.ts'
import {yieldTask} from '../session/yield-task.ts'

/** Time of one task that prepares a language, in milliseconds; a step more may be begun just before. */
const budgetMs = 4

let loaded: typeof highlighting | null = null
const loading = load()

/** By language, until it is prepared. */
const underway = new Map<string, Promise<void>>()

/** Evaluates the engine and the grammars in a task each: together they take a slow device a long one. */
async function load(): Promise<typeof highlighting> {
  await import('highlight.js/lib/core')
  await yieldTask()
  loaded = await import('../../lib/highlight-code.ts')
  await yieldTask()
  return loaded
}

/** Highlights code as `highlight` of the library does, but never in a long task: null while its language is being prepared. */
export function highlightPrepared(code: string, language: string): readonly RenderNode[] | null {
  if (loaded?.isPrepared(language)) return loaded.highlight(code, language)
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
  const {preparing} = await loading
  let startedAt = Number.NEGATIVE_INFINITY
  for (const _ of preparing(code, language)) {
    if (performance.now() - startedAt < budgetMs) continue
    await yieldTask()
    startedAt = performance.now()
  }
}
