import {fork} from 'node:child_process'
import {DocentError, type ErrorCode} from '../domain/index.ts'
import {builtFile} from '../package/index.ts'
import type {IngestProgress, IngestReport} from './ingest-report.ts'

/** What an ingest outside this process is told; plain data. */
export interface SpawnIngestOptions {
  readonly content: string
  readonly dataDir: string
  /** As `EMBEDDING_MODEL`. */
  readonly embeddingModel: string | null
  readonly modelCacheDir: string
  readonly full?: boolean
  readonly force?: boolean
  readonly site?: string | null
  readonly maxShrinkPercent?: number
  readonly keepBuilds?: number
}

export interface SpawnedIngest {
  /** Progress as it happens, the newest of what was not read yet; ends when the ingest has ended. To be read once. */
  readonly progress: AsyncIterable<IngestProgress>
  /** @throws DocentError as `ingest` does, `internal` when the process died. */
  readonly report: Promise<IngestReport>
  /** Ends it at once. The current build stays; what was begun is removed by the next ingest. */
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
 * Ingests in a process of its own, so that a server goes on answering: building the vector index and reading
 * pages keep a core busy. The child ends when this process does.
 */
export function spawnIngest(options: SpawnIngestOptions): SpawnedIngest {
  const child = fork(builtFile('ingest-child.js'), [], {
    execArgv: ['--enable-source-maps'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  /** Only the newest is kept: who reads slowly wants to know how far it is, not how far it was. */
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
      reject(new DocentError('internal', `the ingest ended with ${signal ?? `exit ${code}`} and no report`))
      hasEnded = true
      wake()
    })
  }).finally(() => {
    hasEnded = true
    wake()
  })
  // Who reads only the progress learns of a failure by its end.
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
