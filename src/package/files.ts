import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

/** The folder with Docent's `package.json` and `models/`: a checkout or an installed package. */
export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)))

/** Whether this runs from a checkout with the sources, not from an installed package. */
export const isCheckout = existsSync(join(packageRoot, 'scripts/build'))

/** The version in `package.json`. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version
}

/**
 * A file of the build, such as the program of a child process. In the bundle it is next to this code, so a running process
 * keeps its own files while another build is made. Tools and tests, which are not in the bundle, use the newest build.
 * @throws Error if nothing was built.
 */
export function builtFile(name: string): URL {
  const bundled = new URL(name, import.meta.url)
  if (existsSync(bundled)) return bundled
  const dist = join(packageRoot, 'dist')
  return pathToFileURL(join(dist, readFileSync(join(dist, 'current'), 'utf8'), name))
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder))
}
