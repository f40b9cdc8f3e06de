// Builds the visitor's page and the widget into dist/web.
// Run with: node --import ./src/typescript/register.mjs scripts/build-web.ts [--out DIR] [--no-minify]
import {createHash} from 'node:crypto'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {type BuildOptions, build, type Plugin, transform} from 'esbuild'
import {allStrings} from '../src/web/locales/all.ts'
import {licensesOf} from './web-licenses.ts'

export interface BuildWebOptions {
  /** Replaced as a whole. */
  readonly outDir: string
  readonly minify: boolean
}

const root = fileURLToPath(new URL('..', import.meta.url))
const sourceDir = join(root, 'src/web')
const stampFile = '.inputs'
/** Browsers that have `light-dark()`, popovers and constructable style sheets: from spring 2024. */
const target = ['chrome123', 'firefox125', 'safari17.5']

/** On top of each script. The notices would weigh more than some of the works. */
const banner = '/*! Docent, MIT. Licences of what this file holds: licenses.txt beside it. */'

/** Style sheets imported by scripts, as minified text. */
const cssAsText: Plugin = {
  name: 'css-as-text',
  setup(builder) {
    builder.onLoad({filter: /\.css$/}, async ({path}) => {
      const {code} = await transform(await readFile(path, 'utf8'), {loader: 'css', minify: true, target})
      return {contents: code.trim(), loader: 'text'}
    })
  },
}

/**
 * Builds `widget.js` (a classic script that registers `<docs-assistant>`), `highlighter.js` (a module that it imports
 * when there is code to colour), the page at `/`, and the notices of what the scripts hold. Built beside and renamed,
 * so a server never sees half of it. Gives the files that the scripts are made of, relative to the repository.
 */
export async function buildWeb({outDir, minify}: BuildWebOptions): Promise<readonly string[]> {
  const stamp = inputsHash()
  const beside = `${outDir}.${process.pid}.new`
  await rm(beside, {recursive: true, force: true})
  await mkdir(beside, {recursive: true})
  const options: BuildOptions = {
    outdir: beside,
    bundle: true,
    minify,
    target,
    charset: 'utf8',
    absWorkingDir: root,
    metafile: true,
    legalComments: 'none',
    banner: {js: banner},
    define: {'process.env.NODE_ENV': '"production"'},
    plugins: [cssAsText],
    logLevel: 'silent',
  }
  const scripts = {widget: join(sourceDir, 'widget.ts'), page: join(sourceDir, 'page/page.ts')}
  const highlighter = [join(sourceDir, 'highlighter.ts')]
  const built = [
    await build({...options, entryPoints: scripts, format: 'iife'}),
    await build({...options, entryPoints: highlighter, format: 'esm'}),
  ]
  const inputs = built.flatMap(({metafile}) => Object.keys(metafile?.inputs ?? {}))
  await writeFile(join(beside, 'licenses.txt'), await licensesOf(root, inputs))
  const css = await readFile(join(sourceDir, 'page/page.css'), 'utf8')
  await writeFile(
    join(beside, 'page.css'),
    minify ? (await transform(css, {loader: 'css', minify, target})).code : css,
  )
  for (const name of ['index.html', 'icon.svg']) {
    await writeFile(join(beside, name), await readFile(join(sourceDir, 'page', name)))
  }
  await mkdir(join(beside, 'locales'))
  for (const [tag, strings] of Object.entries(allStrings)) {
    await writeFile(join(beside, 'locales', `${tag}.json`), JSON.stringify(strings))
  }
  await writeFile(join(beside, stampFile), stamp)
  await rm(outDir, {recursive: true, force: true})
  await mkdir(join(outDir, '..'), {recursive: true})
  try {
    await rename(beside, outDir)
  } catch (error) {
    // Another process built the same meanwhile.
    await rm(beside, {recursive: true, force: true})
    if (await webIsStale(outDir)) throw error
  }
  return inputs
}

/** Whether `outDir` was not built from the sources as they are now. */
export async function webIsStale(outDir: string): Promise<boolean> {
  try {
    return (await readFile(join(outDir, stampFile), 'utf8')) !== inputsHash()
  } catch {
    return true
  }
}

/** Builds what is not built; returns whether it had to. Without the sources, as in an image, what is there is kept. */
export async function ensureWeb(outDir: string): Promise<boolean> {
  if (!existsSync(sourceDir) || !(await webIsStale(outDir))) return false
  await buildWeb({outDir, minify: true})
  return true
}

/** Everything the result depends on: the browser's sources, what they import, these scripts, the licence and the libraries' versions. */
function inputsHash(): string {
  const hash = createHash('sha256')
  const folders = [sourceDir, join(root, 'src/domain')]
  const files = folders.flatMap((folder) =>
    readdirSync(folder, {recursive: true, encoding: 'utf8'})
      .filter((name) => /\.(ts|css|html|svg|json)$/.test(name))
      .map((name) => join(folder, name)),
  )
  const others = ['scripts/build-web.ts', 'scripts/web-licenses.ts', 'LICENSE', 'package-lock.json']
  for (const file of [...files.sort(), ...others.map((name) => join(root, name))]) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2)
  if (args.includes('--help'))
    console.log('node --import ./src/typescript/register.mjs scripts/build-web.ts [--out DIR] [--no-minify]')
  else {
    const out = args.indexOf('--out')
    const outDir = resolve(out >= 0 ? (args[out + 1] ?? 'dist/web') : join(root, 'dist/web'))
    await buildWeb({outDir, minify: !args.includes('--no-minify')})
    console.log(`Built ${outDir}`)
  }
}
