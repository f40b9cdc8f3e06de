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
import {type ConfigFile, configFiles} from './model-config.ts'

/** Where a model's files are: in a local folder, or on a hub with the folder it is downloaded to. */
export type ModelLocation =
  | {readonly type: 'folder'; readonly name: string; readonly folder: string}
  | {readonly type: 'hub'; readonly name: string; readonly folder: string; readonly hub: string}

/** Precisions as transformers.js names them, preferred first, each with its file name. */
export const precisions = [
  {dtype: 'q8', file: 'model_quantized.onnx'},
  {dtype: 'fp32', file: 'model.onnx'},
  {dtype: 'int8', file: 'model_int8.onnx'},
  {dtype: 'uint8', file: 'model_uint8.onnx'},
  {dtype: 'fp16', file: 'model_fp16.onnx'},
] as const
export type Precision = (typeof precisions)[number]['dtype']

export const shippedModelName = 'docent-embed-small'

/** The model that ships with Docent; does not depend on the working directory. */
export const shippedModelFolder = join(packageRoot, 'models', shippedModelName)

const remedy =
  'Unset EMBEDDING_MODEL to use the model that ships with Docent, or set it to a folder that holds the model’s files ' +
  '(config.json, tokenizer.json, tokenizer_config.json and onnx/model_quantized.onnx or onnx/model.onnx).'

/** An error whose message ends with what to do about it. */
export function modelError(message: string, cause?: unknown): DocentError {
  return new DocentError('embedding_model', `${message} ${remedy}`, cause === undefined ? {} : {cause})
}

/**
 * Finds a model: null is the shipped one; any other name is an existing folder or else a Hugging Face id.
 * @throws DocentError `embedding_model` when it is none of these, or files are missing from the folder.
 */
export function locateModel(model: string | null, cacheDir: string, hub: string): ModelLocation {
  const folder = model === null ? shippedModelFolder : resolve(model)
  if (statSync(folder, {throwIfNoEntry: false})?.isDirectory()) {
    const required = ['config.json', 'tokenizer.json', 'tokenizer_config.json']
    const missing = required.filter((file) => !existsSync(join(folder, file)))
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
 * The configuration files of a model and its tokeniser as parsed JSON, null for those it does not have. Files from the
 * hub are fetched once and stored, including the fact that one does not exist.
 * @throws DocentError `embedding_model` when the hub cannot be reached or has no such model, or a file is not JSON.
 */
export async function readConfigFiles(
  location: ModelLocation,
): Promise<{readonly files: Readonly<Record<ConfigFile, unknown>>; readonly tokenizerConfig: unknown}> {
  // Read first, since every model has it: that distinguishes an unknown model from one without optional files.
  const tokenizerConfig = await readJson(location, 'tokenizer_config.json', true)
  const files = await Promise.all(
    configFiles.map(async (file) => [file, await readJson(location, file, false)] as const),
  )
  return {files: Object.fromEntries(files) as Record<ConfigFile, unknown>, tokenizerConfig}
}

async function readJson(location: ModelLocation, file: string, isRequired: boolean): Promise<unknown> {
  const path = join(location.folder, file)
  let text = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (text === null && location.type === 'hub') {
    text = await fetchText(location, file, isRequired)
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
  isRequired: boolean,
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
  if (response.status === 404 && !isRequired) return 'null'
  const why =
    response.status === 401 || response.status === 403 || response.status === 404
      ? 'no such model with files for transformers.js exists, or it is not public'
      : 'the hub refused'
  throw modelError(
    `The embedding model ${location.name} could not be downloaded: ${why} (HTTP ${response.status} for ${file}).`,
  )
}

/** The message of the innermost cause: fetch itself only says that it failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name
}

/** SHA-256 of the concatenated files, in hex. */
export async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) {
    for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer)
  }
  return hash.digest('hex')
}
