import {setTimeout as delay} from 'node:timers/promises'
import {DocentError, sourceShown, toDocentError} from '../../domain/index.ts'
import {howToRun} from '../../package/index.ts'
import type {Assistant} from '../../server/index.ts'
import type {Settings} from '../../settings/index.ts'

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

/** Ingests in a process of its own where there is no usable index. */
export function indexFirst(assistant: Assistant, settings: Settings, log: ServerLog): Indexing {
  const problem = assistant.indexProblem()
  if (problem === null) return {ready: async () => {}, stop() {}}
  const places = settings.sources.map(sourceShown).join(',')
  log.info({places, problem}, 'indexing the docs first')
  const {report, kill} = assistant.ingest({full: false})
  let isStopped = false
  let isDone = false
  const done = report.then(
    ({outcome, pages, tookMs, gates}) => {
      isDone = true
      const left = assistant.indexProblem()
      if (left === null) return log.info({pages: pages.total, ms: Math.round(tookMs)}, 'the docs are indexed')
      const refusals = gates.filter(({passed}) => !passed).map(({detail}) => detail)
      throw new DocentError(
        'gate_failed',
        [`The index of ${places} was not published (${outcome}).`, ...refusals].join(' '),
      )
    },
    (thrown: unknown) => {
      isDone = true
      const {code, message} = toDocentError(thrown)
      throw new DocentError(code, `The docs in ${places} could not be indexed: ${message}`)
    },
  )
  done.catch((err: unknown) => {
    if (!isStopped) log.error({err}, 'there is no index')
  })

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
      isStopped = true
      if (!isDone) kill()
    },
  }
}
