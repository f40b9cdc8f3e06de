import {setTimeout as delay} from 'node:timers/promises'
import {DocentError, sourceShown, toDocentError} from '../../domain/index.ts'
import {howToRun} from '../../package/index.ts'
import type {Assistant} from '../../server/index.ts'
import type {Settings} from '../../settings/index.ts'
import {indexPublished} from '../published-index.ts'

/** The part of a pino logger that this command uses. */
export interface ServerLog {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface Indexing {
  /**
   * Resolves when there is an index. @throws DocentError `not_ready` if it takes longer than a client waits for an answer, or
   * why there will be none; the reason of the signal when that is aborted.
   */
  ready(signal: AbortSignal): Promise<void>
  /** Ends an ingest that is under way. */
  stop(): void
}

/** How long a call waits, in milliseconds: clients give up after a minute. */
const waitMs = 30_000
/** How often to try whether another process that changed the index has ended without publishing one. */
const retryMs = 3_000

/** Ingests in a process of its own where there is no usable index, or waits for another process that does. */
export function indexFirst(assistant: Assistant, settings: Settings, log: ServerLog): Indexing {
  const problem = assistant.indexProblem()
  if (problem === null) return {ready: async () => {}, stop() {}}
  const places = settings.sources.map(sourceShown).join(',')
  log.info({places, problem}, 'indexing the docs first')
  const stopped = new AbortController()
  let kill = () => {}
  const done = indexed()
  done.catch((err: unknown) => {
    if (!stopped.signal.aborted) log.error({err}, 'there is no index')
  })

  async function indexed(): Promise<void> {
    let isWaiting = false
    let shown: string | null = null
    while (assistant.indexProblem() !== null) {
      const unavailable = assistant.unavailableIndex()
      if (unavailable !== null) {
        if (unavailable !== shown) log.info({problem: unavailable}, 'waiting for the index')
        shown = unavailable
        await indexPublished(assistant, retryMs, () => stopped.signal.aborted)
        stopped.signal.throwIfAborted()
        continue
      }
      try {
        return await ingested()
      } catch (thrown) {
        const error = toDocentError(thrown)
        if (error.code !== 'locked') throw error
        if (!isWaiting) log.info({holder: error.details}, 'another process is indexing the docs')
        isWaiting = true
        await indexPublished(assistant, retryMs, () => stopped.signal.aborted)
        stopped.signal.throwIfAborted()
      }
    }
    log.info({}, 'the docs are indexed')
  }

  /** @throws DocentError. */
  async function ingested(): Promise<void> {
    const ingest = assistant.ingest({full: false})
    kill = ingest.kill
    const {outcome, pages, tookMs, gates} = await ingest.report.catch((thrown: unknown) => {
      const {code, message, details} = toDocentError(thrown)
      throw new DocentError(code, `The docs in ${places} could not be indexed: ${message}`, {details})
    })
    if (assistant.indexProblem() === null) {
      log.info({pages: pages.total, ms: Math.round(tookMs)}, 'the docs are indexed')
      return
    }
    const refusals = gates.filter(({passed}) => !passed).map(({detail}) => detail)
    throw new DocentError(
      'gate_failed',
      [`The index of ${places} was not published (${outcome}).`, ...refusals].join(' '),
    )
  }

  return {
    async ready(signal) {
      // Also one that another process has made since.
      if (assistant.indexProblem() === null) return
      const settled = new AbortController()
      try {
        const isReady = await Promise.race([
          done.then(() => true),
          delay(waitMs, false, {signal: AbortSignal.any([signal, settled.signal])}),
        ])
        if (isReady) return
      } finally {
        settled.abort()
      }
      throw new DocentError(
        'not_ready',
        `The docs are still being indexed; try again in half a minute. ${howToRun('ingest')} does it beforehand.`,
      )
    },
    stop() {
      stopped.abort()
      kill()
    },
  }
}
