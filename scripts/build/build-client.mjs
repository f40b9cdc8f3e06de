import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {build} from 'esbuild'
import {licensesOf} from './web-licenses.mjs'

const run = promisify(execFile)

/** Where the compiler writes the declarations of each folder, and where they are in the package. */
const placed = [
  {from: 'packages/client/src', to: ''},
  {from: 'src/domain', to: 'domain'},
]

/**
 * Builds the package `docent-client` into an empty folder: `index.js`, one module without imports, the declarations, and
 * the notices of what the module holds.
 * @param {{root: string, outDir: string}} options
 */
export async function buildClient({root, outDir}) {
  await mkdir(outDir, {recursive: true})
  await Promise.all([buildModule(root, outDir), writeDeclarations(root, outDir)])
}

/**
 * @param {string} root
 * @param {string} outDir
 */
async function buildModule(root, outDir) {
  const {metafile} = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'packages/client/src/index.ts')],
    outfile: join(outDir, 'index.js'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: ['node20', 'chrome123', 'firefox125', 'safari17.5'],
    charset: 'utf8',
    legalComments: 'none',
    banner: {js: '/*! Docent, MIT. Licences of everything in this file: licenses.txt beside it. */'},
    metafile: true,
    logLevel: 'silent',
  })
  await writeFile(join(outDir, 'licenses.txt'), await licensesOf(root, Object.keys(metafile.inputs)))
}

/**
 * The types of events stay in `src/domain`; their declarations come along.
 * @param {string} root
 * @param {string} outDir
 */
async function writeDeclarations(root, outDir) {
  const emitted = await mkdtemp(join(tmpdir(), 'docent-client-types-'))
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const project = join(root, 'packages/client')
    await run(process.execPath, [compiler, '-p', project, '--outDir', emitted])
    for (const {from, to} of placed) {
      for (const name of await readdir(join(emitted, from))) {
        const file = join(outDir, to, name)
        await mkdir(dirname(file), {recursive: true})
        await writeFile(file, inPackage(await readFile(join(emitted, from, name), 'utf8')))
      }
    }
  } catch (error) {
    const {stdout} = /** @type {{stdout?: string}} */ (error)
    throw stdout ? new Error(`The client has type errors.\n${stdout}`, {cause: error}) : error
  } finally {
    await rm(emitted, {recursive: true, force: true})
  }
}

/**
 * A declaration with the addresses of others as they are in the package.
 * @param {string} text
 */
function inPackage(text) {
  return text
    .replaceAll("'../../../src/domain/", "'./domain/")
    .replace(/(from\s+|import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2')
}
