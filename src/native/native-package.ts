import {createRequire} from 'node:module'
import {DocentError} from '../domain/index.ts'

const require = createRequire(import.meta.url)

/**
 * Loads a package with native code when it is first needed, so that a missing or unfit binary is a sentence and
 * not a stack of the module loader's.
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
 * The same for a package that is an ES module: `load` imports it, so that its types are known.
 * @throws DocentError `not_installed`, as `requireNative`.
 */
export async function importNative<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw notInstalled(name, error)
  }
}

/** One sentence about what is wrong, one about what to run. */
export function notInstalled(name: string, cause: unknown): DocentError {
  const node = `Node.js ${process.versions.node} on ${process.platform}-${process.arch}`
  const message = cause instanceof Error ? cause.message : String(cause)
  const {code} = cause as {readonly code?: unknown}
  const isMissing =
    // The package, or the binary that its build script should have made.
    code === 'MODULE_NOT_FOUND' ||
    code === 'ERR_MODULE_NOT_FOUND' ||
    /^Could not locate the bindings/.test(message)
  const wrong = isMissing
    ? `${name} is not installed for ${node}`
    : `${name} cannot be loaded by ${node}: ${message.split('\n')[0]}`
  return new DocentError(
    'not_installed',
    `${wrong.replace(/\.$/, '')}. Run npm ci with this Node.js, with optional packages and with the packages' install scripts.`,
    {cause},
  )
}
