import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, utimesSync, writeFileSync} from 'node:fs'
import {basename, dirname, join, relative} from 'node:path'
import {build} from 'esbuild'
import {putFolder, removeOld} from './dist-folder.mjs'
import {nodeOptions} from './node-options.mjs'
import {root} from './paths.mjs'

const programs = join(root, 'dist/programs')

/**
 * Bundles a TypeScript program that is not part of the app: a tool, or a process that a test starts. Its folder is named
 * by the hash of its content, so the same program is written only once.
 * @param {string} file
 * @returns {Promise<string>} The file to run with Node.
 * @throws {import('./dist-folder.mjs').BuildError}
 */
export async function buildProgram(file) {
  // Source maps contain relative paths, so this folder is as deep as the final one.
  const outdir = join(programs, 'bundle')
  const {outputFiles} = await build({
    ...nodeOptions,
    absWorkingDir: root,
    entryPoints: [file],
    outdir,
    write: false,
  })
  const files = outputFiles.map(({path, contents}) => ({path: relative(outdir, path), contents}))
  const hash = createHash('sha256')
  for (const {path, contents} of files) hash.update(path).update('\0').update(contents).update('\0')
  const folder = join(programs, hash.digest('hex').slice(0, 16))
  if (existsSync(folder)) utimesSync(folder, new Date(), new Date())
  else {
    await putFolder(folder, (temporary) => {
      for (const {path, contents} of files) {
        mkdirSync(dirname(join(temporary, path)), {recursive: true})
        writeFileSync(join(temporary, path), contents)
      }
    })
    removeOld(programs)
  }
  return join(folder, `${basename(file).replace(/\.ts$/, '')}.js`)
}
