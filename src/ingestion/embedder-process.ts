import {createHash} from 'node:crypto'
import {readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {DocentError} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import {locateModel} from '../embedding/index.ts'
import {builtFile} from '../package/index.ts'
import {ChildFailure, openChildPool} from '../processes/index.ts'
import type {EmbedReady, EmbedSetup, EmbedTask} from './embed-child.ts'

export interface EmbedderProcessOptions extends EmbedSetup {
  /** Wall-clock limit for one batch of texts, in milliseconds. Default: one hour; a large model on a busy machine takes minutes. */
  readonly timeoutMs?: number
}

/** Texts sent at a time; the model splits them into smaller batches. */
const batchSize = 256

/**
 * An embedder in its own process: its native code blocks the event loop it runs on, and only killing the process stops
 * it. Aborting kills the process; the next call starts another one.
 * @throws DocentError `embedding_model` when the model cannot be loaded.
 */
export async function openEmbedderProcess(options: EmbedderProcessOptions): Promise<Embedder> {
  const {model, cacheDir, timeoutMs = 60 * 60_000} = options
  const pool = openChildPool<EmbedTask, Float32Array>({
    entry: builtFile('embed-child.js'),
    setup: {model, cacheDir} satisfies EmbedSetup,
    size: 1,
    memoryMb: 2_048,
    // A model from the hub is downloaded first; a download that is cut off would start over each time.
    startTimeoutMs: 3 * 60 * 60_000,
  })
  let details: EmbedReady
  try {
    details = (await pool.ready()) as EmbedReady
  } catch (cause) {
    pool.close()
    throw asModelError(cause)
  }
  const {id, name, dimensions} = details

  async function run(task: EmbedTask, signal: AbortSignal | undefined): Promise<Float32Array> {
    const attempt = (): Promise<Float32Array> =>
      pool.run(task, {wallMs: timeoutMs, ...(signal ? {signal} : {})})
    try {
      return await attempt().catch((error: unknown) => {
        // A machine that is short of memory kills processes; a new process may succeed.
        if (signal?.aborted || !(error instanceof ChildFailure) || error.kind !== 'died') throw error
        return attempt()
      })
    } catch (error) {
      if (signal?.aborted) throw error
      throw asModelError(error)
    }
  }

  function* vectorsIn(values: Float32Array): Generator<Float32Array> {
    for (let at = 0; at < values.length; at += dimensions) yield values.slice(at, at + dimensions)
  }

  /** Questions of the same turn of the event loop are sent together: a round trip costs more than embedding a question. */
  let questionBatch: {readonly texts: string[]; readonly vectors: Promise<Float32Array[]>} | null = null
  function startQuestionBatch(): {readonly texts: string[]; readonly vectors: Promise<Float32Array[]>} {
    const texts: string[] = []
    const vectors = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => {
        questionBatch = null
        return run({type: 'questions', texts}, undefined)
      })
      .then((values) => [...vectorsIn(values)])
    return {texts, vectors}
  }

  return {
    id,
    name,
    dimensions,
    async embedPassages(texts, {signal} = {}) {
      const vectors: Float32Array[] = []
      for (let first = 0; first < texts.length; first += batchSize) {
        signal?.throwIfAborted()
        const values = await run({type: 'passages', texts: texts.slice(first, first + batchSize)}, signal)
        vectors.push(...vectorsIn(values))
      }
      return vectors
    },
    async embedQuery(text) {
      questionBatch ??= startQuestionBatch()
      const {texts, vectors} = questionBatch
      const at = texts.push(text) - 1
      if (texts.length === batchSize) questionBatch = null
      return (await vectors)[at]!
    },
    close: async () => pool.close(),
  }
}

/**
 * A key for a model, made from the sizes and times of its files and of our program that embeds: it shows that the model
 * has not changed without loading it. Null for a model of the hub.
 */
export async function embedderKeyOf({model, cacheDir}: EmbedSetup): Promise<string | null> {
  try {
    const location = locateModel(model, cacheDir, 'https://huggingface.co')
    if (location.type !== 'folder') return null
    const names = await readdir(location.folder, {recursive: true})
    const files = names.sort().map((name) => join(location.folder, name))
    const program = fileURLToPath(builtFile('embed-child.js'))
    const fingerprints = await Promise.all(
      [...files, program].map(async (file) => {
        const {size, mtimeMs} = await stat(file)
        return [file, size, mtimeMs]
      }),
    )
    return createHash('sha256').update(JSON.stringify(fingerprints)).digest('hex').slice(0, 32)
  } catch {
    // Loading the model will report what is wrong.
    return null
  }
}

function asModelError(error: unknown): Error {
  return error instanceof ChildFailure
    ? new DocentError('embedding_model', `the process that embeds text failed: ${error.message}`, {
        cause: error,
      })
    : (error as Error)
}
