import {cp, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {build, transform} from 'esbuild'
import {licensesOf} from './web-licenses.mjs'

/** Browsers with `light-dark()`, popovers and constructable style sheets: since spring 2024. */
const target = ['chrome123', 'firefox125', 'safari17.5']

/** The first line of each script. The full notices are larger than some of the libraries. */
const banner = '/*! Docent, MIT. Licences: licenses.txt */'

/**
 * Style sheets imported by scripts, as minified text.
 * @type {import('esbuild').Plugin}
 */
const cssAsText = {
  name: 'css-as-text',
  setup(builder) {
    builder.onLoad({filter: /\.css$/}, async ({path}) => {
      const {code} = await transform(await readFile(path, 'utf8'), {loader: 'css', minify: true, target})
      return {contents: code.trim(), loader: 'text'}
    })
  },
}

/**
 * A page that loads nothing has the pieces inside.
 * @type {import('esbuild').Plugin}
 */
const piecesInside = {
  name: 'pieces-inside',
  setup(builder) {
    builder.onResolve({filter: /\/pieces\/pieces\.ts$/}, ({resolveDir}) => ({
      path: join(resolveDir.slice(0, resolveDir.lastIndexOf('/web/') + 5), 'replay/pieces.ts'),
    }))
  },
}

/**
 * Builds `widget.js` (a classic script that registers `<docs-assistant>`), its pieces (modules that it imports when they
 * are needed), the page at `/`, the console of staff, the locales, and the notices of what the scripts hold.
 * @param {{root: string, outDir: string, minify: boolean}} options
 * @returns {Promise<readonly string[]>} The source files of the scripts, relative to `root`.
 */
export async function buildWeb({root, outDir, minify}) {
  const sources = join(root, 'src/web')
  await mkdir(join(outDir, 'locales'), {recursive: true})
  const inputs = await buildScripts({root, sources, outDir, minify})
  await writeFile(join(outDir, 'licenses.txt'), await licensesOf(root, inputs))
  const sheets = {
    'page.css': await pageStyles(sources),
    'console.css': await consoleStyles(sources),
    'replay.css': await replayStyles(sources),
  }
  for (const [file, css] of Object.entries(sheets)) {
    await writeFile(
      join(outDir, file),
      minify ? (await transform(css, {loader: 'css', minify, target})).code : css,
    )
  }
  const page = await readFile(join(sources, 'page/index.html'), 'utf8')
  await writeFile(join(outDir, 'index.html'), page.replace(/<!--.*?-->\s*/gs, ''))
  await cp(join(sources, 'page/icon.svg'), join(outDir, 'icon.svg'))
  for (const [tag, strings] of Object.entries(await localesOf(sources))) {
    await writeFile(join(outDir, 'locales', `${tag}.json`), JSON.stringify(strings))
  }
  return inputs
}

/** The parts of the assistant's style sheet that its first screen has, in their order. */
const firstScreen = ['tokens', 'controls', 'frame', 'start', 'composer', 'history', 'conditions']

/**
 * The style sheet of the page, which the server draws as the assistant draws its first screen. There is no shadow root
 * yet, so `:host` is the element itself.
 * @param {string} sources
 */
async function pageStyles(sources) {
  const styles = await assistantStyles(sources, firstScreen, 'docs-assistant')
  return `${styles}\n${await readFile(join(sources, 'page/page.css'), 'utf8')}`
}

/** The parts of the assistant's style sheet that the console shows answers by, and its own, in their order. */
const shared = ['tokens', 'controls', 'text', 'citations', 'code-colours']
const ofConsole = [
  'frame',
  'controls',
  'list',
  'transcript',
  'material',
  'difference',
  'docs',
  'gaps',
  'figures',
  'verified',
  'golden',
  'people',
  'conditions',
]

/** @param {string} sources */
async function consoleStyles(sources) {
  const own = ofConsole.map((name) => readFile(join(sources, `console/styles/${name}.css`), 'utf8'))
  return [await assistantStyles(sources, shared, 'docent-console'), ...(await Promise.all(own))].join('\n')
}

/** @param {string} sources */
async function replayStyles(sources) {
  const own = [
    'console/styles/frame',
    'console/styles/controls',
    'console/styles/transcript',
    'console/styles/conditions',
    'replay/replay',
  ]
  const styles = own.map((name) => readFile(join(sources, `${name}.css`), 'utf8'))
  return [await assistantStyles(sources, shared, 'docent-console'), ...(await Promise.all(styles))].join('\n')
}

/**
 * Parts of the assistant's style sheet for an element without a shadow root.
 * @param {string} sources
 * @param {readonly string[]} names
 * @param {string} element
 */
async function assistantStyles(sources, names, element) {
  const parts = await Promise.all(
    names.map((name) => readFile(join(sources, `assistant/styles/${name}.css`), 'utf8')),
  )
  return parts
    .join('\n')
    .replace(/:host(?=\()/g, `${element}:is`)
    .replace(/:host/g, element)
}

/**
 * @param {{root: string, sources: string, outDir: string, minify: boolean}} options
 * @returns {Promise<string[]>}
 */
async function buildScripts({root, sources, outDir, minify}) {
  /** @satisfies {import('esbuild').BuildOptions} */
  const options = {
    outdir: outDir,
    bundle: true,
    minify,
    target,
    charset: /** @type {const} */ ('utf8'),
    absWorkingDir: root,
    metafile: true,
    legalComments: /** @type {const} */ ('none'),
    banner: {js: banner},
    define: {'process.env.NODE_ENV': '"production"'},
    plugins: [cssAsText],
    logLevel: /** @type {const} */ ('silent'),
  }
  const scripts = {widget: join(sources, 'widget.ts'), page: join(sources, 'page/page.ts')}
  const pieces = ['highlighter', 'renderer'].map((name) => join(sources, 'pieces', `${name}.ts`))
  const replay = {replay: join(sources, 'replay/replay-page.ts')}
  const staff = {console: join(sources, 'console/console.ts')}
  const built = await Promise.all([
    build({...options, entryPoints: scripts, format: 'iife'}),
    build({...options, entryPoints: pieces, format: 'esm'}),
    build({
      ...options,
      entryPoints: replay,
      format: 'iife',
      banner: {},
      plugins: [cssAsText, piecesInside],
    }),
    // Beside the pieces, which are found next to the script that imports them.
    build({
      ...options,
      entryPoints: staff,
      format: 'esm',
      splitting: true,
      chunkNames: 'console-[name]-[hash]',
    }),
  ])
  return built.flatMap(({metafile}) => Object.keys(metafile.inputs))
}

/**
 * The exports of `src/web/locales/all.ts`. It is TypeScript, so it is bundled and imported from memory.
 * @param {string} sources
 * @returns {Promise<Record<string, object>>}
 */
async function localesOf(sources) {
  const {outputFiles} = await build({
    entryPoints: [join(sources, 'locales/all.ts')],
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')
  const {allStrings} = await import(`data:text/javascript;base64,${code}`)
  return allStrings
}
