import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

/** The folder of Docent's `package.json`, which also holds `models/`: a checkout or an installed package. */
export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)))

/** Whether this runs from a checkout, which has the sources, and not from an installed package. */
export const isCheckout = existsSync(join(packageRoot, 'scripts/build'))

/** As `package.json` says it. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version
}

/**
 * A file that the build made, such as the program of a child process. It stands beside this code in the bundle, so a
 * process goes on with its own while another build is made. A tool or a test, which is not in that bundle, has the
 * newest build's.
 * @throws Error when nothing was built.
 */
export function builtFile(name: string): URL {
  const beside = new URL(name, import.meta.url)
  if (existsSync(beside)) return beside
  const dist = join(packageRoot, 'dist')
  return pathToFileURL(join(dist, readFileSync(join(dist, 'current'), 'utf8'), name))
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder))
}
