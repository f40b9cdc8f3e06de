import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {FeatureExtractionPipeline, Tensor} from '@xenova/transformers'
import {z} from 'zod'
import {importNative} from '../native/index.ts'
import type {Embedder} from './embedder.ts'
import {type ModelConfig, type Pooling, readModelConfig} from './model-config.ts'
import {
  hashFiles,
  locateModel,
  type ModelLocation,
  modelError,
  type Precision,
  precisions,
  readConfigFiles,
  reasonOf,
} from './model-files.ts'
import {WordSketches, type WordVectors} from './word-vectors.ts'

export interface OpenEmbedderOptions {
  /** Null for the shipped model, otherwise a folder or a Hugging Face id. */
  readonly model: string | null
  /** Where models from the hub are stored. Default `data/models`. */
  readonly cacheDir?: string
  /** Base URL of the hub. Default https://huggingface.co; a mirror works too. */
  readonly hub?: string
  /** The languages that it knows, without region, or `all`; null or absent for those known by its name. */
  readonly languages?: readonly string[] | 'all' | null
  /** Whether `words` is wanted, which takes a tenth of a second and some memory. Default true. */
  readonly withWords?: boolean
}

/** Incremented when this file computes different vectors from the same model. */
const vectorFormat = 1

/** Texts per batch. A model with attention is fastest in small batches; for a table the size hardly matters. */
const batchSizes = {table: 32, attention: 8} as const

/**
 * Opens an embedding model with transformers.js. A folder is read as it is and nothing is fetched; a hub model is
 * downloaded once. Prefixes, pooling and maximum length come from the model; vectors are always normalised.
 * @throws DocentError `embedding_model` that says what failed and what to do about it; `not_installed`.
 */
export async function openEmbedder(options: OpenEmbedderOptions): Promise<Embedder> {
  const cacheDir = options.cacheDir ?? 'data/models'
  const location = locateModel(options.model, cacheDir, options.hub ?? 'https://huggingface.co')
  const {files, tokenizerConfig} = await readConfigFiles(location)
  let config: ModelConfig
  try {
    config = readModelConfig(location.name, files, tokenizerConfig)
  } catch (error) {
    throw modelError(
      `The configuration of the embedding model ${location.name} cannot be read: ${reasonOf(error)}.`,
      error,
    )
  }

  const {extractor, precision} = await loadModel(location, cacheDir, config)
  try {
    const probe = await runBatch(extractor, ['probe'], config)
    const words =
      options.withWords !== false && config.pooling === 'none'
        ? await wordVectorsOf(extractor, location.folder, config)
        : null
    const dimensions = probe[0]!.length
    const weights = precisions.find(({dtype}) => dtype === precision)!.file
    // The key `notes` is part of every id: under another one all stored vectors would be computed again.
    const fingerprint = createHash('sha256')
      .update(JSON.stringify({vectorFormat, precision, notes: config}))
      .update(
        await hashFiles([join(location.folder, 'onnx', weights), join(location.folder, 'tokenizer.json')]),
      )
      .digest('hex')
    return new TransformersEmbedder(
      `${location.name}:${fingerprint.slice(0, 16)}`,
      location.name,
      dimensions,
      {
        extractor,
        config,
        words,
        languages: options.languages ?? null,
      },
    )
  } catch (error) {
    await extractor.dispose()
    throw modelError(
      `The embedding model ${location.name} loads but returns no vectors: ${reasonOf(error)}.`,
      error,
    )
  }
}

