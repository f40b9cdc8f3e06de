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
  /** Longest wait for one batch of texts, in milliseconds by the clock. Default an hour: a large model on a busy machine takes minutes. */
  readonly timeoutMs?: number
}

/** Texts sent at a time; the model makes its own smaller batches of them. */
const batchSize = 256

/**
 * An embedder in a process of its own: its native code blocks the event loop it runs on, and cannot be stopped
 * except with its process. Aborting kills it; the next call starts another.
 * @throws DocentError `embedding_model` when the model cannot be loaded.
 */
export async function openEmbedderProcess(options: EmbedderProcessOptions): Promise<Embedder> {
  const {model, cacheDir, timeoutMs = 60 * 60_000} = options
  const pool = openChildPool<EmbedTask, Float32Array>({
    entry: builtFile('embed-child.js'),
    setup: {model, cacheDir} satisfies EmbedSetup,
    size: 1,
    memoryMb: 2_048,
    // A model from the hub is downloaded first; one that is cut off would begin anew each time.
    startTimeoutMs: 3 * 60 * 60_000,
  })
  let facts: EmbedReady
  try {
    facts = (await pool.ready()) as EmbedReady
  } catch (cause) {
    pool.close()
    throw asModelError(cause)
  }
  const {id, name, dimensions} = facts

  async function run(task: EmbedTask, signal: AbortSignal | undefined): Promise<Float32Array> {
    const once = (): Promise<Float32Array> => pool.run(task, {wallMs: timeoutMs, ...(signal ? {signal} : {})})
    try {
      return await once().catch((error: unknown) => {
        // A machine that is short of memory ends processes: with another one it may go on.
        if (signal?.aborted || !(error instanceof ChildFailure) || error.kind !== 'died') throw error
        return once()
      })
    } catch (error) {
      if (signal?.aborted) throw error
      throw asModelError(error)
    }
  }

  function* vectorsIn(values: Float32Array): Generator<Float32Array> {
    for (let at = 0; at < values.length; at += dimensions) yield values.slice(at, at + dimensions)
  }

  /** Asked in the same moment, sent together: a message to and fro costs more than a question does. */
  let questions: {readonly texts: string[]; readonly vectors: Promise<Float32Array[]>} | null = null
  function gathered(): {readonly texts: string[]; readonly vectors: Promise<Float32Array[]>} {
    const texts: string[] = []
    const vectors = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => {
        questions = null
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
      questions ??= gathered()
      const {texts, vectors} = questions
      const at = texts.push(text) - 1
      if (texts.length === batchSize) questions = null
      return (await vectors)[at]!
    },
    close: async () => pool.close(),
  }
}

/**
 * Names a model by the sizes and times of its files, and of our program that makes vectors: a way to see without loading
 * it that it has not changed. Null for a model of the hub.
 */
export async function embedderKeyOf({model, cacheDir}: EmbedSetup): Promise<string | null> {
  try {
    const location = locateModel(model, cacheDir, 'https://huggingface.co')
    if (location.type !== 'folder') return null
    const names = await readdir(location.folder, {recursive: true})
    const files = names.sort().map((name) => join(location.folder, name))
    const ours = fileURLToPath(builtFile('embed-child.js'))
    const facts = await Promise.all(
      [...files, ours].map(async (file) => {
        const {size, mtimeMs} = await stat(file)
        return [file, size, mtimeMs]
      }),
    )
    return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)
  } catch {
    // Loading it will say what is wrong.
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
