// The module hook behind register.mjs: types are taken out by esbuild, once for each state of a file, and the result
// is kept in dist/compiled. Runs in a thread of its own. Names of functions are not kept by force, as most loaders do:
// that costs a property store for every function an answer makes, which was a fifth of the processor's time.
import {createHash} from 'node:crypto'
import {mkdir, readFile, rename, writeFile} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'dist/compiled')
/** Changes with what the result depends on beside the source. */
const recipe = '1'

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const file = fileURLToPath(url)
  const source = await readFile(file, 'utf8')
  return {format: 'module', source: await compiled(file, source), shortCircuit: true}
}

/**
 * @param {string} file
 * @param {string} source
 */
async function compiled(file, source) {
  const stamp = `\n// ${createHash('sha256').update(recipe).update('\0').update(source).digest('hex')}`
  const place = relative(root, file)
  const kept = place.startsWith('..') ? null : join(cache, `${place}.js`)
  const before = kept === null ? '' : await readFile(kept, 'utf8').catch(() => '')
  if (before.endsWith(stamp)) return before
  const {transform} = await import('esbuild')
  const {code} = await transform(source, {
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
    await mkdir(dirname(kept), {recursive: true})
    await writeFile(beside, text)
    await rename(beside, kept)
  } catch {
    // A folder that cannot be written: the next process compiles it again.
  }
  return text
}
