import {setTimeout as delay} from 'node:timers/promises'
import type {Assistant} from '../server/index.ts'

/** How often to look whether another process has published an index, in milliseconds. */
const lookMs = 250

/**
 * Waits until another process has published an index that can be used, `isOver` says so, or so long.
 * @param withinMs milliseconds
 */
export async function indexPublished(
  assistant: Pick<Assistant, 'indexProblem' | 'current'>,
  withinMs: number,
  isOver: () => boolean,
): Promise<void> {
  const until = performance.now() + withinMs
  while (assistant.indexProblem() !== null && performance.now() < until && !isOver()) {
    await delay(lookMs)
    // A database that is away for a moment is asked again.
    await assistant.current.refresh().catch(() => undefined)
  }
}
