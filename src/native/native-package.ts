import {createRequire} from 'node:module'
import {DocentError} from '../domain/index.ts'
import {remedy} from './remedy.ts'

const require = createRequire(import.meta.url)

/**
 * Loads a package with native code when it is first needed, so that a missing or incompatible binary is reported with a
 * helpful message and not with a stack trace of the module loader.
 * @throws DocentError `not_installed` that names the package, the running Node and what to run.
 */
export function requireNative<T>(name: string): T {
  try {
    return require(name) as T
  } catch (error) {
    throw notInstalled(name, error)
  }
}

/**
 * The same for an ES module. `load` imports it, so that its types are known.
 * @throws DocentError `not_installed`, as `requireNative`.
 */
export async function importNative<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw notInstalled(name, error)
  }
}

/**
 * Converts an error of a package that loads its binary on first use: to `not_installed` if loading failed; any other error
 * is returned unchanged.
 */
export function asNativeError(name: string, error: unknown): unknown {
  const isLoading =
    isMissing(error) || codeOf(error) === 'ERR_DLOPEN_FAILED' || /NODE_MODULE_VERSION/.test(messageOf(error))
  return isLoading ? notInstalled(name, error) : error
}

/** Whether a package is missing or incompatible: then nothing is wrong with the file that was to be read. */
export function isNotInstalled(error: unknown): boolean {
  return error instanceof DocentError && error.code === 'not_installed'
}

/** One sentence says what is wrong, another what to run. */
function notInstalled(name: string, cause: unknown): DocentError {
  const node = `Node.js ${process.versions.node} on ${process.platform}-${process.arch}`
  const message = messageOf(cause)
  // The missing package may be one of its dependencies.
  const absent = absentPackage(message)
  const culprit = absent ?? name
  const wrong = /NODE_MODULE_VERSION/.test(message)
    ? `${name} was compiled for another version of Node.js than ${node}`
    : isMissing(cause)
      ? `${culprit} is not installed for ${node}`
      : `${name} cannot be loaded by ${node}: ${message.split('\n')[0]}`
  return new DocentError(
    'not_installed',
    `${wrong.replace(/\.$/, '')}. ${remedy(name, {isAbsent: absent !== null})}`,
    {cause},
  )
}

/** The package that Node did not find; null if only a file is missing. */
function absentPackage(message: string): string | null {
  return /^Cannot find (?:package|module) '((?:@[\w.-]+\/)?[\w-][\w.-]*)'/.exec(message)?.[1] ?? null
}

/** Whether the package is missing, or the binary that its install script should have built. */
function isMissing(error: unknown): boolean {
  const code = codeOf(error)
  return (
    code === 'MODULE_NOT_FOUND' ||
    code === 'ERR_MODULE_NOT_FOUND' ||
    /^Could not locate the bindings/.test(messageOf(error))
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
