import {setTimeout as delay} from 'node:timers/promises'
import {DocentError} from '../../domain/index.ts'
import type {Log} from '../log.ts'
import type {ListedJob, ReindexBoard} from './reindex-board.ts'
import type {Reindexing, SequencedReindexEvent} from './reindexing.ts'

/** How often a job of another server is looked at while somebody follows it, in milliseconds. */
const lookMs = 500
/** How often a board that cannot be read is tried again meanwhile. */
const maxFailures = 20

/** Reindexing of all servers: what one of them runs is listed, followed and cancelled by way of any other. */
export function sharedReindexing(own: Reindexing, board: ReindexBoard, log: Log): Reindexing {
  async function cancelOwn(jobId: string): Promise<void> {
    if (await own.isKnown(jobId)) await own.cancel(jobId)
  }

  board.onCancel((jobId) => {
    cancelOwn(jobId).catch((err: unknown) => log.info({jobId, err}, 'a reindex could not be cancelled'))
  })

  /** Without the database the jobs of this server are shown. */
  async function others(): Promise<readonly ListedJob[]> {
    return board.list().catch((err: unknown) => {
      log.warn({err}, 'reindexes of other servers cannot be listed')
      return []
    })
  }

  async function* followed(
    jobId: string,
    {after, signal}: {after: number; signal: AbortSignal},
  ): AsyncGenerator<SequencedReindexEvent> {
    let seq = after
    let failures = 0
    while (!signal.aborted) {
      try {
        const told = await board.get(jobId)
        failures = 0
        if (told === null) return
        if (told.end !== null) {
          // Also where the last event of a server that died was never told.
          if (told.seq > seq) yield {seq: told.seq, event: told.end}
          return
        }
        if (told.seq > seq && told.job.progress !== null)
          yield {seq: told.seq, event: {type: 'progress', progress: told.job.progress}}
        seq = Math.max(seq, told.seq)
      } catch (error) {
        if (++failures > maxFailures) throw error
      }
      await delay(lookMs, undefined, {signal, ref: false}).catch(() => undefined)
    }
  }

  return {
    async start(options, starter) {
      const running = (await others()).find(({hasEnded}) => !hasEnded)
      if (running !== undefined) {
        throw new DocentError('locked', 'The docs are already being indexed, by another server.', {
          details: {jobId: running.job.id},
        })
      }
      return own.start(options, starter)
    },
    request: (starter) => own.request(starter),
    close: () => own.close(),
    isKnown: async (jobId) => (await own.isKnown(jobId)) || (await board.get(jobId)) !== null,
    async list() {
      const all = [...(await own.list()), ...(await others()).map(({job}) => job)]
      return all.sort((a, b) => b.requestedAt - a.requestedAt)
    },
    async cancel(jobId) {
      if (await own.isKnown(jobId)) return own.cancel(jobId)
      const told = await board.get(jobId)
      if (told === null) throw new DocentError('not_found', 'There is no such reindex.')
      if (!told.job.canCancel)
        throw new DocentError('conflict', 'This reindex has ended, or cannot be cancelled.')
      await board.cancel(jobId)
    },
    async *events(jobId, options) {
      yield* (await own.isKnown(jobId)) ? own.events(jobId, options) : followed(jobId, options)
    },
  }
}
