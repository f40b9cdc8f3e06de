import {cp, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {build} from 'esbuild'
import {buildWeb} from './build-web.mjs'
import {compressFiles} from './compress-files.mjs'
import {nodeOptions} from './node-options.mjs'
import {packagesInside} from './packages-inside.mjs'
import {licensesOf} from './web-licenses.mjs'

/** The entry points of the command and of its child processes. */
const programs = {
  docent: 'src/cli/docent.ts',
  'ingest-child': 'src/ingestion/ingest-child.ts',
  'parse-child': 'src/ingestion/parse-child.ts',
  'embed-child': 'src/ingestion/embed-child.ts',
  'explain-child': 'src/retrieval/explain-child.ts',
  'gaps-child': 'src/gaps/grouping/gaps-child.ts',
  'docs-child': 'src/http/docs/docs-child.ts',
  'builds-child': 'src/http/builds/builds-child.ts',
  'handover-child': 'src/http/handover/handover-child.ts',
  'catalog-child': 'src/transcripts/catalog/catalog-child.ts',
  'transcripts-child': 'src/transcripts/transcripts-child.ts',
}

/**
 * Builds the whole app into an empty folder: programs for Node, and the files that they serve in `assets/` and `web/`, each
 * with its compressed copies.
 * @param {string} root The checkout.
 * @param {string} outDir
 */
export async function buildApp(root, outDir) {
  // Waits for all of them even if one fails, so that nothing is written afterwards.
  const parts = await Promise.allSettled([
    buildPrograms(root, outDir),
    cp(join(root, 'src/http/assets'), join(outDir, 'assets'), {recursive: true}),
    buildWeb({root, outDir: join(outDir, 'web'), minify: true}),
  ])
  for (const part of parts) if (part.status === 'rejected') throw part.reason
  await Promise.all(['assets', 'web'].map((folder) => compressFiles(join(outDir, folder))))
}

/**
 * @param {string} root
 * @param {string} outDir
 */
async function buildPrograms(root, outDir) {
  /** @type {Record<string, Record<string, string> | undefined>} */
  const {dependencies, optionalDependencies} = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const {packages, ...options} = nodeOptions
  const {metafile} = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: programs,
    outdir: outDir,
    metafile: true,
    external: Object.keys({...dependencies, ...optionalDependencies}).filter(
      (name) => !packagesInside.has(name),
    ),
  })
  await writeFile(join(outDir, 'licenses.txt'), await licensesOf(root, Object.keys(metafile.inputs)))
}
