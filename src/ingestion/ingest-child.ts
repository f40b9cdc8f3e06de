import {toDocentError} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import {embedderKeyOf, openEmbedderProcess} from './embedder-process.ts'
import {ingest} from './ingest.ts'
import type {IngestMessage, SpawnIngestOptions} from './spawn-ingest.ts'

/** People watch the progress, so it need not be reported more often. */
const progressIntervalMs = 100

async function run(options: SpawnIngestOptions): Promise<void> {
  const {embeddingModel, modelCacheDir, ...rest} = options
  let opening: Promise<Embedder> | null = null
  const aborting = new AbortController()
  // The server is gone; whoever starts it again can ingest again.
  process.once('disconnect', () => aborting.abort(new Error('the parent process has gone')))
  let sentAt = 0
  let stage = ''
  try {
    const report = await ingest(
      {
        ...rest,
        embedderKey: await embedderKeyOf({model: embeddingModel, cacheDir: modelCacheDir}),
        embedder: () => (opening ??= openEmbedderProcess({model: embeddingModel, cacheDir: modelCacheDir})),
      },
      {
        signal: aborting.signal,
        onProgress(progress) {
          const now = Date.now()
          if (progress.stage === stage && now - sentAt < progressIntervalMs) return
          stage = progress.stage
          sentAt = now
          send({type: 'progress', progress})
        },
      },
    )
    await sendAndWait({type: 'report', report})
  } catch (thrown) {
    const {code, message, details} = toDocentError(thrown)
    await sendAndWait({type: 'error', code, message, details})
  } finally {
    const embedder = await (opening as Promise<Embedder> | null)?.catch(() => null)
    await embedder?.close()
    if (process.connected) process.disconnect()
  }
}

function send(message: IngestMessage): void {
  if (process.connected) process.send?.(message, () => undefined)
}

function sendAndWait(message: IngestMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve()
    process.send(message, () => resolve())
  })
}

process.once('message', ({options}: {options: SpawnIngestOptions}) => void run(options))