async function loadModel(
  location: ModelLocation,
  cacheDir: string,
  config: ModelConfig,
): Promise<{readonly extractor: FeatureExtractionPipeline; readonly precision: Precision}> {
  const {env, LogLevel, pipeline} = await importNative(
    '@xenova/transformers',
    () => import('@xenova/transformers'),
  )
  // Its warnings go to standard output, where they would break the output of `--json`.
  env.logLevel = LogLevel.ERROR
  if (location.type === 'hub') env.remoteHost = `${location.hub.replace(/\/$/, '')}/`
  const present = precisions.filter(({file}) => existsSync(join(location.folder, 'onnx', file)))
  // Files that are already downloaded need no request, and so no network.
  const candidates = present.length > 0 ? present : precisions.slice(0, 2)
  let failure: unknown
  for (const {dtype} of candidates) {
    try {
      const extractor = await pipeline<'feature-extraction'>(
        'feature-extraction',
        location.type === 'folder' ? location.folder : location.name,
        {
          dtype,
          local_files_only: location.type === 'folder',
          cache_dir: cacheDir,
          // A table lookup has no work to parallelise, and idle threads of ONNX Runtime spin.
          ...(config.pooling === 'none' ? {session_options: {intraOpNumThreads: 1}} : {}),
        },
      )
      return {extractor, precision: dtype}
    } catch (error) {
      failure ??= error
      // Another precision is worth a try only when this file does not exist.
      if (location.type === 'folder' || !/could not locate file/i.test(reasonOf(error))) break
    }
  }
  throw modelError(
    `The embedding model ${location.name} could not be loaded from ${
      location.type === 'folder' ? location.folder : location.hub
    }: ${reasonOf(failure)}.`,
    failure,
  )
}

class TransformersEmbedder implements Embedder {
  readonly id: string
  readonly name: string
  readonly dimensions: number
  readonly languages?: readonly string[] | null
  readonly words?: WordVectors
  readonly #extractor: FeatureExtractionPipeline
  readonly #config: ModelConfig
  readonly #batchSize: number
  /** Settles when the previous call has left native code: closing during one would crash the process. */
  #last: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | null = null

  constructor(
    id: string,
    name: string,
    dimensions: number,
    model: {
      readonly extractor: FeatureExtractionPipeline
      readonly config: ModelConfig
      readonly words: WordVectors | null
      readonly languages: readonly string[] | 'all' | null
    },
  ) {
    this.id = id
    this.name = name
    this.dimensions = dimensions
    this.#extractor = model.extractor
    this.#config = model.config
    if (model.words !== null) this.words = model.words
    if (model.languages !== null) this.languages = model.languages === 'all' ? null : model.languages
    this.#batchSize = model.config.pooling === 'none' ? batchSizes.table : batchSizes.attention
  }

  async embedPassages(
    texts: readonly string[],
    options: {readonly signal?: AbortSignal} = {},
  ): Promise<Float32Array[]> {
    const vectors = new Array<Float32Array>(texts.length)
    // Texts of similar length share a batch, which saves padding.
    const order = texts.map((_, index) => index).sort((a, b) => texts[a]!.length - texts[b]!.length)
    for (let first = 0; first < order.length; first += this.#batchSize) {
      options.signal?.throwIfAborted()
      const indexes = order.slice(first, first + this.#batchSize)
      const batch = await this.#embed(
        indexes.map((index) => texts[index]!),
        this.#config.passagePrefix,
      )
      indexes.forEach((index, at) => {
        vectors[index] = batch[at]!
      })
    }
    options.signal?.throwIfAborted()
    return vectors
  }

  async embedQuery(text: string): Promise<Float32Array> {
    const [vector] = await this.#embed([text], this.#config.queryPrefix)
    return vector!
  }

  close(): Promise<void> {
    this.#closed ??= this.#last.then(() => this.#extractor.dispose()).then(() => {})
    return this.#closed
  }

  async #embed(texts: readonly string[], prefix: string): Promise<Float32Array[]> {
    if (this.#closed) throw new TypeError('this embedder is closed; open a new one')
    // Models with attention return a vector even for an empty text, and it would be close to everything.
    const nonEmpty = texts.flatMap((text, index) => (/\S/.test(text) ? [index] : []))
    const vectors: Float32Array[] = texts.map(() => new Float32Array(this.dimensions))
    if (nonEmpty.length === 0) return vectors

    const running = this.#last.then(() =>
      runBatch(
        this.#extractor,
        nonEmpty.map((index) => prefix + texts[index]!),
        this.#config,
      ),
    )
    this.#last = running.catch(() => {
      // The caller handles the error; here only the order matters.
    })
    try {
      const embedded = await running
      nonEmpty.forEach((index, at) => {
        vectors[index] = embedded[at]!
      })
      return vectors
    } catch (error) {
      throw modelError(`The embedding model ${this.name} failed on a text: ${reasonOf(error)}.`, error)
    }
  }
}

/** Pieces in one run: bounds the memory of their vectors. */
const piecesPerRun = 1_024

const wordPieceModel = z.object({
  model: z.object({
    type: z.literal('WordPiece'),
    vocab: z.custom<Readonly<Record<string, number>>>((value) => typeof value === 'object' && value !== null),
  }),
})

