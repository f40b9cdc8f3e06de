import {createHash} from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {packageRoot} from '../package/index.ts'
import {type NoteFile, noteFiles} from './model-notes.ts'

/** Where a model's files are: a folder as it stands, or a hub id with the folder it is kept in. */
export type ModelLocation =
  | {readonly type: 'folder'; readonly name: string; readonly folder: string}
  | {readonly type: 'hub'; readonly name: string; readonly folder: string; readonly hub: string}

/** Precisions as transformers.js names them, the preferred first, with the ends of their file names. */
export const precisions = [
  {dtype: 'q8', file: 'model_quantized.onnx'},
  {dtype: 'fp32', file: 'model.onnx'},
  {dtype: 'int8', file: 'model_int8.onnx'},
  {dtype: 'uint8', file: 'model_uint8.onnx'},
  {dtype: 'fp16', file: 'model_fp16.onnx'},
] as const
export type Precision = (typeof precisions)[number]['dtype']

/** The model that ships with Docent, wherever the process was started. */
export const shippedModelFolder = join(packageRoot, 'models/docent-embed-small')

const waysOn =
  'Unset EMBEDDING_MODEL to use the model that ships with Docent, or set it to a folder that holds the model’s files ' +
  '(config.json, tokenizer.json, tokenizer_config.json and onnx/model_quantized.onnx or onnx/model.onnx).'

/** A refusal that ends with how to go on. */
export function modelError(message: string, cause?: unknown): DocentError {
  return new DocentError('embedding_model', `${message} ${waysOn}`, cause === undefined ? {} : {cause})
}

/**
 * Finds a model: null is the shipped one, then a folder that exists, then a Hugging Face id.
 * @throws DocentError `embedding_model` when it is none of them, or the folder lacks files.
 */
export function locateModel(model: string | null, cacheDir: string, hub: string): ModelLocation {
  const folder = model === null ? shippedModelFolder : resolve(model)
  if (statSync(folder, {throwIfNoEntry: false})?.isDirectory()) {
    const needed = ['config.json', 'tokenizer.json', 'tokenizer_config.json']
    const missing = needed.filter((file) => !existsSync(join(folder, file)))
    if (!precisions.some(({file}) => existsSync(join(folder, 'onnx', file)))) {
      missing.push('onnx/model_quantized.onnx')
    }
    if (missing.length > 0) {
      throw modelError(`The embedding model in ${folder} is not complete: ${missing.join(', ')} missing.`)
    }
    return {type: 'folder', name: basename(folder), folder}
  }
  if (model === null) throw modelError(`The embedding model that ships with Docent is not in ${folder}.`)
  if (/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(model)) {
    return {type: 'hub', name: model, folder: join(resolve(cacheDir), model), hub}
  }
  throw modelError(
    `EMBEDDING_MODEL=${JSON.stringify(model)} is neither a folder nor a Hugging Face id such as Xenova/all-MiniLM-L6-v2.`,
  )
}

/**
 * The model's notes and its tokenizer's settings as parsed JSON, null for those it has not. From the hub they are
 * fetched once and kept, absent ones too.
 * @throws DocentError `embedding_model` when the hub cannot be reached, knows no such model, or a file is no JSON.
 */
export async function readNoteFiles(
  location: ModelLocation,
): Promise<{readonly notes: Readonly<Record<NoteFile, unknown>>; readonly tokenizerConfig: unknown}> {
  // First one that every model has, so that an unknown model is told apart from a model without notes.
  const tokenizerConfig = await readJson(location, 'tokenizer_config.json', true)
  const notes = await Promise.all(
    noteFiles.map(async (file) => [file, await readJson(location, file, false)] as const),
  )
  return {notes: Object.fromEntries(notes) as Record<NoteFile, unknown>, tokenizerConfig}
}

async function readJson(location: ModelLocation, file: string, isNeeded: boolean): Promise<unknown> {
  const path = join(location.folder, file)
  let text = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (text === null && location.type === 'hub') {
    text = await fetchText(location, file, isNeeded)
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(`${path}.part`, text)
    renameSync(`${path}.part`, path)
  }
  try {
    return text === null ? null : JSON.parse(text)
  } catch (error) {
    throw modelError(`${path} of the embedding model is not JSON.`, error)
  }
}

const fetchTimeoutMs = 30_000

async function fetchText(
  location: ModelLocation & {readonly type: 'hub'},
  file: string,
  isNeeded: boolean,
): Promise<string> {
  const url = `${location.hub.replace(/\/$/, '')}/${location.name}/resolve/main/${file}`
  let response: Response
  try {
    response = await fetch(url, {signal: AbortSignal.timeout(fetchTimeoutMs)})
    if (response.ok) return await response.text()
  } catch (error) {
    throw modelError(
      `The embedding model ${location.name} could not be downloaded: ${new URL(url).host} cannot be reached (${reasonOf(error)}).`,
      error,
    )
  }
  await response.body?.cancel()
  if (response.status === 404 && !isNeeded) return 'null'
  const why =
    response.status === 401 || response.status === 403 || response.status === 404
      ? 'there is no such model with files for transformers.js, or it is not public'
      : 'the hub refused'
  throw modelError(
    `The embedding model ${location.name} could not be downloaded: ${why} (HTTP ${response.status} for ${file}).`,
  )
}

/** The innermost reason: fetch itself only says that it failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name
}

/** SHA-256 over the files that shape vectors, in hex. */
export async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) {
    for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer)
  }
  return hash.digest('hex')
}
