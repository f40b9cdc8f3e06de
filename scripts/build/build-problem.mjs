import {createRequire} from 'node:module'

/**
 * Why nothing can be built with the installed packages, and what to do; null when it can.
 * @returns {string | null}
 */
export function buildProblem() {
  const require = createRequire(import.meta.url)
  try {
    require.resolve('esbuild')
  } catch {
    return 'The packages of Docent are not installed. Run npm ci.'
  }
  try {
    require.resolve(`@esbuild/${process.platform}-${process.arch}/package.json`)
    return null
  } catch {
    // esbuild may find its binary elsewhere.
  }
  try {
    require('esbuild').transformSync('')
    return null
  } catch {
    return `esbuild is not installed for ${process.platform}-${process.arch}. Run npm ci on this machine, with optional packages.`
  }
}