/** From a model that is a table: the vector of a text of one piece is its row. Null for another kind of tokeniser. */
async function wordVectorsOf(
  extractor: FeatureExtractionPipeline,
  folder: string,
  config: ModelConfig,
): Promise<WordVectors | null> {
  const parsed = wordPieceModel.safeParse(JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')))
  if (!parsed.success) return null
  const vocabulary = new Map(Object.entries(parsed.data.model.vocab))
  const {Tensor} = await importNative('@xenova/transformers', () => import('@xenova/transformers'))
  const count = Math.max(...vocabulary.values()) + 1
  let vectors = new Int8Array(0)
  let dimensions = 0
  for (let first = 0; first < count; first += piecesPerRun) {
    const length = Math.min(piecesPerRun, count - first)
    const ids = BigInt64Array.from({length}, (_, at) => BigInt(first + at))
    const outputs = (await extractor.model({
      input_ids: new Tensor('int64', ids, [length, 1]),
      attention_mask: new Tensor('int64', new BigInt64Array(length).fill(1n), [length, 1]),
    })) as Readonly<Record<string, Tensor | undefined>>
    const rows = selectOutput(outputs, config).data as Float32Array
    dimensions = rows.length / length
    if (vectors.length === 0) vectors = new Int8Array(count * dimensions)
    for (let at = 0; at < rows.length; at++) vectors[first * dimensions + at] = Math.round(127 * rows[at]!)
  }
  return new WordSketches({vocabulary, vectors, dimensions})
}

interface ModelInputs {
  readonly input_ids: Tensor
  readonly attention_mask: Tensor
}

/** Runs one batch through tokeniser, model, pooling and normalisation. */
async function runBatch(
  extractor: FeatureExtractionPipeline,
  texts: readonly string[],
  config: ModelConfig,
): Promise<Float32Array[]> {
  const inputs = extractor.tokenizer([...texts], {
    padding: true,
    truncation: true,
    max_length: config.maxLength,
  }) as ModelInputs
  const outputs = (await extractor.model(inputs)) as Readonly<Record<string, Tensor | undefined>>
  const tensor = selectOutput(outputs, config)
  const values = tensor.data as Float32Array
  const width = tensor.dims.at(-1)!
  const mask = inputs.attention_mask.data as BigInt64Array

  return texts.map((_, row) => {
    const vector =
      tensor.dims.length === 2
        ? values.slice(row * width, (row + 1) * width)
        : pool(values, mask, row, tensor.dims[1]!, width, config.pooling)
    return normalise(vector)
  })
}

function selectOutput(outputs: Readonly<Record<string, Tensor | undefined>>, config: ModelConfig): Tensor {
  const {sentence_embedding: sentence, last_hidden_state: states, token_embeddings: tokens} = outputs
  if (sentence) return sentence
  if (config.needsSentenceOutput) {
    throw new Error('the model ends with a dense layer that its ONNX file does not contain')
  }
  const tensor = states ?? tokens ?? outputs['logits']
  if (!tensor) throw new Error(`no known output among ${Object.keys(outputs).join(', ')}`)
  return tensor
}

function pool(
  states: Float32Array,
  mask: BigInt64Array,
  row: number,
  length: number,
  width: number,
  pooling: Pooling,
): Float32Array {
  const tokens = Array.from({length}, (_, token) => token).filter(
    (token) => mask[row * length + token] !== 0n,
  )
  const stateOf = (token: number): Float32Array => {
    const start = (row * length + token) * width
    return states.subarray(start, start + width)
  }
  const vector = new Float32Array(width)
  if (tokens.length === 0) return vector
  if (pooling === 'cls') return stateOf(tokens[0]!).slice()
  if (pooling === 'last') return stateOf(tokens.at(-1)!).slice()
  if (pooling === 'max') vector.fill(Number.NEGATIVE_INFINITY)
  for (const token of tokens) {
    stateOf(token).forEach((value, at) => {
      vector[at] = pooling === 'max' ? Math.max(vector[at]!, value) : vector[at]! + value
    })
  }
  // The sum has the direction of the mean, and normalising removes the length.
  return vector
}

function normalise(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length > 1e-9 ? vector.map((value) => value / length) : vector.fill(0)
}
