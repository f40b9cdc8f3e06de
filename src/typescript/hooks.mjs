// The module hook behind register.mjs: types are taken out by esbuild, once for each state of a file, and the result
// is kept in dist/compiled. Names of functions are not kept by force, as most loaders do: that costs a property store
// for every function an answer makes, which was a fifth of the processor's time.
import {createHash} from 'node:crypto'
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'dist/compiled')
/** Changes with what the result depends on beside the source. */
const recipe = '1'

/** Without a promise of its own, so that it serves `registerHooks` and `register` alike. */
export function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const file = fileURLToPath(url)
  return {format: 'module', source: compiled(file, readFileSync(file, 'utf8')), shortCircuit: true}
}

/**
 * @param {string} file
 * @param {string} source
 */
function compiled(file, source) {
  const stamp = `\n// ${createHash('sha256').update(recipe).update('\0').update(source).digest('hex')}`
  const place = relative(root, file)
  const kept = place.startsWith('..') ? null : join(cache, `${place}.js`)
  const before = kept === null ? '' : textOf(kept)
  if (before.endsWith(stamp)) return before
  const {code} = require('esbuild').transformSync(source, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile: file,
    sourcemap: 'inline',
    sourcesContent: false,
  })
  const text = code + stamp
  if (kept === null) return text
  try {
    // Beside and renamed: another process may read it this very moment.
    const beside = `${kept}.${process.pid}`
    mkdirSync(dirname(kept), {recursive: true})
    writeFileSync(beside, text)
    renameSync(beside, kept)
  } catch {
    // A folder that cannot be written: the next process compiles it again.
  }
  return text
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not compiled yet.
    return ''
  }
}
