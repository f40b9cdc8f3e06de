import {DocentError, rateLimited, shuttingDown} from '../../domain/index.ts'
import {builtFile} from '../../package/index.ts'
import {ChildFailure, IdlePool} from '../../processes/index.ts'
import type {HandoverTask} from './handover-child.ts'
import type {HandoverView, TextForm} from './handover-page.ts'

/** Renders conversations that are handed over, in a child process, so that none delays a stream. Close it once. */
export interface HandoverRenderer {
  /**
   * A conversation that takes too much to render is shown as its Markdown.
   * @throws DocentError `rate_limited` if others are being rendered for too long, `shutting_down` once closed, `internal`.
   */
  render(view: HandoverView): Promise<string>
  close(): void
}

const memoryMb = 256
const limits = {cpuMs: 10_000, wallMs: 2 * 60_000, queueMs: 10_000}
/** The process ends after this long without a page. */
const idleMs = 60_000

export function openHandoverRenderer(): HandoverRenderer {
  const pool = new IdlePool<HandoverTask, string>(
    {entry: builtFile('handover-child.js'), setup: null, size: 1, memoryMb},
    idleMs,
  )
  const run = (view: HandoverView, form: TextForm) => pool.use((open) => open.run({view, form}, limits))

  return {
    async render(view) {
      if (pool.isClosed) throw shuttingDown()
      try {
        return await run(view, 'rendered').catch((error: unknown) => {
          if (!isTooHeavy(error) || pool.isClosed) throw error
          return run(view, 'plain')
        })
      } catch (error) {
        if (!(error instanceof ChildFailure)) throw error
        if (pool.isClosed) throw shuttingDown()
        if (error.kind === 'busy')
          throw rateLimited('all_pages', 'Too many pages are being rendered. Please try again in a moment.', {
            retryAfterMs: 2_000,
            cause: error,
          })
        throw new DocentError('internal', `A conversation cannot be rendered: ${error.message}`, {
          cause: error,
        })
      }
    },
    close: () => void pool.close(),
  }
}

function isTooHeavy(error: unknown): boolean {
  return error instanceof ChildFailure && error.kind !== 'busy' && error.kind !== 'start'
}
