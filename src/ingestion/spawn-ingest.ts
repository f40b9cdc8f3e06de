import {fork} from 'node:child_process'
import {type ContentSource, DocentError, type ErrorCode} from '../domain/index.ts'
import {builtFile} from '../package/index.ts'
import type {BuildsDatabase} from '../search-index/index.ts'
import type {GitTokens} from '../settings/index.ts'
import type {IngestProgress, IngestReport} from './ingest-report.ts'

/** Options of an ingest in another process; plain data. */
export interface SpawnIngestOptions {
  readonly content: string | readonly ContentSource[]
  readonly gitTokens?: GitTokens
  readonly dataDir: string
  /** Default null: builds are in the data folder. */
  readonly database?: BuildsDatabase | null
  /** Same as the setting `EMBEDDING_MODEL`. */
  readonly embeddingModel: string | null
  readonly modelCacheDir: string
  readonly full?: boolean
  readonly force?: boolean
  readonly site?: string | null
  readonly maxShrinkPercent?: number
  readonly keepBuilds?: number
}

export interface SpawnedIngest {
  /** Yields the latest progress that was not read yet, until the ingest has ended. Can be iterated once. */
  readonly progress: AsyncIterable<IngestProgress>
  /** @throws DocentError as `ingest` does, `internal` when the process died. */
  readonly report: Promise<IngestReport>
  /** Kills the process at once. The current build stays; the next ingest removes the unfinished one. */
  kill(): void
}

/** Sent by the child. */
export type IngestMessage =
  | {readonly type: 'progress'; readonly progress: IngestProgress}
  | {readonly type: 'report'; readonly report: IngestReport}
  | {
      readonly type: 'error'
      readonly code: ErrorCode
      readonly message: string
      readonly details: Readonly<Record<string, unknown>>
    }

/**
 * Ingests in another process, so that a server goes on answering: building the vector index and parsing pages keep a core
 * busy. The child ends when this process does.
 */
export function spawnIngest(options: SpawnIngestOptions): SpawnedIngest {
  const child = fork(builtFile('ingest-child.js'), [], {
    execArgv: ['--enable-source-maps'],
    serialization: 'advanced',
    // Not inherited: a child makes the descriptors that it inherits blocking, also for this process, which then would wait
    // for whoever reads its log.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.stderr!.on('data', (text: Buffer) => process.stderr.write(text))
  /** Only the newest is kept: a slow reader wants the current progress, not the history. */
  let latest: IngestProgress | null = null
  let hasEnded = false
  let wake: () => void = () => {}

  const report = new Promise<IngestReport>((resolve, reject) => {
    child.on('message', (message: IngestMessage) => {
      if (message.type === 'progress') latest = message.progress
      else if (message.type === 'report') resolve(message.report)
      else reject(new DocentError(message.code, message.message, {details: message.details}))
      wake()
    })
    child.on('error', (error) =>
      reject(new DocentError('internal', `the ingest did not start: ${error.message}`)),
    )
    child.on('exit', (code, signal) => {
      reject(
        new DocentError('internal', `the ingest ended with ${signal ?? `exit code ${code}`} and no report`),
      )
      hasEnded = true
      wake()
    })
  }).finally(() => {
    hasEnded = true
    wake()
  })
  // A caller that reads only the progress sees it end when the ingest fails.
  report.catch(() => undefined)
  child.send({type: 'start', options})

  async function* progress(): AsyncGenerator<IngestProgress> {
    for (;;) {
      if (latest) {
        const next = latest
        latest = null
        yield next
      } else if (hasEnded) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }

  return {progress: progress(), report, kill: () => void child.kill('SIGKILL')}
}
